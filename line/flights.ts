/** The bags under way, each on its lane, and how long each has been silent. Only what the relay says counts as a sign of life. */
import type { NameHex } from '@zajil/format';
import type { BagPlan } from './machine.ts';
import { type Pace, expectedMs, followMs, patienceMs } from './pace.ts';
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
}

/** What the line carried and in what time, waiting left out: bags that share a line cannot be measured one by one. */
export interface Carriage {
  readonly bytes: number;
  readonly ms: number;
}

/** The line is measured over this long at least. */
const measureMs = 2500;
/** Another bag's answer proves the line, not this bag's connection: after so many patiences it has to move by itself. */
const ownPatience = 3;
/** Asked early enough that the answer can come before patience ends. */
const probeAt = 0.6;
const latestProbeAt = 0.8;

export class Flights {
  readonly #flights = new Map<number, Flight>();
  #answeredAt = -Infinity;
  /** What crossed since the line was last measured. */
  #crossed = { bytes: 0, ms: 0 };

  get size(): number {
    return this.#flights.size;
  }

  add(plan: BagPlan, lane: Lane, nowMs: number): Flight {
    const flight = { plan, lane, abort: new AbortController(), startedAt: nowMs, lineAliveAt: nowMs, ownAliveAt: nowMs, landed: 0 };
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
    const { bytes, ms } = this.#crossed;
    const crossed = { bytes: bytes + flight.plan.bytes, ms: ms + nowMs - began };
    this.#crossed = crossed.ms > measureMs ? { bytes: 0, ms: 0 } : crossed;
    return crossed;
  }

  /** @param countLanded - pieces of a plan that the relay is now known to hold. Returns pieces that are new, and in what time. */
  probed(countLanded: (plan: BagPlan) => number, nowMs: number): { pieces: number; ms: number } {
    let pieces = 0;
    let ms = 0;
    for (const flight of this.#flights.values()) {
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

  /** Gives up what has been silent for too long, and what goes to another relay than this one. Returns how many. */
  abortSilent(relay: string, patienceMs: number, nowMs: number): number {
    const silent = [...this.#flights.values()].filter(
      (flight) =>
        flight.plan.relay !== relay || nowMs - flight.lineAliveAt >= patienceMs || nowMs - flight.ownAliveAt >= ownPatience * patienceMs,
    );
    for (const flight of silent) flight.abort.abort();
    return silent.length;
  }

  /** Gives up bags of which all was asked about and nothing has moved since `beforeMs`. */
  abortStuck(asked: ReadonlySet<NameHex>, beforeMs: number): void {
    for (const flight of this.#flights.values()) {
      const stuck = flight.ownAliveAt < beforeMs && flight.lineAliveAt < beforeMs;
      if (stuck && flight.plan.entries.every((entry) => asked.has(entry.name))) flight.abort.abort();
    }
  }

  abortAll(): void {
    for (const flight of this.#flights.values()) flight.abort.abort();
  }

  /**
   * From when another bag may leave, by the clock: Infinity while as many are under way as may be. Where bags follow
   * each other on a lane, at once; else when the one before should nearly have crossed.
   */
  followAt(pace: Pace, wire: Wire, lanes: number): number {
    if (this.#flights.size >= (wire.depth === 1 ? wire.lanes : lanes * wire.depth)) return Infinity;
    if (wire.depth > 1) return -Infinity;
    return Math.max(-Infinity, ...[...this.#flights.values()].map(({ plan, startedAt }) => startedAt + followMs(pace, plan.bytes)));
  }

  /** Of the lanes, the one with the least under way. */
  freeLane(lanes: number): Lane {
    const load = Array.from({ length: lanes }, () => 0);
    for (const { lane, plan } of this.#flights.values()) if (load[lane] !== undefined) load[lane] += plan.bytes;
    return load.indexOf(Math.min(...load));
  }

  isIdle(lane: Lane): boolean {
    return ![...this.#flights.values()].some((flight) => flight.lane === lane);
  }

  /** Names to ask about, since their bags have been silent for a while. */
  namesToProbe(pace: Pace, nowMs: number): NameHex[] {
    return [...this.#flights.values()]
      .filter((flight) => nowMs >= probeTime(flight, pace))
      .flatMap((flight) => flight.plan.entries.map((entry) => entry.name));
  }

  /** When something is next to be done: about silence, or since another bag may leave; Infinity without flights. */
  wakeAt(pace: Pace, wire: Wire, lanes: number, nowMs: number): number {
    const times = [...this.#flights.values()].map((flight) => {
      const probe = probeTime(flight, pace);
      return probe > nowMs ? probe : flight.lineAliveAt + patienceMs(pace);
    });
    const followAt = this.followAt(pace, wire, lanes);
    return Math.min(followAt > nowMs ? followAt : Infinity, ...times);
  }
}

/** Not before an answer can be expected, since a question costs a slow line as much as a tenth of a piece. */
function probeTime(flight: Flight, pace: Pace): number {
  const patience = patienceMs(pace);
  const quiet = Math.min(latestProbeAt * patience, Math.max(probeAt * patience, 1.1 * expectedMs(pace, flight.plan.bytes)));
  return Math.min(flight.lineAliveAt + quiet, flight.ownAliveAt + (ownPatience - 1) * patience);
}
