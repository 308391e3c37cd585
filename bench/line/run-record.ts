/** What a run is asked, and what is known of it afterwards: from the line, from both ends, by the clock that they share. */
import { doneAtUse } from './bound.ts';
import type { HeldNote } from './held-log.ts';
import type { Kit } from './kit-file.ts';
import type { BadLinePlan } from './lines.ts';
import type { PhoneFigures } from './phone-figures.ts';
import type { SenderPlan } from './senders.ts';
import { laneOf, windowsOf } from './weather.ts';

/** What `tools/line` prints. Bytes are of IP, over the proxy of what TCP carries. */
export interface LineFigures {
  /** Exit status of the phone, or that its time was over. */
  readonly phone: number | 'limit';
  readonly took_s: number;
  readonly capacity_up: number;
  readonly carried_up: number;
  readonly alive_s: number;
  readonly elapsed_s: number;
  readonly windows: number;
  readonly dropped: Readonly<Record<'queue' | 'loss' | 'dead' | 'cut', number>>;
}

/** From `at` on the line is alive or dead; seconds since the line began. */
export interface Turn {
  readonly at: number;
  readonly alive: boolean;
}

export interface Run {
  /** Over a proxy instead of a line between namespaces: heads of IP and TCP, round trips of dials, queues and loss are not played. */
  readonly proxied: boolean;
  readonly line: string;
  readonly sender: string;
  readonly seed: number;
  readonly figures: LineFigures;
  /** Null when it ended without a word. */
  readonly phone: PhoneFigures | null;
  /** Times in seconds since the line began. */
  readonly held: readonly HeldNote[];
  readonly turns: readonly Turn[];
  /** When the line began, in seconds of the shared clock. */
  readonly start: number;
}

export interface RunPlan {
  readonly line: BadLinePlan;
  readonly sender: SenderPlan;
  readonly seed: number;
  /** Folder of a kit. */
  readonly kit: string;
  /** Where Node keeps what it compiled, so that no phone pays for it. */
  readonly compiled: string;
  /** Where namespaces are not allowed. */
  readonly proxied: boolean;
  /** Instead of the time that a sender needs which makes use of two fifths of the line. */
  readonly limitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Who has not made this use of the line by then has hung, or might as well have. */
const leastUse = 0.4;
/** Seconds after which the phone is ended. */
export function limitOf({ line, seed, limitSeconds }: Pick<RunPlan, 'line' | 'seed' | 'limitSeconds'>): number {
  return limitSeconds ?? doneAtUse({ windows: windowsOf(line, seed), lane: laneOf(line), bytes: line.bytes }, leastUse);
}

/** What the watched tus client is told; the others do not listen. */
export function patienceWords({ line }: RunPlan): string[] {
  return [String(line.tusPatience.sendingMs), String(line.tusPatience.answerMs)];
}

/** Distinct bytes of parcels held at the end. */
export function heldAtEnd(run: Run): number {
  return run.held.at(-1)?.held ?? 0;
}

/** Distinct bytes of parcels held ÷ what the line could have carried. */
export function useOfLine(run: Run): number {
  return heldAtEnd(run) / run.figures.capacity_up;
}

/** Seconds of living line between two moments. */
export function aliveBetween(turns: readonly Turn[], from: number, to: number): number {
  return turns.reduce((sum, turn, i) => {
    const end = Math.min(to, turns[i + 1]?.at ?? Infinity);
    return turn.alive ? sum + Math.max(0, end - Math.max(from, turn.at)) : sum;
  }, 0);
}

/** Seconds of living line since the phone began until a layer was whole at the relay; null when it never was. */
export function aliveUntilWhole(run: Run, kit: Kit, layer: string): number | null {
  const names = new Set(kit.parcels.filter((parcel) => parcel.order === 0 && parcel.layer === layer).map(({ name }) => name));
  for (const note of run.held) {
    for (const name of note.whole) names.delete(name);
    if (names.size === 0 && run.phone) return aliveBetween(run.turns, run.phone.began - run.start, note.at);
  }
  return null;
}
