/**
 * On how many lanes bags travel: one or three. One is best while nothing is lost on the way: a cut takes at most one
 * unfinished piece. Where packets are lost, a connection slows down for each of them, and several together carry more
 * (RFC 5681). A loss cannot be seen from here, so it is tried which carries more; and tried again where bags take very
 * different times. Pure but for what it counts.
 */

/** A trial, and what it is held against, each last so long, and for so many answers. */
const phaseMs = 3000;
const phaseAnswers = 4;
/** The first answers on a new connection come unevenly anyway. */
const settlingAnswers = 2;
/** Standard deviation ÷ mean of the time that a byte takes: a line that loses nothing stays far below. */
const uneven = 0.35;
/** One lane is enough when it carries this much of what three did. */
const enough = 0.9;
/** What is left of a best rate after one more phase. */
const fading = 0.97;
const firstPauseMs = 30_000;
const mostPauseMs = 240_000;
const wide = 3;
/** Below this many bytes a second an unfinished piece costs a second of the line, and one connection fills it anyway. */
const slowRate = 15_000;

interface Crossing {
  readonly bytes: number;
  readonly ms: number;
}

export class Lanes {
  readonly #wide: number;
  /** How many carry more, as far as is known; null before it was tried. */
  #known: number | null = null;
  #trying: number | null = null;
  #crossings: Crossing[] = [];
  #answeredAt: number | null = null;
  #settling = settlingAnswers;
  /** Bytes per second that so many lanes carried at their best. */
  readonly #best = new Map<number, number>();
  #pauseMs = firstPauseMs;
  /** Milliseconds of a living line until the next trial. */
  #restMs = 0;
  #isSlow = true;

  /** @param most - of the wire */
  constructor(most: number) {
    this.#wide = Math.min(most, wide);
  }

  get count(): number {
    return this.#isSlow ? 1 : (this.#trying ?? this.#known ?? this.#wide);
  }

  /** A bag was answered. @param bytesPerSecond - of the line, as it is known. @param nowMs - milliseconds of the clock */
  answered(bytes: number, bytesPerSecond: number, nowMs: number): void {
    const was = this.count;
    this.#isSlow = bytesPerSecond < (this.#isSlow ? slowRate : slowRate / 2);
    if (this.#wide === 1 || this.#isSlow) return;
    if (this.count !== was) return this.#begin();
    const since = this.#answeredAt;
    this.#answeredAt = nowMs;
    // What is answered first is on its way since before the phase.
    if (since === null || this.#settling-- > 0) return;
    this.#crossings.push({ bytes, ms: nowMs - since });
    const ms = this.#crossings.reduce((sum, one) => sum + one.ms, 0);
    if (ms >= phaseMs && this.#crossings.length >= phaseAnswers) this.#end(ms);
  }

  /** The line ended: what was begun is no measure. */
  lost(): void {
    this.#trying = null;
    this.#begin();
  }

  #end(ms: number): void {
    const rate = (1000 * this.#crossings.reduce((sum, one) => sum + one.bytes, 0)) / ms;
    const isUneven = unevenness(this.#crossings) > uneven;
    this.#crossings = [];
    this.#restMs -= ms;
    const count = this.count;
    this.#best.set(count, Math.max(rate, fading * (this.#best.get(count) ?? 0)));
    if (this.#trying !== null) return this.#judge();
    if (this.#known === null || (this.#restMs <= 0 && (isUneven || count > 1))) this.#try(count === 1 ? this.#wide : 1);
  }

  #try(count: number): void {
    this.#trying = count;
    this.#begin();
  }

  #judge(): void {
    const one = this.#best.get(1) ?? 0;
    const several = this.#best.get(this.#wide) ?? 0;
    const better = one >= enough * several ? 1 : this.#wide;
    this.#pauseMs = better === this.#known ? Math.min(mostPauseMs, 2 * this.#pauseMs) : firstPauseMs;
    this.#restMs = this.#pauseMs;
    this.#known = better;
    this.#trying = null;
    this.#begin();
  }

  #begin(): void {
    this.#answeredAt = null;
    this.#settling = settlingAnswers;
    this.#crossings = [];
  }
}

function unevenness(crossings: readonly Crossing[]): number {
  const costs = crossings.map(({ bytes, ms }) => ms / bytes);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  return Math.sqrt(costs.reduce((sum, cost) => sum + (cost - mean) ** 2, 0) / costs.length) / mean;
}
