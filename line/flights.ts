/** The bags under way and how long each has been silent. Only what the relay says counts as a sign of life. */
import type { NameHex } from '@zajil/format';
import type { BagPlan } from './machine.ts';

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

/** Another bag's answer proves the line, not this bag's connection: after so many patiences it has to move by itself. */
const ownPatience = 3;
/** Asked early enough that the answer can come before patience ends. */
const probeAt = 0.6;

export class Flights {
  readonly #flights = new Map<number, Flight>();
  #lastAnswerAt = -Infinity;

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
    flight.startedAt = nowMs;
    flight.lineAliveAt = nowMs;
    flight.ownAliveAt = nowMs;
  }

  /** Returns how long the line needed for this bag: since it left, or since the answer before it. */
  answered(flight: Flight, nowMs: number): number {
    const sinceMs = nowMs - Math.max(flight.startedAt, this.#lastAnswerAt);
    this.#lastAnswerAt = nowMs;
    this.remove(flight);
    for (const other of this.#flights.values()) other.lineAliveAt = nowMs;
    return sinceMs;
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

  /** Names to ask about, since their bags have been silent for a while. */
  namesToProbe(patienceMs: number, nowMs: number): NameHex[] {
    return [...this.#flights.values()]
      .filter((flight) => nowMs >= probeTime(flight, patienceMs))
      .flatMap((flight) => flight.plan.entries.map((entry) => entry.name));
  }

  /** When something is next to be done about silence; Infinity without flights. */
  wakeAt(patienceMs: number, nowMs: number): number {
    const times = [...this.#flights.values()].map((flight) => {
      const probe = probeTime(flight, patienceMs);
      return probe > nowMs ? probe : flight.lineAliveAt + patienceMs;
    });
    return Math.min(Infinity, ...times);
  }
}

function probeTime(flight: Flight, patienceMs: number): number {
  return Math.min(flight.lineAliveAt + probeAt * patienceMs, flight.ownAliveAt + (ownPatience - 1) * patienceMs);
}
