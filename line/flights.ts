/** The bags under way and how long each has been silent. Only what the relay says counts as a sign of life. */
import type { NameHex } from '@zajil/format';
import type { BagPlan } from './machine.ts';
import { type Pace, expectedMs, followMs, patienceMs } from './pace.ts';

export interface Flight {
  readonly plan: BagPlan;
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

/** The line is measured over this long. */
const measureMs = 6000;
/** The second hides the round trip of the first. */
const mostFlights = 2;
/** Another bag's answer proves the line, not this bag's connection: after so many patiences it has to move by itself. */
const ownPatience = 3;
/** Asked early enough that the answer can come before patience ends. */
const probeAt = 0.6;
const latestProbeAt = 0.8;

export class Flights {
  readonly #flights = new Map<number, Flight>();
  /** What was answered since the line became busy, of the last seconds. */
  #busy = { since: 0, bytes: 0 };

  get size(): number {
    return this.#flights.size;
  }

  add(plan: BagPlan, nowMs: number): Flight {
    const flight = { plan, abort: new AbortController(), startedAt: nowMs, lineAliveAt: nowMs, ownAliveAt: nowMs, landed: 0 };
    this.#flights.set(plan.bag, flight);
    return flight;
  }

  remove(flight: Flight): void {
    this.#flights.delete(flight.plan.bag);
  }

  /** The bag's bytes begin to leave now. */
  start(flight: Flight, nowMs: number): void {
    if (this.#flights.size === 1) this.#busy = { since: nowMs, bytes: 0 };
    flight.startedAt = nowMs;
    flight.lineAliveAt = nowMs;
    flight.ownAliveAt = nowMs;
  }

  /** Returns how many bytes the line carried lately, and in what time: bags that share it cannot be measured one by one. */
  answered(flight: Flight, nowMs: number): { bytes: number; ms: number } {
    this.remove(flight);
    for (const other of this.#flights.values()) other.lineAliveAt = nowMs;
    this.#busy.bytes += flight.plan.bytes;
    const { since, bytes } = this.#busy;
    const ms = nowMs - since;
    if (ms > measureMs) this.#busy = { since: nowMs - ms / 2, bytes: bytes / 2 };
    return { bytes, ms };
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

  /** From when another bag may leave, by the clock: at any time when none is under way, never while as many are as may be. */
  followAt(pace: Pace, atOnce = false): number {
    if (this.#flights.size >= mostFlights) return Infinity;
    if (atOnce) return -Infinity;
    return Math.max(-Infinity, ...[...this.#flights.values()].map(({ plan, startedAt }) => startedAt + followMs(pace, plan.bytes)));
  }

  /** Names to ask about, since their bags have been silent for a while. */
  namesToProbe(pace: Pace, nowMs: number): NameHex[] {
    return [...this.#flights.values()]
      .filter((flight) => nowMs >= probeTime(flight, pace))
      .flatMap((flight) => flight.plan.entries.map((entry) => entry.name));
  }

  /** When something is next to be done: about silence, or since another bag may leave; Infinity without flights. */
  wakeAt(pace: Pace, nowMs: number): number {
    const times = [...this.#flights.values()].map((flight) => {
      const probe = probeTime(flight, pace);
      return probe > nowMs ? probe : flight.lineAliveAt + patienceMs(pace);
    });
    const followAt = this.followAt(pace);
    return Math.min(followAt > nowMs ? followAt : Infinity, ...times);
  }
}

/** Not before an answer can be expected, since a question costs a slow line as much as a tenth of a piece. */
function probeTime(flight: Flight, pace: Pace): number {
  const patience = patienceMs(pace);
  const quiet = Math.min(latestProbeAt * patience, Math.max(probeAt * patience, 1.1 * expectedMs(pace, flight.plan.bytes)));
  return Math.min(flight.lineAliveAt + quiet, flight.ownAliveAt + (ownPatience - 1) * patience);
}
