/**
 * What TCP could at most do on a line of a seed, whoever sends.
 *
 * Of each window is lost, in seconds of line at its entry: half a dial interval until a dial finds the line (none in the
 * first, which is alive when the phone starts), one round trip of handshake, and half a round trip of bytes that entered
 * and had not come out when the line died. That the first byte takes half a round trip to land is the same half seen
 * from the other end: what lands late at the beginning is what is still in the air at the end, so it counts once.
 * Of what enters, 40 bytes in 1500 are heads of IP and TCP. The line runs for a second before the tool starts the phone,
 * and until the last answer is home: half a round trip for the last byte to land, half for the answer; if the line dies
 * meanwhile, the next window is needed for it. Loss costs a perfect sender nothing: the tool drops a packet before it
 * takes room on the line. Slow start is left out, so the bound is a little kind.
 */
import type { Lane, LineWindow } from './weather.ts';
import { packetBytes, phoneStart } from './weather.ts';

export interface BoundPlan {
  readonly windows: Iterable<LineWindow>;
  readonly lane: Lane;
  /** Seconds. */
  readonly rtt: number;
  /** Distinct bytes of parcels to be carried. */
  readonly bytes: number;
}

export interface Bound {
  /** Distinct bytes ÷ what the line could have carried until the phone knew that it was done. */
  readonly use: number;
  /** Seconds since the line began at which the phone is done. */
  readonly done: number;
}

/** Heads of IP and TCP in a full packet. */
const headBytes = 40;
/** With one dial in the air at a time the next one waits at least a round trip for the answer to the one before. */
export const dialRoundTrips = 1;

export function boundOf({ windows, lane, rtt, bytes }: BoundPlan): Bound {
  let left = (bytes * packetBytes) / (packetBytes - headBytes);
  let capacity = 0;
  for (const window of windows) {
    const dialled = window.from === 0 ? phoneStart : window.from + (dialRoundTrips / 2) * rtt;
    const begin = dialled + rtt;
    const entered = lane.bytesBetween(begin, window.to - rtt / 2);
    if (left <= entered) {
      const done = (left > 0 ? lane.whenEntered(begin, left) : begin) + rtt;
      if (done <= window.to) return { use: bytes / (capacity + lane.bytesBetween(window.from, done)), done };
    }
    left = Math.max(0, left - entered);
    capacity += lane.bytesBetween(window.from, window.to);
  }
  throw new RangeError('the windows ended before the bytes did');
}

/** The moment at which a sender that makes use of a given share of the line is done: for how long it is worth waiting. */
export function doneAtUse(plan: Pick<BoundPlan, 'windows' | 'lane' | 'bytes'>, use: number): number {
  let left = plan.bytes / use;
  for (const { from, to } of plan.windows) {
    const room = plan.lane.bytesBetween(from, to);
    if (left <= room) return plan.lane.whenEntered(from, left);
    left -= room;
  }
  throw new RangeError('the windows ended before the bytes did');
}
