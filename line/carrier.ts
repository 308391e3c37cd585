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
  type BagPlan,
  type SenderState,
  emptyState,
  onBagAnswered,
  onBagLost,
  onBagSent,
  onCarried,
  onDoubt,
  onHeld,
  onParcels,
  onRelayDistrusted,
} from './machine.ts';
import { Meter } from './meter.ts';
import type { ParcelNote } from './order.ts';
import { type Pace, bagBudget, hedgeMs, patienceMs, pollPauseMs, questionPatienceMs, stuckMs } from './pace.ts';
import { findDamaged, packBag } from './pack.ts';
import { awaitingPromise, landedPieces, mayTake, nextBag, nextQuestion, wordsBagBytes, wordsMayOvertake } from './plan.ts';
import { type PollPauses, Polling } from './polling.ts';
import { LineError } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import type { Route } from './route.ts';
import type { Spool } from './spool.ts';

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
  readonly onTrouble: (error: LineError, relay: string) => void;
}

/** As many as connections may have died unnoticed: two bags' and a question's. */
const mostAttempts = 4;

export class Carrier {
  readonly #parts: CarrierParts;
  readonly #flights = new Flights();
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #state: SenderState = emptyState;
  readonly #meter = new Meter();
  #asking = false;
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
    const { route } = this.#parts;
    this.#flights.abortSilent(route.current, patienceMs(this.pace), now);
    if (now < route.retryAt) return;
    this.#turnToUsefulRelay();
    this.#startBags(now);
    this.#startQuestion(now);
  }

  /** Milliseconds of the clock. */
  wakeAt(): number {
    // Not the present time: what came due since the step has not been looked at yet.
    const now = this.#steppedAt;
    const retryAt = this.#parts.route.retryAt;
    return Math.min(
      this.#flights.wakeAt(this.pace, now),
      retryAt > now ? retryAt : Infinity,
      this.#asking ? Infinity : Math.max(this.#polling.dueAt, retryAt),
    );
  }

  /** Ends everything that is under way and waits for it. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#flights.abortAll();
    await Promise.all(this.#running);
  }

  /** A relay that let everything go needs nothing more; another one may still want it. */
  #turnToUsefulRelay(): void {
    const { route, doors } = this.#parts;
    if (mayTake(this.#state, route.current)) return;
    const other = [...doors.keys()].find((relay) => mayTake(this.#state, relay));
    if (other !== undefined) route.use(other);
  }

  /** After a loss, while something is in doubt, a question goes first and alone: a bag dialled into nothing would only add doubt. */
  get #mustAskFirst(): boolean {
    const { route } = this.#parts;
    return route.failing && nextQuestion(this.#state, route.current).length > 0;
  }

  #startBags(now: number): void {
    const relay = this.#parts.route.current;
    while (!this.#mustAskFirst && now >= this.#flights.followAt(this.pace, wordsMayOvertake(this.#state, relay))) {
      const first = this.pace.bytesPerSecond === null && this.#flights.size === 0;
      const budget = Math.max(bagBudget(this.pace), first ? wordsBagBytes(this.#state, relay) : 0);
      const plan = nextBag(this.#state, relay, budget);
      if (!plan) return;
      this.#state = onBagSent(this.#state, plan);
      this.#track(this.#carry(this.#flights.add(plan, now)));
    }
  }

  #startQuestion(now: number): void {
    if (this.#asking) return;
    const relay = this.#parts.route.current;
    const urgent = new Set([...nextQuestion(this.#state, relay), ...this.#flights.namesToProbe(this.pace, now)]);
    this.#pollWhenDue(relay, now);
    const first = [...urgent].slice(0, mostAsked);
    const more = this.#mustAskFirst ? [] : this.#polling.take(mostAsked - first.length);
    const ids = [...new Set([...first, ...more])];
    if (ids.length === 0) return;
    this.#asking = true;
    this.#track(this.#ask(ids).finally(() => (this.#asking = false)));
  }

  /** News of what was sent before does not take the line from words. */
  #pollWhenDue(relay: string, now: number): void {
    const sending = !this.nothingToSend;
    const news = (): string[] => (wordsBagBytes(this.#state, relay) > 0 ? [] : this.#parts.ledger.pollIds());
    this.#polling.begin(() => [...awaitingPromise(this.#state, relay), ...news()], sending, sending ? pollPauseMs(this.pace) : 0, now);
  }

  async #carry(flight: Flight): Promise<void> {
    const { clock, memory, spool, route } = this.#parts;
    const { plan } = flight;
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
      const entries = await door.bag(packed.body, signal);
      const judged = judge(entries, await keys, (name) => this.#parts.ledger.parcel(name));
      this.#meter.answered(plan.bytes, this.#flights.answered(flight, clock.now()));
      this.#state = onBagAnswered(this.#state, plan.bag, judged.learned);
      this.#parts.bell.ring();
      const worked = plan.relay === route.current ? this.#judgeBag(plan, judged, began) : null;
      await Promise.all([worked, this.#absorb(judged, plan.relay)]);
    } catch (error) {
      this.#flights.remove(flight);
      this.#meter.lost(plan, flight.startedAt, clock.now());
      this.#state = onBagLost(this.#state, plan.bag);
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

  async #ask(ids: readonly string[]): Promise<void> {
    const { clock, memory, route } = this.#parts;
    const relay = route.current;
    const busy = this.#flights.size > 0;
    const askedAt = this.#state.clock;
    const began = clock.now();
    const { signal, end } = deadlineAfter(clock, questionPatienceMs(this.pace, busy), this.#stop.signal);
    try {
      const door = doorOf(this.#parts.doors, relay);
      const question = ids.map((id) => fromHex(id));
      const ask = (attempt: AbortSignal): Promise<HeldEntry[]> => {
        this.bytesSent += 32 * ids.length;
        return door.have(question, attempt);
      };
      const entries = await hedged(ask, { clock, signal, everyMs: hedgeMs(this.pace, busy), most: mostAttempts });
      this.#meter.replied(clock.now() - began);
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
    const { route, clock, onTrouble } = this.#parts;
    if (this.#stop.signal.aborted) return;
    if (!(error instanceof LineError) || error.code === 'LINE_STORAGE') {
      this.fault ??= error;
      return;
    }
    this.trouble = error;
    onTrouble(error, relay);
    if (error.code === 'LINE_LYING_RELAY') this.#state = onRelayDistrusted(this.#state, relay);
    if (relay !== route.current) return;
    if (['LINE_LYING_RELAY', 'LINE_CLOSED_DOOR', 'LINE_RELAY_FULL'].includes(error.code)) route.onRefused(error, clock.now());
    else if (error.code !== 'LINE_EXPIRED' && error.code !== 'LINE_DAMAGED') {
      this.#meter.silence();
      route.onFailed(began, clock.now());
    }
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
