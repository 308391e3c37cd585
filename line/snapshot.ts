/** What the screen is told: every dispatch, every relay, and what is in the way just now. */
import type { DispatchProgress } from './dispatch-record.ts';
import type { LineError } from './refusal.ts';
import type { RelayState } from './route.ts';

export interface RelaySnapshot {
  readonly relay: string;
  readonly state: RelayState;
  /** How its key is known: the roster names it, or it was pinned when first seen. Null before it was needed. */
  readonly pinned: 'roster' | 'first-use' | null;
}

export interface Snapshot {
  /** Oldest first. */
  readonly dispatches: readonly DispatchProgress[];
  readonly relays: readonly RelaySnapshot[];
  /** `waiting`: there is something to carry and no line; `done`: what `until` asked for is so. */
  readonly state: 'going' | 'waiting' | 'done';
  /** What is in the way now, as a sentence for a person; null when nothing is. */
  readonly trouble: LineError | null;
  /** Sealed bytes that are still only here. */
  readonly bytesWaiting: number;
  /** Null before the first answer. */
  readonly bytesPerSecond: number | null;
  /** Bytes given to the network by this run, bags and questions. */
  readonly bytesSent: number;
}

export type { RelayState };
