/**
 * On how many lanes bags travel. One is best while nothing is lost on the way: a cut takes at most one unfinished piece.
 * Where packets are lost, a connection slows down for each of them, and several together carry more (RFC 5681). A loss
 * cannot be seen from here, but it makes some bags wait: where they take very different times, one lane more is tried for
 * a while, and kept when more arrives. Pure but for what it counts.
 */

/** A trial, and what it is held against, each last so long, and for so many answers. */
const phaseMs = 3000;
const phaseAnswers = 6;
/** Standard deviation ÷ mean of the time that a byte takes: a line that loses nothing stays far below. */
const uneven = 0.35;
/** The first answers on a new connection come unevenly anyway. */
const settlingAnswers = 3;
/** A lane more has to be worth this much. */
const worth = 1.15;
/** What is left of a best rate after one more phase. */
const fading = 0.97;
const firstPauseMs = 30_000;
const mostPauseMs = 240_000;

interface Crossing {
  readonly bytes: number;
  readonly ms: number;
}

export class Lanes {
  readonly #most: number;
  #count = 1;
  #trying = false;
  #crossings: Crossing[] = [];
  #answeredAt: number | null = null;
  /** Answers until the phase begins. */
  #settling = settlingAnswers;
  /** Bytes per second that so many lanes carried at their best; a little less with every phase since. */
  readonly #best = new Map<number, number>();
  #pauseMs = firstPauseMs;
  /** Milliseconds of a living line until the next trial. */
  #restMs = 0;

  /** @param most - of the wire */
  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** A bag was answered. @param nowMs - milliseconds of the clock */
  answered(bytes: number, nowMs: number): void {
    const since = this.#answeredAt;
    this.#answeredAt = nowMs;
    // What is answered first is on its way since before the phase.
    if (since === null || this.#settling-- > 0) return;
    this.#crossings.push({ bytes, ms: nowMs - since });
    const ms = this.#crossings.reduce((sum, one) => sum + one.ms, 0);
    if (ms < phaseMs || this.#crossings.length < phaseAnswers) return;
    const rate = (1000 * this.#crossings.reduce((sum, one) => sum + one.bytes, 0)) / ms;
    const isUneven = unevenness(this.#crossings) > uneven;
    this.#crossings = [];
    this.#restMs -= ms;
    this.#best.set(this.#count, Math.max(rate, fading * (this.#best.get(this.#count) ?? 0)));
    if (this.#trying) this.#judge(rate);
    else if (isUneven && this.#restMs <= 0 && this.#count < this.#most) this.#try();
  }

  /** The line ended: what was begun is no measure. */
  lost(): void {
    if (this.#trying) this.#count -= 1;
    this.#trying = false;
    this.#answeredAt = null;
    this.#settling = settlingAnswers;
    this.#crossings = [];
  }

  #try(): void {
    this.#trying = true;
    this.#count += 1;
    this.#answeredAt = null;
  }

  #judge(rate: number): void {
    this.#trying = false;
    if (rate >= worth * (this.#best.get(this.#count - 1) ?? 0)) {
      this.#pauseMs = firstPauseMs;
      if (this.#count < this.#most) this.#try();
      return;
    }
    this.#count -= 1;
    this.#restMs = this.#pauseMs;
    this.#pauseMs = Math.min(mostPauseMs, 2 * this.#pauseMs);
  }
}

function unevenness(crossings: readonly Crossing[]): number {
  const costs = crossings.map(({ bytes, ms }) => ms / bytes);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  return Math.sqrt(costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / costs.length) / mean;
}
