/**
 * How fast the line is now, and what follows from it: how large the next bag is, how long silence may last. Pure.
 *
 * Only answers of the relay count. What a browser or a kernel says it has sent may sit in a buffer for minutes.
 */
import { pieceFrameBytes } from '@zajil/format';

export interface Pace {
  /** Smoothed time of a question and its answer; null before the first. */
  readonly rttMs: number | null;
  readonly bytesPerSecond: number | null;
  /** Silences since the last answer. */
  readonly strikes: number;
}

export const unknownPace: Pace = { rttMs: null, bytesPerSecond: null, strikes: 0 };

/** Two bags are under way: with half of four seconds in each, an answer is never further away than the watchdog. */
const bagSeconds = 2.5;
const firstBagBytes = 12 * 1024;
const leastBagBytes = 2 * pieceFrameBytes;
const mostBagBytes = 4 * 1024 * 1024;
/** A bag may be this many times the last one: one lucky answer must not fill a slow line for a minute. */
const growth = 4;

/** Shorter, and a phone on a 2 s round trip is cut off; longer, and a black hole eats the window (measured: 8 s beat 6 s). */
const leastPatienceMs = 4000;
const firstPatienceMs = 8000;
const mostPatienceMs = 30_000;
const firstQuestionMs = 5000;
const leastQuestionMs = 2500;

/** Bytes of the next bag. */
export function bagBudget(pace: Pace): number {
  if (pace.bytesPerSecond === null) return firstBagBytes;
  return Math.round(Math.min(mostBagBytes, Math.max(leastBagBytes, pace.bytesPerSecond * bagSeconds)));
}

/** Silence after which a bag's connection is given up: a few round trips, and long enough for two pieces. */
export function patienceMs(pace: Pace): number {
  return Math.min(mostPatienceMs, Math.max(leastPatienceMs, 4 * (pace.rttMs ?? 0), pieceTimeMs(pace)) * caution(pace));
}

/** A question is small: it is answered soon, or it was dialled into a hole and is better dialled again. */
export function questionPatienceMs(pace: Pace): number {
  const base = pace.rttMs === null ? firstQuestionMs : Math.max(leastQuestionMs, 5 * pace.rttMs);
  return Math.min(mostPatienceMs, base * caution(pace));
}

/** Time after which a question is asked a second time, beside the first. */
export function hedgeMs(pace: Pace): number {
  return pace.rttMs === null ? 1500 : Math.max(600, 2 * pace.rttMs);
}

/** A bag that has not moved for so long, while a question beside it was answered, lies on a dead connection. */
export function stuckMs(pace: Pace): number {
  return Math.max(leastQuestionMs, 3 * (pace.rttMs ?? 0), pieceTimeMs(pace));
}

/** Time for two pieces. */
function pieceTimeMs(pace: Pace): number {
  return pace.bytesPerSecond === null ? firstPatienceMs : (2000 * pieceFrameBytes) / pace.bytesPerSecond;
}

/** Longer after silences, in case the line is only further away than it was; little, since most silences are holes. */
function caution(pace: Pace): number {
  return 1.5 ** Math.min(pace.rttMs === null ? 3 : 1, pace.strikes);
}

/** A bag was answered. @param ms - since it left, or since the answer before, whichever is shorter */
export function onAnswered(pace: Pace, bytes: number, ms: number): Pace {
  const old = pace.bytesPerSecond;
  const travelMs = Math.max(1, ms - Math.min(pace.rttMs ?? 0, ms * 0.75));
  const sample = Math.min((bytes * 1000) / travelMs, Math.max(old ?? 0, (bytes * growth) / bagSeconds));
  // A short bag mostly measures the round trip: it may only raise the estimate.
  const short = old !== null && sample < old && bytes * 1000 < 4 * old * (pace.rttMs ?? 0);
  const bytesPerSecond = old === null ? sample : short ? old : old / 2 + sample / 2;
  return { ...pace, bytesPerSecond, strikes: 0 };
}

/** A question was answered. */
export function onReplied(pace: Pace, ms: number): Pace {
  return { ...pace, rttMs: pace.rttMs === null ? ms : pace.rttMs * 0.75 + ms * 0.25, strikes: 0 };
}

/** Pieces landed although the bag has not been answered yet: at least so fast. */
export function onLanded(pace: Pace, bytes: number, ms: number): Pace {
  const sample = (bytes * 1000) / Math.max(1, ms);
  return { ...pace, bytesPerSecond: pace.bytesPerSecond === null ? sample : pace.bytesPerSecond * 0.7 + sample * 0.3, strikes: 0 };
}

export function onSilence(pace: Pace): Pace {
  return { ...pace, strikes: Math.min(4, pace.strikes + 1) };
}
