/**
 * Keeps bags under way to the relay of the moment, and questions beside them. `docs/protocol.md` section "Sending".
 * `step` starts whatever may start now; `wakeAt` says when to step again if nothing rings before.
 */
import type { HeldEntry } from '@zajil/format';
import { doorOf } from './door.ts';
import type { Flight } from './flights.ts';
import { Inquiry } from './inquiry.ts';
import type { Judged } from './judge.ts';
import { Lanes } from './lanes.ts';
import {
  type BagPlan,
  type SenderState,
  onBagAnswered,
  onBagKept,
  onBagLost,
  onBagSent,
  onDoubt,
  onHeld,
  onParcels,
  onWants,
} from './machine.ts';
import type { ParcelNote } from './order.ts';
import { type Pace, bagBudget, laneBagBudget } from './pace.ts';
import { findDamaged, packBag } from './pack.ts';
import { landedPieces, mayTake, nextBag, nextQuestion, wordsBagBytes, wordsMayOvertake } from './plan.ts';
import type { LineError } from './refusal.ts';
import { Standing } from './standing.ts';
import type { Asked } from './testimony.ts';
import { Traffic, type TrafficParts } from './traffic.ts';
import { type Lane, type Wire, mayHaveLeft, overtakingLane } from './wire.ts';

interface AnsweredBag {
  readonly asked: Asked;
  readonly entries: readonly HeldEntry[];
  readonly plan: BagPlan;
  readonly judged: Judged;
  readonly began: number;
}

/** An answer to what was given up: it can only add to what is known. */
const lateAnswer = -1;

export class Carrier {
  readonly #traffic: Traffic;
  readonly #standing: Standing;
  readonly #inquiry: Inquiry;
  readonly #lanes = new Map<string, Lanes>();
  /** What leaves on a lane leaves in the order in which it was planned. */
  readonly #turns = new Map<Lane, Promise<void>>();
  #steppedAt = -Infinity;

  constructor(parts: TrafficParts) {
    this.#traffic = new Traffic(parts);
    this.#standing = new Standing(this.#traffic, () => this.#onShelved());
    this.#inquiry = new Inquiry(this.#traffic, this.#standing);
  }

  get state(): SenderState {
    return this.#traffic.state;
  }

  get pace(): Pace {
    return this.#traffic.pace;
  }

  get idle(): boolean {
    return this.#traffic.idle;
  }

  get nothingToSend(): boolean {
    return this.#traffic.nothingToSend;
  }

  get trouble(): LineError | null {
    return this.#traffic.trouble;
  }

  get bytesSent(): number {
    return this.#traffic.bytesSent;
  }

  get fault(): unknown {
    return this.#traffic.fault;
  }

  /** Ends the run. */
  fail(fault: unknown): void {
    this.#traffic.fault ??= fault;
  }

  add(parcels: readonly ParcelNote[]): void {
    const { doors, memory } = this.#traffic.parts;
    let state = onParcels(this.#traffic.state, parcels);
    const fresh = new Set(parcels.map((parcel) => parcel.name));
    for (const relay of doors.keys()) {
      const touched = memory.touched(relay).filter((name) => fresh.has(name));
      state = onDoubt(state, relay, touched);
    }
    this.#traffic.state = state;
  }

  step(): void {
    const traffic = this.#traffic;
    const { clock, ledger, quarter, route } = traffic.parts;
    const now = clock.now();
    this.#steppedAt = now;
    traffic.state = onWants(traffic.state, ledger.wants(quarter()));
    traffic.flights.abortOthers(route.current);
    if (traffic.wire.dial === null) traffic.flights.abortSilent(traffic.pace, now);
    if (now < route.retryAt) return;
    this.#turnToUsefulRelay();
    this.#standing.step(now, traffic.flights.allSilent(traffic.pace, now), this.#inquiry.aboutSilence || now < this.#inquiry.wakeAt);
    // Onto a line that says nothing no more is put.
    if (this.#standing.mustDial || (traffic.wire.dial !== null && traffic.flights.allSilent(traffic.pace, now))) return;
    if (traffic.flights.size === 0) this.#inquiry.step(now);
    this.#startBags(now);
    this.#inquiry.step(now);
  }

  /** Milliseconds of the clock. */
  wakeAt(): number {
    // Not the present time: what came due since the step has not been looked at yet.
    const now = this.#steppedAt;
    const { flights, pace, wire, polling, parts } = this.#traffic;
    const { retryAt } = parts.route;
    return Math.min(
      flights.wakeAt(pace, wire, this.#laneCount, now),
      retryAt > now ? retryAt : Infinity,
      flights.size > 0 && this.#inquiry.wakeAt > now ? this.#inquiry.wakeAt : Infinity,
      this.#inquiry.idle && !this.#standing.dialling && !(polling.dueAt <= now && flights.size > 0)
        ? Math.max(polling.dueAt, retryAt)
        : Infinity,
    );
  }

  /** Ends everything that is under way and waits for it. */
  async close(): Promise<void> {
    const { stop, flights, parts } = this.#traffic;
    stop.abort();
    flights.abortAll();
    await this.#traffic.settled();
    for (const door of parts.doors.values()) door.wire.hangUp();
  }

  /** Where every bag has a connection of its own, each is a lane. */
  get #laneCount(): number {
    const { wire, relay } = this.#traffic;
    return wire.depth === 1 ? wire.lanes : this.#lanesOf(relay).count;
  }

  #lanesOf(relay: string): Lanes {
    const known = this.#lanes.get(relay) ?? new Lanes(doorOf(this.#traffic.parts.doors, relay).wire.lanes);
    this.#lanes.set(relay, known);
    return known;
  }

  #onShelved(): void {
    this.#turns.clear();
    this.#inquiry.abandon();
  }

  /** A relay that let everything go needs nothing more; another one may still want it. */
  #turnToUsefulRelay(): void {
    const { route, doors } = this.#traffic.parts;
    if (mayTake(this.state, route.current)) return;
    const other = [...doors.keys()].find((relay) => mayTake(this.state, relay));
    if (other !== undefined) route.use(other);
  }

  /**
   * A question goes first and alone after a loss where connections cannot be told apart, or where one stood and answered
   * nothing: a bag sent into a hole would only add doubt.
   */
  get #mustAskFirst(): boolean {
    const { wire, relay, parts } = this.#traffic;
    return (wire.dial === null || this.#standing.hollow) && parts.route.failing && nextQuestion(this.state, relay).length > 0;
  }

  #startBags(now: number): void {
    const { relay, wire, flights } = this.#traffic;
    while (!this.#mustAskFirst) {
      const overtakes = flights.size > 0 && wordsMayOvertake(this.state, relay) && flights.isIdle(overtakingLane);
      if (!overtakes && now < flights.followAt(this.pace, wire, this.#laneCount)) return;
      const lane = overtakes ? overtakingLane : flights.freeLane(this.#laneCount);
      const plan = nextBag(this.state, relay, this.#budget(wire, relay), lane);
      if (!plan) return;
      this.#traffic.state = onBagSent(this.state, plan);
      this.#traffic.track(this.#carry(flights.add(plan, lane, this.pace, now)));
    }
  }

  #budget(wire: Wire, relay: string): number {
    const first = this.pace.bytesPerSecond === null && this.#traffic.flights.size === 0;
    const usual = wire.depth > 1 ? laneBagBudget(this.pace, this.#laneCount) : bagBudget(this.pace);
    return Math.max(usual, first ? wordsBagBytes(this.state, relay) : 0);
  }

  async #carry(flight: Flight): Promise<void> {
    const traffic = this.#traffic;
    const { plan } = flight;
    const began = traffic.parts.clock.now();
    try {
      const { asked, entries, judged } = await this.#sendBag(flight);
      traffic.meter.answered(plan.bytes, traffic.flights.answered(flight, this.pace, traffic.parts.clock.now()));
      this.#lanesOf(plan.relay).answered(plan.bytes, this.pace.bytesPerSecond ?? 0, traffic.parts.clock.now());
      this.#standing.prove();
      traffic.state = flight.shelved
        ? onHeld(traffic.state, plan.relay, judged.learned, lateAnswer)
        : onBagAnswered(traffic.state, plan.bag, judged.learned);
      traffic.parts.bell.ring();
      await Promise.all([this.#judgeBag({ asked, entries, plan, judged, began }), traffic.absorb(asked, judged, plan.relay)]);
    } catch (error) {
      this.#onLost(flight, error, began);
    }
  }

  /** Packs the bag, waits for its turn on its lane, and hears its answer. */
  async #sendBag(flight: Flight): Promise<Omit<AnsweredBag, 'plan' | 'began'>> {
    const { clock, memory, spool, doors } = this.#traffic.parts;
    const { hearing, stop } = this.#traffic;
    const { plan, lane } = flight;
    const signal = AbortSignal.any([stop.signal, flight.abort.signal]);
    const before = this.#turns.get(lane);
    const turn = Promise.withResolvers<void>();
    this.#turns.set(lane, turn.promise);
    try {
      const door = doorOf(doors, plan.relay);
      const names = plan.entries.map((entry) => entry.name);
      await memory.touch(plan.relay, names, (name) => this.state.parcels.has(name));
      const keys = memory.keys(door, signal);
      keys.catch(() => undefined);
      const packed = await packBag(plan, spool);
      this.#traffic.drop(packed.absent, plan.relay);
      await before;
      this.#traffic.flights.start(flight, clock.now());
      this.#traffic.bytesSent += packed.body.length;
      const asked = hearing.testimony.bag(plan);
      const answer = door.bag(packed.body, lane, signal);
      turn.resolve();
      const entries = await answer;
      return { asked, entries, judged: hearing.judge(asked, entries, await keys) };
    } finally {
      turn.resolve();
    }
  }

  #onLost(flight: Flight, error: unknown, began: number): void {
    const { flights, meter, parts } = this.#traffic;
    const { plan, replaced, startedAt } = flight;
    flights.remove(flight);
    const left = mayHaveLeft(error);
    this.#lanesOf(plan.relay).lost();
    if (left && !replaced) meter.lost(plan, startedAt, parts.clock.now());
    this.#traffic.state = left ? onBagLost(this.state, plan.bag) : onBagKept(this.state, plan.bag);
    if (!replaced) this.#traffic.onError(error, plan.relay, began);
  }

  /** A bag of which nothing was kept is no progress, whatever the answer looks like. */
  async #judgeBag({ asked, entries, plan, judged, began }: AnsweredBag): Promise<void> {
    const traffic = this.#traffic;
    const { route, memory, clock, spool } = traffic.parts;
    if (judged.lie || plan.relay !== route.current) return;
    const landed = landedPieces(this.state, plan);
    const damaged = landed > 0 ? [] : await findDamaged(plan, spool);
    traffic.drop(damaged, plan.relay);
    const lie = damaged.length > 0 ? null : traffic.hearing.testimony.kept(asked, entries, landed);
    if (lie) return traffic.onError(lie, plan.relay, began);
    if (landed === 0) return route.onFailed(began, clock.now());
    traffic.trouble = null;
    route.onWorked();
    await memory.setWorks(plan.relay);
  }
}
