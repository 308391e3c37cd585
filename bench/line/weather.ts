/** When the line of a seed comes and goes, and what it can carry meanwhile: the same that `tools/line` will play. */
import { readFileSync } from 'node:fs';
import type { BadLinePlan } from './lines.ts';
import { Twister } from './twister.ts';

/** Seconds that `tools/line` gives the relay before it starts the phone. */
export const phoneStart = 1;

/** Seconds since the line began. */
export interface LineWindow {
  readonly from: number;
  readonly to: number;
}

/** Windows in which the line is alive, without end. */
export function* windowsOf({ alive, dead }: Pick<BadLinePlan, 'alive' | 'dead'>, seed: number): Generator<LineWindow, never> {
  const weather = new Twister(seed);
  let from = 0;
  for (;;) {
    const to = from + weather.uniform(alive.least, alive.most);
    yield { from, to };
    from = to + weather.uniform(dead.least, dead.most);
  }
}

/** What one way of a line can carry. */
export interface Lane {
  /** IP bytes that may enter between two moments. */
  bytesBetween(from: number, to: number): number;
  /** The moment at which so many bytes have entered since `from`. */
  whenEntered(from: number, bytes: number): number;
}

export class SteadyLane implements Lane {
  readonly #rate: number;

  /** @param rate - bytes per second */
  constructor(rate: number) {
    this.#rate = rate;
  }

  bytesBetween(from: number, to: number): number {
    return Math.max(0, to - from) * this.#rate;
  }

  whenEntered(from: number, bytes: number): number {
    return from + bytes / this.#rate;
  }
}

/** The length of a packet: what may pass at one stamp of a recorded line. */
export const packetBytes = 1500;

export class RecordedLane implements Lane {
  readonly #stamps: readonly number[];
  readonly #lap: number;

  /** @param stamps - seconds, growing; they repeat after the last */
  constructor(stamps: readonly number[]) {
    this.#stamps = stamps;
    this.#lap = stamps.at(-1) ?? 1;
  }

  bytesBetween(from: number, to: number): number {
    return Math.max(0, this.#before(to) - this.#before(from)) * packetBytes;
  }

  whenEntered(from: number, bytes: number): number {
    const last = this.#before(from) + Math.max(1, Math.ceil(bytes / packetBytes)) - 1;
    const lap = Math.floor(last / this.#stamps.length);
    return lap * this.#lap + (this.#stamps[last % this.#stamps.length] ?? 0);
  }

  /** Stamps before a moment. */
  #before(moment: number): number {
    const lap = Math.floor(moment / this.#lap);
    const rest = moment - lap * this.#lap;
    let [low, high] = [0, this.#stamps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stamps[middle] ?? Infinity) < rest) low = middle + 1;
      else high = middle;
    }
    return lap * this.#stamps.length + low;
  }
}

/** From phone to relay. */
export function laneOf({ rate, trace }: BadLinePlan): Lane {
  if (!trace) return new SteadyLane(rate);
  return new RecordedLane(
    readFileSync(trace.up, 'utf8')
      .trim()
      .split('\n')
      .map((stamp) => Number(stamp) / 1000),
  );
}
