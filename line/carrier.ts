/**
 * Keeps bags and questions under way to the relay of the moment, and takes in what it answers. `docs/protocol.md`
 * section "Sending". `step` starts whatever may start now; `wakeAt` says when to step again if nothing rings before.
 */
import { type HeldEntry, type NameHex, fromHex, mostAsked } from '@zajil/format';
import type { Bell } from './bell.ts';
import { type Clock, deadlineAfter } from './clock.ts';
import { type RelayDoor, doorOf } from './door.ts';
import { type Flight, Flights } from './flights.ts';
import { Hearing } from './hearing.ts';
import { hedged } from './hedge.ts';
import type { Judged } from './judge.ts';
import { Lanes } from './lanes.ts';
import type { Ledger } from './ledger.ts';
import {
  type BagPlan,
  type SenderState,
  emptyState,
  onBagAnswered,
  onBagKept,
  onBagLost,
  onBagSent,
  onCarried,
  onDoubt,
  onHeld,
  onParcels,
  onRelayDistrusted,
  onWants,
} from './machine.ts';
import { Meter } from './meter.ts';
import type { ParcelNote } from './order.ts';
import { type Pace, bagBudget, dialPace, hedgeMs, laneBagBudget, patienceMs, pollPauseMs, questionPatienceMs, stuckMs } from './pace.ts';
import { findDamaged, packBag } from './pack.ts';
import { awaitingPromise, landedPieces, mayTake, nextBag, nextQuestion, wordsBagBytes, wordsMayOvertake } from './plan.ts';
import { type PollPauses, Polling } from './polling.ts';
import { LineError, isLie } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import type { Route } from './route.ts';
import type { Spool } from './spool.ts';
import type { Asked } from './testimony.ts';
import { type Lane, type Wire, askingLane, mayHaveLeft, overtakingLane } from './wire.ts';

export interface CarrierParts {
  readonly spool: Spool;
  readonly ledger: Ledger;
  readonly memory: RelayMemory;
  readonly route: Route;
  readonly doors: ReadonlyMap<string, RelayDoor>;
  readonly clock: Clock;
  /** Rung when something came to an end. */
  readonly bell: Bell;
  readonly pollMs: PollPauses;
  /** The phone's calendar: quarter hours since 1970. */
  readonly quarter: () => number;
  readonly onTrouble: (error: LineError, relay: string) => void;
}

interface AnsweredBag {
  readonly asked: Asked;
  readonly entries: readonly HeldEntry[];
  readonly plan: BagPlan;
  readonly judged: Judged;
  readonly began: number;
}

/** An answer to what was given up: it can only add to what is known. */
const lateAnswer = -1;
/** As many as connections may have died unnoticed: two bags' and a question's. */
const mostAttempts = 4;

export class Carrier {
  readonly #parts: CarrierParts;
  readonly #flights = new Flights();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #meter = new Meter();
  readonly #polling: Polling;
  readonly #hearing: Hearing;
  #state: SenderState = emptyState;
  /** Lanes on which a question is under way: one for news, one about silence. */
  readonly #asking = new Set<Lane>();
  #dialling = false;
  /** Relay to which a connection stands, as far as is known, where the platform tells. */
  #standing: string | null = null;
  /** A connection stands beside those of the bags under way, and carries nothing yet. */
  #spare = false;
  /** Nothing was answered since a connection was last opened. */
  #unproved = false;
  /** The connection that ended last had answered nothing: another one may stand just as well and lead into the same hole. */
  #hollow = false;
  readonly #lanes = new Map<string, Lanes>();
  /** What leaves on a lane leaves in the order in which it was planned. */
  readonly #turns = new Map<Lane, Promise<void>>();
  #steppedAt = -Infinity;
  trouble: LineError | null = null;
  /** Our own mistake, or a spool that cannot be written: ends the run. */
  fault: unknown = null;
  bytesSent = 0;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.#polling = new Polling(parts.pollMs);
    this.#hearing = new Hearing(parts.ledger, parts.memory, () => parts.clock.now());
  }

  get state(): SenderState {
    return this.#state;
  }

  get pace(): Pace {
    return this.#meter.pace;
  }

  get idle(): boolean {
    return this.#running.size === 0;
  }

  /** Nothing waits that any relay would still take. */
  get nothingToSend(): boolean {
    return ![...this.#parts.doors.keys()].some((relay) => mayTake(this.#state, relay));
  }

  add(parcels: readonly ParcelNote[]): void {
    this.#state = onParcels(this.#state, parcels);
    const fresh = new Set(parcels.map((parcel) => parcel.name));
    for (const relay of this.#parts.doors.keys()) {
      const touched = this.#parts.memory.touched(relay).filter((name) => fresh.has(name));
      this.#state = onDoubt(this.#state, relay, touched);
    }
  }

  step(): void {
    const { clock, ledger, quarter, route } = this.#parts;
    const now = clock.now();
    this.#steppedAt = now;
    this.#state = onWants(this.#state, ledger.wants(quarter()));
    this.#flights.abortOthers(route.current);
    if (this.#wire.dial === null) this.#flights.abortSilent(patienceMs(this.pace), now);
    if (now < route.retryAt) return;
    this.#turnToUsefulRelay();
    const silent = this.#flights.allSilent(patienceMs(this.pace), now);
    if (this.#mustDial || this.#wantsSpare(now)) this.#startDial(now);
    // Onto a line that says nothing no more is put.
    if (silent && this.#spare) this.#shelveLanes(route.current);
    if (this.#mustDial || silent) return;
    if (this.#flights.size === 0) this.#startQuestion(now);
    this.#startBags(now);
    this.#startQuestion(now);
  }

  /** Milliseconds of the clock. */
  wakeAt(): number {
    // Not the present time: what came due since the step has not been looked at yet.
    const now = this.#steppedAt;
    const retryAt = this.#parts.route.retryAt;
    return Math.min(
      this.#flights.wakeAt(this.pace, this.#wire, this.#laneCount, now),
      retryAt > now ? retryAt : Infinity,
      this.#asking.size > 0 || this.#dialling ? Infinity : Math.max(this.#polling.dueAt, retryAt),
    );
  }

  /** Ends everything that is under way and waits for it. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#flights.abortAll();
    await Promise.all(this.#running);
    for (const door of this.#parts.doors.values()) door.wire.hangUp();
  }

  get #wire(): Wire {
    return doorOf(this.#parts.doors, this.#parts.route.current).wire;
  }

  get #laneCount(): number {
    return this.#lanesOf(this.#parts.route.current).count;
  }

  #lanesOf(relay: string): Lanes {
    const known = this.#lanes.get(relay) ?? new Lanes(doorOf(this.#parts.doors, relay).wire.lanes);
    this.#lanes.set(relay, known);
    return known;
  }

  /** A relay that let everything go needs nothing more; another one may still want it. */
  #turnToUsefulRelay(): void {
    const { route, doors } = this.#parts;
    if (mayTake(this.#state, route.current)) return;
    const other = [...doors.keys()].find((relay) => mayTake(this.#state, relay));
    if (other !== undefined) route.use(other);
  }

  /** Where the platform tells whether a connection stands, nothing is sent before one does: so nothing is in doubt that a dead line took. */
  get #mustDial(): boolean {
    return this.#wire.dial !== null && this.#standing !== this.#parts.route.current;
  }

  /** Bags have been silent for a while: another connection shall tell whether the line is slow, or they lie on a dead one. */
  #wantsSpare(now: number): boolean {
    if (this.#wire.dial === null || this.#spare || this.#asking.has(askingLane)) return false;
    return this.#flights.quietNames(this.pace, now).length > 0;
  }

  #startDial(now: number): void {
    if (this.#dialling || (this.nothingToSend && now < this.#polling.dueAt)) return;
    this.#dialling = true;
    this.#track(this.#dial(now).finally(() => (this.#dialling = false)));
  }

  async #dial(began: number): Promise<void> {
    const { route, clock } = this.#parts;
    const relay = route.current;
    try {
      const goneMs = clock.now() - route.goneSince(clock.now());
      const ms = await this.#wire.dial?.(dialPace(this.pace, goneMs), this.#stop.signal);
      if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), "dialled", ms, this.#flights.size);
      this.#meter.dialled(ms ?? 0);
      this.#standing = relay;
      this.#unproved = true;
      this.#spare = this.#flights.size > 0;
      if (this.#flights.allSilent(patienceMs(this.pace), clock.now())) this.#shelveLanes(relay);
    } catch (error) {
      if (this.nothingToSend) this.#polling.postpone(clock.now());
      this.#onError(error, relay, began);
    }
  }

  /**
   * The line lives, and what was under way has long been silent: it is slow, or lies on dead connections. The line is used
   * for what is certainly missing, while the relay is asked about the rest.
   */
  #shelveLanes(relay: string): void {
    this.#spare = false;
    for (const { bag } of this.#flights.shelve()) this.#state = onBagLost(this.#state, bag);
    doorOf(this.#parts.doors, relay).wire.shelve();
    this.#turns.clear();
  }

  /**
   * A question goes first and alone after a loss where connections cannot be told apart, or where one stood and answered
   * nothing: a bag sent into a hole would only add doubt.
   */
  get #mustAskFirst(): boolean {
    const { route } = this.#parts;
    return (this.#wire.dial === null || this.#hollow) && route.failing && nextQuestion(this.#state, route.current).length > 0;
  }

  #startBags(now: number): void {
    const relay = this.#parts.route.current;
    const wire = this.#wire;
    for (;;) {
      if (this.#mustAskFirst) return;
      const overtakes = this.#flights.size > 0 && wordsMayOvertake(this.#state, relay) && this.#flights.isIdle(overtakingLane);
      if (!overtakes && now < this.#flights.followAt(this.pace, wire, this.#laneCount)) return;
      const lane = overtakes ? overtakingLane : this.#flights.freeLane(this.#laneCount);
      const plan = nextBag(this.#state, relay, this.#budget(wire, relay), lane);
      if (!plan) return;
      this.#state = onBagSent(this.#state, plan);
      this.#track(this.#carry(this.#flights.add(plan, lane, this.pace, now)));
    }
  }

  #budget(wire: Wire, relay: string): number {
    const first = this.pace.bytesPerSecond === null && this.#flights.size === 0;
    const usual = wire.depth > 1 ? laneBagBudget(this.pace, this.#laneCount) : bagBudget(this.pace);
    return Math.max(usual, first ? wordsBagBytes(this.#state, relay) : 0);
  }

  #startQuestion(now: number): void {
    const relay = this.#parts.route.current;
    const quiet = this.#flights.quietNames(this.pace, now);
    // What asks about silence must not wait behind what is silent.
    const lane = quiet.length > 0 ? askingLane : 0;
    if (this.#asking.has(lane)) return;
    this.#pollWhenDue(relay, now);
    const urgent = [...new Set([...nextQuestion(this.#state, relay), ...quiet])].slice(0, mostAsked);
    const ids = urgent.length > 0 ? urgent : this.#polling.take(mostAsked);
    if (ids.length === 0) return;
    this.#asking.add(lane);
    if (lane === askingLane) this.#spare = false;
    this.#track(this.#ask(ids, lane).finally(() => this.#asking.delete(lane)));
  }

  /** News of what was sent before does not take the line from words. */
  #pollWhenDue(relay: string, now: number): void {
    const sending = !this.nothingToSend;
    const news = (): string[] => (wordsBagBytes(this.#state, relay) > 0 ? [] : this.#parts.ledger.pollIds());
    this.#polling.begin(() => [...awaitingPromise(this.#state, relay), ...news()], sending, sending ? pollPauseMs(this.pace) : 0, now);
  }

  async #carry(flight: Flight): Promise<void> {
    const { clock, memory, spool } = this.#parts;
    const { plan, lane } = flight;
    const signal = AbortSignal.any([this.#stop.signal, flight.abort.signal]);
    const began = clock.now();
    const before = this.#turns.get(lane);
    const turn = Promise.withResolvers<void>();
    this.#turns.set(lane, turn.promise);
    try {
      const door = doorOf(this.#parts.doors, plan.relay);
      const names = plan.entries.map((entry) => entry.name);
      await memory.touch(plan.relay, names, (name) => this.#state.parcels.has(name));
      const keys = memory.keys(door, signal);
      keys.catch(() => undefined);
      const packed = await packBag(plan, spool);
      this.#dropUnsendable(packed.absent, plan.relay);
      await before;
      this.#flights.start(flight, clock.now());
      this.bytesSent += packed.body.length;
      const asked = this.#hearing.testimony.bag(plan);
      const answer = door.bag(packed.body, lane, signal);
      turn.resolve();
      const entries = await answer;
      const judged = this.#hearing.judge(asked, entries, await keys);
      { const c = this.#flights.answered(flight, this.pace, clock.now()); const b = this.pace; this.#meter.answered(plan.bytes, c); if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), "ans", plan.bag, lane, plan.bytes, "own", (clock.now()-flight.startedAt).toFixed(0), "crossed", c.bytes.toFixed(0), c.ms.toFixed(0), "rate", b.bytesPerSecond?.toFixed(0), this.pace.bytesPerSecond?.toFixed(0), "rtt", b.rttMs?.toFixed(0), b.dialMs?.toFixed(0)); }
      this.#lanesOf(plan.relay).answered(plan.bytes, clock.now());
      this.#unproved = this.#hollow = false;
      this.#state = flight.shelved
        ? onHeld(this.#state, plan.relay, judged.learned, lateAnswer)
        : onBagAnswered(this.#state, plan.bag, judged.learned);
      this.#parts.bell.ring();
      await Promise.all([this.#judgeBag({ asked, entries, plan, judged, began }), this.#absorb(asked, judged, plan.relay)]);
    } catch (error) {
      this.#onLost(flight, error, began);
    } finally {
      turn.resolve();
    }
  }

  #onLost(flight: Flight, error: unknown, began: number): void {
    const { plan, replaced, startedAt } = flight;
    this.#flights.remove(flight);
    const left = mayHaveLeft(error);
    this.#lanesOf(plan.relay).lost();
    if (left && !replaced) this.#meter.lost(plan, startedAt, this.#parts.clock.now());
    this.#state = left ? onBagLost(this.#state, plan.bag) : onBagKept(this.#state, plan.bag);
    if (!replaced) this.#onError(error, plan.relay, began);
  }

  /** A bag of which nothing was kept is no progress, whatever the answer looks like. */
  async #judgeBag({ asked, entries, plan, judged, began }: AnsweredBag): Promise<void> {
    const { route, memory, clock, spool } = this.#parts;
    if (judged.lie || plan.relay !== route.current) return;
    const landed = landedPieces(this.#state, plan);
    const damaged = landed > 0 ? [] : await findDamaged(plan, spool);
    this.#dropUnsendable(damaged, plan.relay);
    const lie = damaged.length > 0 ? null : this.#hearing.testimony.kept(asked, entries, landed);
    if (lie) return this.#onError(lie, plan.relay, began);
    if (landed === 0) return route.onFailed(began, clock.now());
    this.trouble = null;
    route.onWorked();
    await memory.setWorks(plan.relay);
  }

  async #ask(ids: readonly string[], lane: Lane): Promise<void> {
    const { clock, memory, route } = this.#parts;
    const relay = route.current;
    const busy = this.#flights.size > 0;
    const askedAt = this.#state.clock;
    const began = clock.now();
    const door = doorOf(this.#parts.doors, relay);
    // Among bags on their lane it is as patient as they are: to give it up would end the lane.
    const among = busy && lane !== askingLane && door.wire.depth > 1;
    const { signal, end } = deadlineAfter(clock, among ? Infinity : questionPatienceMs(this.pace, busy), this.#stop.signal);
    try {
      const question = ids.map((id) => fromHex(id));
      const asked = this.#hearing.testimony.question(relay, ids);
      const ask = (attempt: AbortSignal): Promise<HeldEntry[]> => {
        this.bytesSent += 32 * ids.length;
        return door.have(question, lane, attempt);
      };
      const hedge = { clock, signal, everyMs: hedgeMs(this.pace, busy), most: door.wire.dial === null ? mostAttempts : 1 };
      const entries = await hedged(ask, hedge);
      this.#meter.replied(clock.now() - began, busy);
      if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), "replied", (clock.now() - began).toFixed(0), lane, ids.length);
      const judged = this.#hearing.judge(asked, entries, await memory.keys(door, signal));
      this.#unproved = this.#hollow = false;
      this.#state = onHeld(this.#state, relay, judged.learned, askedAt);
      this.#meter.settle(this.#state);
      this.#meter.landed(this.#flights.probed((plan) => landedPieces(this.#state, plan), clock.now()));
      this.#flights.abortShelved();
      this.#flights.abortStuck(new Set(ids), began - stuckMs(this.pace));
      if (relay === route.current && !judged.lie) route.onWorked();
      this.trouble = null;
      await this.#absorb(asked, judged, relay);
    } catch (error) {
      this.#onError(error, relay, began);
    } finally {
      end();
    }
  }

  async #absorb(asked: Asked, judged: Judged, relay: string): Promise<void> {
    const { safe, news, lie, expired } = this.#hearing.take(asked, judged, this.#state);
    if (safe.length > 0) this.#state = onCarried(this.#state, safe);
    if (expired) this.#onError(new LineError('LINE_EXPIRED'), relay, 0);
    if (news) this.#polling.onNews();
    if (lie) this.#onError(lie, relay, 0);
    await this.#hearing.settled();
  }

  #onError(error: unknown, relay: string, began: number): void {
    const { route, clock, onTrouble } = this.#parts;
    if (this.#stop.signal.aborted) return;
    if (process.env.DBG) console.error((this.#parts.clock.now()/1000).toFixed(2), "error", (error as Error).message.slice(0,50), String((error as Error).cause), (error as any).cause?.cause?.message);
    if (!(error instanceof LineError) || error.code === 'LINE_STORAGE') {
      this.fault ??= error;
      return;
    }
    if (error.code === 'LINE_WAITING') this.#hangUp(relay, mayHaveLeft(error));
    this.trouble = error;
    onTrouble(error, relay);
    if (isLie(error.code)) this.#state = onRelayDistrusted(this.#state, relay);
    if (relay !== route.current) return;
    if (isLie(error.code) || ['LINE_CLOSED_DOOR', 'LINE_RELAY_FULL'].includes(error.code)) route.onRefused(error, clock.now());
    else if (error.code !== 'LINE_EXPIRED' && error.code !== 'LINE_DAMAGED') {
      if (mayHaveLeft(error)) this.#meter.silence();
      // A dial has waited already.
      route.onFailed(began, clock.now(), mayHaveLeft(error));
    }
  }

  /** While nothing is under way, whatever still seems to stand may be as dead as what just ended. */
  #hangUp(relay: string, stood: boolean): void {
    if (this.#flights.size > 0) return;
    this.#spare = false;
    if (this.#standing === relay) this.#standing = null;
    this.#hollow = stood && this.#unproved;
    doorOf(this.#parts.doors, relay).wire.hangUp();
  }

  #dropUnsendable(names: readonly NameHex[], relay: string): void {
    if (names.length === 0) return;
    this.#state = onCarried(this.#state, names);
    this.#onError(new LineError('LINE_DAMAGED'), relay, 0);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#running.delete(tracked);
      this.#parts.bell.ring();
    });
    this.#running.add(tracked);
  }
}
