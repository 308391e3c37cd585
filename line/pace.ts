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

/** An answer is never further away than the watchdog, and new words wait no longer than this. */
const bagSeconds = 2.5;
const firstBagBytes = 12 * 1024;
/** Three pieces and what stands before them: with one, what HTTP says around it would be a tenth. */
const leastBagBytes = 3 * pieceFrameBytes + 512;
const mostBagBytes = 4 * 1024 * 1024;
/** A bag may be this many times the last one: one lucky answer must not fill a slow line for a minute. */
const growth = 4;

/** Shorter, and a phone on a 2 s round trip is cut off; longer, and a black hole eats the window (measured: 8 s beat 6 s). */
const leastPatienceMs = 4000;
const firstPatienceMs = 8000;
const mostPatienceMs = 30_000;
const firstQuestionMs = 5000;
const leastQuestionMs = 2500;
/** Where a piece takes longer, two bags do not share the line: a cut would take the unfinished piece of both. */
const sharedPieceMs = 100;
/** Bags that take no longer than this need no order among them. */
const shortBagMs = 300;
/** The line is patient with as many pieces. */
const patientPieces = 5;
/** What a question costs with what HTTP puts around it. */
const questionBytes = 800;
/** While there is something to send, news may cost this much of the line. */
const pollShare = 1 / 200;
const mostPollPauseMs = 60_000;

/** Bytes of the next bag. */
export function bagBudget(pace: Pace): number {
  if (pace.bytesPerSecond === null) return firstBagBytes;
  return Math.round(Math.min(mostBagBytes, Math.max(leastBagBytes, pace.bytesPerSecond * bagSeconds)));
}

/**
 * Silence after which a bag's connection is given up: a few round trips, and long enough for five pieces, so that a bag
 * of three is not asked about before it can be over.
 */
export function patienceMs(pace: Pace): number {
  return Math.min(mostPatienceMs, Math.max(leastPatienceMs, 4 * (pace.rttMs ?? 0), pieceTimeMs(pace)) * caution(pace));
}

/**
 * A question is small: it is answered soon, or it was dialled into a hole and is better dialled again.
 *
 * @param busy - bags are under way, behind whose bytes it may have to wait
 */
export function questionPatienceMs(pace: Pace, busy: boolean): number {
  const base = pace.rttMs === null ? firstQuestionMs : Math.max(leastQuestionMs, 5 * pace.rttMs);
  return Math.min(mostPatienceMs, (base + (busy ? queueMs(pace) : 0)) * caution(pace));
}

/** Time after which a question is asked a second time, beside the first. */
export function hedgeMs(pace: Pace, busy: boolean): number {
  const base = pace.rttMs === null ? 1500 : Math.max(600, 2 * pace.rttMs);
  return base + (busy ? queueMs(pace) : 0);
}

/** Time until a bag of so many bytes is answered, as far as can be told. */
export function expectedMs(pace: Pace, bytes: number): number {
  return pace.bytesPerSecond === null ? 0 : (1000 * bytes) / pace.bytesPerSecond + (pace.rttMs ?? 0);
}

/**
 * Time after which another bag may follow one of so many bytes: at once on a line that carries both, else when the
 * last bytes of the first should be on their way, so that the round trip is hidden and the line not shared.
 */
export function followMs(pace: Pace, bytes: number): number {
  if (pace.bytesPerSecond === null) return Infinity;
  const travelMs = (1000 * bytes) / pace.bytesPerSecond;
  if (travelMs <= shortBagMs) return 0;
  // Half way, and not together: they would be answered together, and the line be idle for a round trip.
  if (pieceTimeMs(pace) <= patientPieces * sharedPieceMs) return travelMs / 2;
  return Math.max(0, travelMs - (pace.rttMs ?? 0));
}

/** Shortest pause between two rounds of asking for news while there is something to send. */
export function pollPauseMs(pace: Pace): number {
  if (pace.bytesPerSecond === null) return mostPollPauseMs;
  return Math.min(mostPollPauseMs, (1000 * questionBytes) / (pace.bytesPerSecond * pollShare));
}

function queueMs(pace: Pace): number {
  return pace.bytesPerSecond === null ? 0 : pieceTimeMs(pace);
}

/** A bag that has not moved for so long, while a question beside it was answered, lies on a dead connection. */
export function stuckMs(pace: Pace): number {
  return Math.max(leastQuestionMs, 3 * (pace.rttMs ?? 0), pieceTimeMs(pace));
}

/** Time for the pieces that patience waits for. */
function pieceTimeMs(pace: Pace): number {
  return pace.bytesPerSecond === null ? firstPatienceMs : (1000 * patientPieces * pieceFrameBytes) / pace.bytesPerSecond;
}

/** Longer after silences, in case the line is only further away than it was; little, since most silences are holes. */
function caution(pace: Pace): number {
  return 1.5 ** Math.min(pace.rttMs === null ? 3 : 1, pace.strikes);
}

/** Bags were answered that the line carried in `ms`, one round trip included. @param bagBytes - of the last of them */
export function onAnswered(pace: Pace, bytes: number, ms: number, bagBytes = bytes): Pace {
  const old = pace.bytesPerSecond;
  const travelMs = Math.max(1, ms - Math.min(pace.rttMs ?? 0, ms * 0.75));
  // Beyond the largest bag there is nothing to grow to.
  const most = bagBytes > mostBagBytes / 2 ? Infinity : Math.max(old ?? 0, (bagBytes * growth) / bagSeconds);
  const sample = Math.min((bytes * 1000) / travelMs, most);
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

/** Bags were lost on the way. @param ms - from the first one's start until the loss. Holds at most half against one loss */
export function onLost(pace: Pace, { bags, pieces, ms }: { bags: number; pieces: number; ms: number }): Pace {
  const most = ((pieces + bags) * pieceFrameBytes * 1000) / Math.max(1, ms);
  if (pace.bytesPerSecond === null) return pieces === 0 ? pace : { ...pace, bytesPerSecond: most };
  return { ...pace, bytesPerSecond: Math.min(pace.bytesPerSecond, Math.max(pace.bytesPerSecond / 2, most)) };
}

export function onSilence(pace: Pace): Pace {
  return { ...pace, strikes: Math.min(4, pace.strikes + 1) };
}
