/** The bags under way, each on its lane, and how long each has been silent. Only what the relay says counts as a sign of life. */
import type { NameHex } from '@zajil/format';
import type { BagPlan } from './machine.ts';
import { type Pace, asideMs, expectedMs, followMs, patienceMs, quietMs } from './pace.ts';
import type { Lane, Wire } from './wire.ts';

export interface Flight {
  readonly plan: BagPlan;
  readonly lane: Lane;
  readonly abort: AbortController;
  /** When its first byte was given to the network. */
  startedAt: number;
  /** Last sign of life of the line. */
  lineAliveAt: number;
  /** Last sign of life of this bag itself. */
  ownAliveAt: number;
  /** Pieces of it that were seen to have landed. */
  landed: number;
  /** Silent for long while a newer connection stands: it may still be answered, and no longer counts as under way here. */
  shelved: boolean;
  /** Given up since the line lives without it: no reason to think that the line is gone. */
  replaced: boolean;
}

/** What the line carried and in what time, waiting left out: bags that share a line cannot be measured one by one. */
export interface Carriage {
  readonly bytes: number;
  readonly ms: number;
}

/** Where a round trip takes longer, a line is slow as well, and two bags would be too much to begin with. */
const nearMs = 800;
/** The next bag leaves so long before the line would be idle. */
const aheadMs = 350;
/** What one more answer leaves of the weight of those before it. */
const memory = 0.5;
/** Another bag's answer proves the line, not this bag's connection: after so many patiences it has to move by itself. */
const ownPatience = 3;
/** Asked early enough that the answer can come before patience ends. */
const probeAt = 0.6;
const latestProbeAt = 0.8;

export class Flights {
  readonly #flights = new Map<number, Flight>();
  #answeredAt = -Infinity;
  /** When what is under way should have left, by the clock. */
  #busyUntil = -Infinity;
  /** What crossed lately. */
  #crossed = { bytes: 0, ms: 0 };

  /** Of those on lanes that are in use. */
  get size(): number {
    return this.#live.length;
  }

  get #live(): Flight[] {
    return [...this.#flights.values()].filter((flight) => !flight.shelved);
  }

  add(plan: BagPlan, lane: Lane, pace: Pace, nowMs: number): Flight {
    this.#busyUntil = Math.max(nowMs, this.#busyUntil) + travelMs(pace, plan.bytes);
    const flight: Flight = {
      plan,
      lane,
      abort: new AbortController(),
      startedAt: nowMs,
      lineAliveAt: nowMs,
      ownAliveAt: nowMs,
      landed: 0,
      shelved: false,
      replaced: false,
    };
    this.#flights.set(plan.bag, flight);
    return flight;
  }

  remove(flight: Flight): void {
    this.#flights.delete(flight.plan.bag);
  }

  /** The bag's bytes begin to leave now. */
  start(flight: Flight, nowMs: number): void {
    flight.startedAt = nowMs;
    flight.lineAliveAt = nowMs;
    flight.ownAliveAt = nowMs;
  }

  /** A bag begins to land a round trip after it left, as seen from here, or when the one before it was answered. */
  answered(flight: Flight, pace: Pace, nowMs: number): Carriage {
    this.remove(flight);
    for (const other of this.#flights.values()) {
      other.lineAliveAt = nowMs;
      // What follows on the same lane has only now begun to cross.
      if (other.lane === flight.lane) other.ownAliveAt = nowMs;
    }
    const own = nowMs - flight.startedAt;
    const began = Math.max(this.#answeredAt, flight.startedAt + Math.min(pace.rttMs ?? 0, 0.75 * own));
    this.#answeredAt = nowMs;
    this.#busyUntil = this.#stillBusy(pace, nowMs);
    const { bytes, ms } = this.#crossed;
    this.#crossed = { bytes: memory * bytes + flight.plan.bytes, ms: memory * ms + nowMs - began };
    return this.#crossed;
  }

  /** What is under way now has begun to cross a round trip ago. */
  #stillBusy(pace: Pace, nowMs: number): number {
    const bytes = this.#live.reduce((sum, { plan }) => sum + plan.bytes, 0);
    return Math.max(nowMs, nowMs - (pace.rttMs ?? 0) + travelMs(pace, bytes));
  }

  /** @param countLanded - pieces of a plan that the relay is now known to hold. Returns pieces that are new, and in what time. */
  probed(countLanded: (plan: BagPlan) => number, nowMs: number): { pieces: number; ms: number } {
    let pieces = 0;
    let ms = 0;
    for (const flight of this.#live) {
      const landed = countLanded(flight.plan);
      if (landed <= flight.landed) continue;
      pieces += landed - flight.landed;
      ms = Math.max(ms, nowMs - flight.ownAliveAt);
      flight.landed = landed;
      flight.ownAliveAt = nowMs;
      for (const other of this.#flights.values()) other.lineAliveAt = nowMs;
    }
    return { pieces, ms };
  }

  /** Gives up what goes to another relay than this one. */
  abortOthers(relay: string): void {
    for (const flight of this.#flights.values()) if (flight.plan.relay !== relay) flight.abort.abort();
  }

  /** Gives up what has been silent for too long. */
  abortSilent(pace: Pace, nowMs: number): void {
    const patience = this.#patience(pace);
    for (const flight of this.#flights.values()) if (isSilent(flight, patience, nowMs)) flight.abort.abort();
  }

  /** Never less than what all that is under way should take: something on the way may hold it back until it is whole. */
  #patience(pace: Pace): number {
    const bytes = this.#live.reduce((sum, { plan }) => sum + plan.bytes, 0);
    return Math.max(patienceMs(pace), 1.5 * expectedMs(pace, bytes));
  }

  /** Has everything that is under way been silent for so long that it is put aside once another connection stands? */
  allSilent(pace: Pace, nowMs: number): boolean {
    const live = this.#live;
    return live.length > 0 && live.every((flight) => nowMs - flight.lineAliveAt >= asideMs(pace, flight.plan.bytes));
  }

  /** Another connection stands: what was under way is put aside, and may still be answered. Returns those bags. */
  shelve(): BagPlan[] {
    const aside = this.#live;
    for (const flight of aside) flight.shelved = true;
    return aside.map((flight) => flight.plan);
  }

  /** The relay said what of them came: nobody waits for the rest. */
  abortShelved(): void {
    for (const flight of this.#flights.values()) if (flight.shelved) giveUp(flight);
  }

  /** Gives up bags of which all was asked about and nothing has moved since `beforeMs`. */
  abortStuck(asked: ReadonlySet<NameHex>, beforeMs: number): void {
    for (const flight of this.#flights.values()) {
      const stuck = flight.ownAliveAt < beforeMs && flight.lineAliveAt < beforeMs;
      if (stuck && flight.plan.entries.every((entry) => asked.has(entry.name))) giveUp(flight);
    }
  }

  abortAll(): void {
    for (const flight of this.#flights.values()) flight.abort.abort();
  }

  /**
   * From when another bag may leave, by the clock: Infinity while as many are under way as may be. A little before the
   * line would be idle: what leaves earlier only fills queues on the way, which overflow. Several lanes, which wait
   * for each other's losses, get more.
   */
  followAt(pace: Pace, wire: Wire, lanes: number): number {
    const live = this.#live;
    const isNear = pace.bytesPerSecond === null && (pace.dialMs ?? Infinity) < nearMs;
    if (live.length >= (wire.depth === 1 ? wire.lanes : lanes * wire.depth + (isNear ? 1 : 0))) return Infinity;
    if (wire.depth > 1) {
      if (live.length === 0) return -Infinity;
      if (pace.bytesPerSecond === null) return isNear ? -Infinity : Infinity;
      return this.#busyUntil - aheadMs * lanes;
    }
    return Math.max(-Infinity, ...live.map(({ plan, startedAt }) => startedAt + followMs(pace, plan.bytes)));
  }

  /** Of the lanes, the one with the least under way. */
  freeLane(lanes: number): Lane {
    const load = Array.from({ length: lanes }, () => 0);
    for (const { lane, plan } of this.#live) if (load[lane] !== undefined) load[lane] += plan.bytes;
    return load.indexOf(Math.min(...load));
  }

  isIdle(lane: Lane): boolean {
    return !this.#live.some((flight) => flight.lane === lane);
  }

  /** Names of what has been silent for a while, of the lanes in use. */
  quietNames(pace: Pace, wire: Wire, nowMs: number): NameHex[] {
    return namesOf(this.#live.filter((flight) => nowMs >= probeTime(flight, pace, wire)));
  }

  /** When something is next to be done: about silence, or since another bag may leave; Infinity without flights. */
  wakeAt(pace: Pace, wire: Wire, lanes: number, nowMs: number): number {
    const times = this.#live.map((flight) => {
      const probe = probeTime(flight, pace, wire);
      if (probe > nowMs) return probe;
      const end = flight.lineAliveAt + (wire.dial === null ? this.#patience(pace) : asideMs(pace, flight.plan.bytes));
      return end > nowMs ? end : Infinity;
    });
    const followAt = this.followAt(pace, wire, lanes);
    return Math.min(followAt > nowMs ? followAt : Infinity, ...times);
  }
}

function namesOf(flights: readonly Flight[]): NameHex[] {
  return flights.flatMap((flight) => flight.plan.entries.map((entry) => entry.name));
}

function giveUp(flight: Flight): void {
  flight.replaced = true;
  flight.abort.abort();
}

function travelMs(pace: Pace, bytes: number): number {
  const bytesPerSecond = pace.peak ?? pace.bytesPerSecond;
  return bytesPerSecond === null ? 0 : (1000 * bytes) / bytesPerSecond;
}

function isSilent(flight: Flight, patienceMs: number, nowMs: number): boolean {
  return nowMs - flight.lineAliveAt >= patienceMs || nowMs - flight.ownAliveAt >= ownPatience * patienceMs;
}

/** Not before an answer can be expected, since a question costs a slow line as much as a tenth of a piece. */
function probeTime(flight: Flight, pace: Pace, wire: Wire): number {
  if (wire.dial !== null) return flight.lineAliveAt + quietMs(pace, flight.plan.bytes);
  const patience = patienceMs(pace);
  const quiet = Math.min(latestProbeAt * patience, Math.max(probeAt * patience, 1.1 * expectedMs(pace, flight.plan.bytes)));
  return Math.min(flight.lineAliveAt + quiet, flight.ownAliveAt + (ownPatience - 1) * patience);
}
