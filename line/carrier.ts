/**
 * Keeps bags and questions under way to the relay of the moment, and takes in what it answers. `docs/protocol.md`
 * section "Sending". `step` starts whatever may start now; `wakeAt` says when to step again if nothing rings before.
 */
import { type HeldEntry, type NameHex, fromHex, mostAsked } from '@zajil/format';
import type { Bell } from './bell.ts';
import { type Clock, deadlineAfter } from './clock.ts';
import { type RelayDoor, doorOf } from './door.ts';
import { type Flight, Flights } from './flights.ts';
import { hedged } from './hedge.ts';
import { type Judged, judge } from './judge.ts';
import type { Ledger } from './ledger.ts';
import {
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
import { type Pace, bagBudget, dialMs, hedgeMs, laneBagBudget, patienceMs, pollPauseMs, questionPatienceMs, stuckMs } from './pace.ts';
import { findDamaged, packBag } from './pack.ts';
import { awaitingPromise, landedPieces, mayTake, nextBag, nextQuestion, wordsBagBytes, wordsMayOvertake } from './plan.ts';
import type { BagPlan } from './machine.ts';
import { type PollPauses, Polling } from './polling.ts';
import { LineError, isLie } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import type { Route } from './route.ts';
import type { Spool } from './spool.ts';
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

/** As many as connections may have died unnoticed: two bags' and a question's. */
const mostAttempts = 4;
/** Then another relay may have its turn. */
const dialAttempts = 3;

export class Carrier {
  readonly #parts: CarrierParts;
  readonly #flights = new Flights();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #state: SenderState = emptyState;
  readonly #meter = new Meter();
  #asking = false;
  #dialling = false;
  #dials = 0;
  /** Relay to which a connection stands, as far as is known, where the platform tells. */
  #standing: string | null = null;
  #lanes = Number(process.env.LANES ?? 1);
  #steppedAt = -Infinity;
  readonly #polling: Polling;
  trouble: LineError | null = null;
  /** Our own mistake, or a spool that cannot be written: ends the run. */
  fault: unknown = null;
  bytesSent = 0;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.#polling = new Polling(parts.pollMs);
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
    const now = this.#parts.clock.now();
    this.#steppedAt = now;
    this.#state = onWants(this.#state, this.#parts.ledger.wants(this.#parts.quarter()));
    const { route } = this.#parts;
    this.#flights.abortSilent(route.current, patienceMs(this.pace), now);
    if (now < route.retryAt) return;
    this.#turnToUsefulRelay();
    if (this.#mustDial) return this.#startDial(now);
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
      this.#flights.wakeAt(this.pace, this.#wire, this.#lanes, now),
      retryAt > now ? retryAt : Infinity,
      this.#asking || this.#dialling ? Infinity : Math.max(this.#polling.dueAt, retryAt),
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

  #startDial(now: number): void {
    if (this.#dialling || (this.nothingToSend && now < this.#polling.dueAt)) return;
    this.#dialling = true;
    this.#track(this.#dial(now).finally(() => (this.#dialling = false)));
  }

  async #dial(began: number): Promise<void> {
    const { route, clock } = this.#parts;
    const relay = route.current;
    try {
      for (let attempt = 0; attempt < dialAttempts; attempt += 1) {
        const everyMs = dialMs(this.pace, clock.now() - route.goneSince(clock.now()), this.#dials++);
        const ms = await this.#wire.dial?.({ everyMs, attempts: 1 }, this.#stop.signal).catch((error: unknown) => {
          if (attempt === dialAttempts - 1 || this.#stop.signal.aborted) throw error;
          return null;
        });
        if (ms === null || ms === undefined) continue;
        if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), 'dialled', ms);
        this.#meter.dialled(ms);
        this.#dials = 0;
        this.#standing = relay;
        return;
      }
    } catch (error) {
      if (this.nothingToSend) this.#polling.postpone(clock.now());
      this.#onError(error, relay, began);
    }
  }

  /** Where connections cannot be told apart, a question goes first and alone after a loss: a bag dialled into nothing would only add doubt. */
  get #mustAskFirst(): boolean {
    const { route } = this.#parts;
    return this.#wire.dial === null && route.failing && nextQuestion(this.#state, route.current).length > 0;
  }

  #startBags(now: number): void {
    const relay = this.#parts.route.current;
    const wire = this.#wire;
    for (;;) {
      if (this.#mustAskFirst) return;
      const overtakes = this.#flights.size > 0 && wordsMayOvertake(this.#state, relay) && this.#flights.isIdle(overtakingLane);
      if (!overtakes && now < this.#flights.followAt(this.pace, wire, this.#lanes)) return;
      const lane = overtakes ? overtakingLane : this.#flights.freeLane(this.#lanes);
      const plan = nextBag(this.#state, relay, this.#budget(wire, relay), lane);
      if (!plan) return;
      this.#state = onBagSent(this.#state, plan);
      this.#track(this.#carry(this.#flights.add(plan, lane, now)));
    }
  }

  #budget(wire: Wire, relay: string): number {
    const first = this.pace.bytesPerSecond === null && this.#flights.size === 0;
    const usual = wire.depth > 1 ? laneBagBudget(this.pace, this.#lanes) : bagBudget(this.pace);
    return Math.max(usual, first ? wordsBagBytes(this.#state, relay) : 0);
  }

  #startQuestion(now: number): void {
    if (this.#asking) return;
    const relay = this.#parts.route.current;
    const silent = this.#flights.namesToProbe(this.pace, now);
    const urgent = new Set([...nextQuestion(this.#state, relay), ...silent]);
    this.#pollWhenDue(relay, now);
    const first = [...urgent].slice(0, mostAsked);
    const more = first.length > 0 ? [] : this.#polling.take(mostAsked);
    const ids = [...new Set([...first, ...more])];
    if (ids.length === 0) return;
    // What asks about silence must not wait behind what is silent.
    const lane = silent.length > 0 ? askingLane : 0;
    this.#asking = true;
    this.#track(this.#ask(ids, lane).finally(() => (this.#asking = false)));
  }

  /** News of what was sent before does not take the line from words. */
  #pollWhenDue(relay: string, now: number): void {
    const sending = !this.nothingToSend;
    const news = (): string[] => (wordsBagBytes(this.#state, relay) > 0 ? [] : this.#parts.ledger.pollIds());
    this.#polling.begin(() => [...awaitingPromise(this.#state, relay), ...news()], sending, sending ? pollPauseMs(this.pace) : 0, now);
  }

  async #carry(flight: Flight): Promise<void> {
    const { clock, memory, spool, route } = this.#parts;
    const { plan, lane } = flight;
    const signal = AbortSignal.any([this.#stop.signal, flight.abort.signal]);
    const began = clock.now();
    try {
      const door = doorOf(this.#parts.doors, plan.relay);
      const names = plan.entries.map((entry) => entry.name);
      await memory.touch(plan.relay, names, (name) => this.#state.parcels.has(name));
      const keys = memory.keys(door, signal);
      keys.catch(() => undefined);
      const packed = await packBag(plan, spool);
      this.#dropUnsendable(packed.absent, plan.relay);
      this.#flights.start(flight, clock.now());
      this.bytesSent += packed.body.length;
      const entries = await door.bag(packed.body, lane, signal);
      const judged = judge(entries, await keys, (name) => this.#parts.ledger.parcel(name));
      { const c = this.#flights.answered(flight, this.pace, clock.now()); const b=this.pace; this.#meter.answered(plan.bytes, c); if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), 'ans', plan.bag, plan.bytes, 'own', (clock.now()-flight.startedAt).toFixed(0), 'crossed', c.bytes, c.ms.toFixed(0), 'rate', b.bytesPerSecond?.toFixed(0), this.pace.bytesPerSecond?.toFixed(0), 'rtt', b.rttMs?.toFixed(0), b.dialMs?.toFixed(0)); }
      this.#state = onBagAnswered(this.#state, plan.bag, judged.learned);
      this.#parts.bell.ring();
      const worked = plan.relay === route.current ? this.#judgeBag(plan, judged, began) : null;
      await Promise.all([worked, this.#absorb(judged, plan.relay)]);
    } catch (error) {
      this.#flights.remove(flight);
      const left = mayHaveLeft(error);
      if (left) this.#meter.lost(plan, flight.startedAt, clock.now());
      this.#state = left ? onBagLost(this.#state, plan.bag) : onBagKept(this.#state, plan.bag);
      this.#onError(error, plan.relay, began);
    }
  }

  /** A bag of which nothing was kept is no progress, whatever the answer looks like. */
  async #judgeBag(plan: BagPlan, judged: Judged, began: number): Promise<void> {
    const { route, memory, clock, spool } = this.#parts;
    if (judged.lie) return;
    if (landedPieces(this.#state, plan) === 0) {
      this.#dropUnsendable(await findDamaged(plan, spool), plan.relay);
      return route.onFailed(began, clock.now());
    }
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
    // Among bags on their lane it is as patient as they are: to give it up would end the lane.
    const among = busy && lane !== askingLane && this.#wire.depth > 1;
    const { signal, end } = deadlineAfter(clock, among ? Infinity : questionPatienceMs(this.pace, busy), this.#stop.signal);
    try {
      const door = doorOf(this.#parts.doors, relay);
      const question = ids.map((id) => fromHex(id));
      const ask = (attempt: AbortSignal): Promise<HeldEntry[]> => {
        this.bytesSent += 32 * ids.length;
        return door.have(question, lane, attempt);
      };
      const hedge = { clock, signal, everyMs: hedgeMs(this.pace, busy), most: door.wire.depth > 1 ? 1 : mostAttempts };
      const entries = await hedged(ask, hedge);
      this.#meter.replied(clock.now() - began, busy);
      if (process.env.DBG) console.error((clock.now()/1000).toFixed(2), 'replied', clock.now() - began, lane, ids.length);
      const judged = judge(entries, await memory.keys(door, signal), (name) => this.#parts.ledger.parcel(name));
      this.#state = onHeld(this.#state, relay, judged.learned, askedAt);
      this.#meter.settle(this.#state);
      this.#meter.landed(this.#flights.probed((plan) => landedPieces(this.#state, plan), clock.now()));
      this.#flights.abortStuck(new Set(ids), began - stuckMs(this.pace));
      if (relay === route.current && !judged.lie) route.onWorked();
      this.trouble = null;
      await this.#absorb(judged, relay);
    } catch (error) {
      this.#onError(error, relay, began);
    } finally {
      end();
    }
  }

  async #absorb(judged: Judged, relay: string): Promise<void> {
    const { ledger } = this.#parts;
    let lie = judged.lie;
    let news = ledger.carry(judged.carried);
    for (const { address, message } of judged.messages) {
      try {
        news = ledger.acknowledge(address, message) || news;
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        lie ??= error;
      }
    }
    const safe = ledger.settle(this.#state);
    if (safe.length > 0) this.#state = onCarried(this.#state, safe);
    if (judged.learned.some((one) => one.held.state === 'expired')) this.#onError(new LineError('LINE_EXPIRED'), relay, 0);
    if (news) this.#polling.onNews();
    if (lie) this.#onError(lie, relay, 0);
    await ledger.settled();
  }

  #onError(error: unknown, relay: string, began: number): void {
    if (process.env.DBG) console.error((this.#parts.clock.now()/1000).toFixed(2), 'error', (error as Error).message.slice(0,50), String((error as Error).cause));
    const { route, clock, onTrouble } = this.#parts;
    if (this.#stop.signal.aborted) return;
    if (!(error instanceof LineError) || error.code === 'LINE_STORAGE') {
      this.fault ??= error;
      return;
    }
    if (error.code === 'LINE_WAITING') this.#hangUp(relay);
    this.trouble = error;
    onTrouble(error, relay);
    if (isLie(error.code)) this.#state = onRelayDistrusted(this.#state, relay);
    if (relay !== route.current) return;
    if (isLie(error.code) || ['LINE_CLOSED_DOOR', 'LINE_RELAY_FULL'].includes(error.code)) route.onRefused(error, clock.now());
    else if (error.code !== 'LINE_EXPIRED' && error.code !== 'LINE_DAMAGED') {
      if (mayHaveLeft(error)) this.#meter.silence();
      route.onFailed(began, clock.now(), this.#wire.dial === null);
    }
  }

  /** Whatever still seems to stand may be as dead as what just ended. */
  #hangUp(relay: string): void {
    if (this.#standing === relay) this.#standing = null;
    if (this.#flights.size === 0) doorOf(this.#parts.doors, relay).wire.hangUp();
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
