/**
 * How fast the line is now, and what follows from it: how large the next bag is, how long silence may last. Pure.
 *
 * Only answers of the relay count. What a browser or a kernel says it has sent may sit in a buffer for minutes.
 */
import { pieceFrameBytes } from '@zajil/format';
import type { DialPace } from './wire.ts';

export interface Pace {
  /** Smoothed time of a question and its answer; null before the first. */
  readonly rttMs: number | null;
  readonly bytesPerSecond: number | null;
  /** What the line carries in its better moments: on one that comes in bursts, as much has to be ready for the next. */
  readonly peak: number | null;
  /** Smoothed time in which a connection was opened; null before the first. */
  readonly dialMs: number | null;
  /** Silences since the last answer. */
  readonly strikes: number;
}

export const unknownPace: Pace = { rttMs: null, bytesPerSecond: null, peak: null, dialMs: null, strikes: 0 };

/** An answer is never further away than the watchdog, and new words wait no longer than this. */
const bagSeconds = 2.5;
const firstBagBytes = 12 * 1024;
/** Three pieces and what stands before them: with one, what HTTP says around it would be a tenth. */
const leastBagBytes = 3 * pieceFrameBytes + 512;
const mostBagBytes = 4 * 1024 * 1024;
/** Of a bag on a lane: with one piece, what HTTP says around it would be a twentieth. */
const leastLaneBytes = 2 * pieceFrameBytes + 512;
const leastLaneSeconds = 1;
/** Of the peak, so much is left after one more answer. */
const peakShare = 0.85;
/** The line is not believed to carry more in a second than this many times the last bag: one lucky answer must not fill a slow line for a minute. */
const growth = 4;
const luckyGrowth = 2.5;
/** What crossed in less was perhaps only taken into a buffer near by. */
const tellingMs = 50;

/** Shorter, and a phone on a 2 s round trip is cut off; longer, and a black hole eats the window (measured: 8 s beat 6 s). */
const leastPatienceMs = 4000;
const firstPatienceMs = 8000;
const mostPatienceMs = 30_000;
const leastQuietMs = 2400;
const firstQuestionMs = 5000;
const leastQuestionMs = 2500;
/** Where a piece takes longer, two bags do not share the line: a cut would take the unfinished piece of both. */
const sharedPieceMs = 100;
/** Bags that take no longer than this need no order among them. */
const shortBagMs = 300;
/** The line is patient with as many pieces. */
const patientPieces = 5;
/** A line that is shut comes back within minutes, or not for long. */
const eagerMs = 180_000;
const leastEveryMs = 200;
/** Before the first connection: within it the kernel asks a second time by itself. */
const firstDialMs = 1500;
const leastDialMs = 500;
const mostDialMs = 10_000;
/** Of the time that the line has been gone, so much may be lost when it comes back. */
const goneShare = 200;
/** A shorter time says nothing about a line. */
const leastLandingMs = 500;
/** What a question costs with what HTTP puts around it. */
const questionBytes = 800;
/** While there is something to send, news may cost this much of the line. */
const pollShare = 1 / 400;
const mostPollPauseMs = 60_000;

/** Bytes of the next bag, where each has a connection of its own. */
export function bagBudget(pace: Pace): number {
  if (pace.bytesPerSecond === null) return firstBagBytes;
  return Math.round(Math.min(mostBagBytes, Math.max(leastBagBytes, pace.bytesPerSecond * bagSeconds)));
}

/**
 * Bytes of a bag where two follow each other on each of so many lanes. Together they hide the round trip; much more
 * would only fill the queues of the network, until they overflow and the line stands still for seconds.
 */
export function laneBagBudget(pace: Pace, lanes: number): number {
  const bytesPerSecond = pace.peak ?? pace.bytesPerSecond;
  if (bytesPerSecond === null) return firstBagBytes;
  const seconds = Math.max(leastLaneSeconds, (1.4 * (pace.dialMs ?? 0)) / 1000) * (lanes === 1 ? 1 : 1.8 / lanes);
  return Math.round(Math.min(mostBagBytes, Math.max(leastLaneBytes, bytesPerSecond * seconds)));
}

/**
 * How a line that is gone is dialled. An attempt is kept for little more than a round trip. In the first minutes three of them
 * are in the air, since on average half the time between two is lost when the line comes back; then one, further and
 * further apart.
 */
export function dialPace(pace: Pace, goneMs: number): DialPace {
  const keepMs = Math.round(pace.dialMs === null ? firstDialMs : Math.min(mostDialMs, Math.max(leastDialMs, 1.2 * pace.dialMs + 50)));
  const eager = goneMs < eagerMs;
  const everyMs = Math.round(eager ? Math.max(leastEveryMs, keepMs / 3) : Math.min(mostDialMs, Math.max(keepMs, goneMs / goneShare)));
  return { everyMs, keepMs, attempts: eager ? 9 : 3 };
}

/**
 * Silence after which a bag's connection is given up: a few round trips, and long enough for five pieces, so that a bag
 * of three is not asked about before it can be over.
 */
export function patienceMs(pace: Pace): number {
  return Math.min(mostPatienceMs, Math.max(leastPatienceMs, 4 * (pace.rttMs ?? 0), pieceTimeMs(pace)) * caution(pace));
}

/**
 * Silence after which another connection is dialled beside the bags, where that can be done: it costs nothing but a few
 * packets, and a line that comes back is used at once, while TCP still waits to try again.
 *
 * @param bytes - of the bag that is to be answered next
 */
export function quietMs(pace: Pace, bytes: number): number {
  return Math.min(mostPatienceMs, Math.max(leastQuietMs, 4 * (pace.rttMs ?? 0), 1.5 * expectedMs(pace, bytes)) * caution(pace));
}

/** Silence after which bags are put aside, once such a connection stands. */
export function asideMs(pace: Pace, bytes: number): number {
  return 1.6 * quietMs(pace, bytes);
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

/** So many bytes crossed lately in `ms`, waiting left out. @param bagBytes - of the last of them */
export function onAnswered(pace: Pace, bytes: number, ms: number, bagBytes = bytes): Pace {
  const old = pace.bytesPerSecond;
  // Beyond the largest bag there is nothing to grow to.
  const most = bagBytes > mostBagBytes / 2 ? Infinity : Math.max(old ?? 0, bagBytes * (ms >= tellingMs ? growth : luckyGrowth));
  const sample = Math.min((bytes * 1000) / Math.max(1, ms), most);
  return { ...pace, bytesPerSecond: sample, peak: Math.max(sample, peakShare * (pace.peak ?? 0)), strikes: 0 };
}

/** A connection was opened, in `ms`: a round trip (two with TLS) of a line that carried nothing else. */
export function onDialled(pace: Pace, ms: number): Pace {
  if (ms === 0) return { ...pace, strikes: 0 };
  // A connection that took long may have waited behind other things; a short time is the distance.
  const old = pace.dialMs;
  const dialMs = old === null ? ms : ms < old ? (old + ms) / 2 : old * 0.85 + ms * 0.15;
  return { ...pace, dialMs, rttMs: pace.rttMs ?? ms, strikes: 0 };
}

/** A question was answered. @param busy - bags were under way, behind which it may have waited */
export function onReplied(pace: Pace, ms: number, busy = false): Pace {
  if (busy && pace.rttMs !== null && ms > pace.rttMs) return { ...pace, strikes: 0 };
  return { ...pace, rttMs: pace.rttMs === null ? ms : pace.rttMs * 0.75 + ms * 0.25, strikes: 0 };
}

/** Pieces landed of a bag that has not been answered yet: the line may be slower than was thought. */
export function onLanded(pace: Pace, bytes: number, ms: number): Pace {
  const sample = (bytes * 1000) / Math.max(leastLandingMs, ms);
  const { bytesPerSecond: old } = pace;
  return { ...pace, bytesPerSecond: old === null ? sample : Math.min(old, old * 0.7 + sample * 0.3), strikes: 0 };
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
