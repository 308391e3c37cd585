/** From what the sender knows of each dispatch to what the page shows. Pure. */
import type { DispatchProgress, LineError, Segment as LineSegment, Snapshot } from '@zajil/line';
import { type Item, type LineState, type Segment, segmentStates, type Trouble, type WantedFile } from './protocol.ts';

/** What only this page knows of a dispatch: what it is still making, and which originals it lacks. */
export interface Making {
  /** Small layers that are still to come. */
  readonly glances: number;
  readonly cuts: number;
  /** Originals that are being sealed. */
  readonly originals: number;
  readonly wanted: readonly WantedFile[];
  readonly mismatch: boolean;
}

const nothing: Segment = { state: 'none', heldBytes: 0, bytes: 0 };

export function itemOf(progress: DispatchProgress, making: Making): Item {
  const layer = (name: 'glance' | 'cut' | 'whole') => progress.files.map((file) => file[name]);
  const wholes = making.originals + making.wanted.length;
  const small = (name: 'glance' | 'cut', toCome: number) => {
    const sum = sumOf(layer(name), toCome);
    // Who has the original has all that a layer would tell, even one that was never made.
    return sum.state === 'none' && progress.safeToErase && progress.files.length > 0 ? { ...sum, state: 'opened' as const } : sum;
  };
  return {
    id: progress.key,
    number: progress.order,
    segments: {
      words: sumOf([progress.words], 0),
      glance: small('glance', making.glances),
      cut: small('cut', making.cuts),
      whole: progress.files.length === 0 ? nothing : sumOf(layer('whole'), wholes),
    },
    making: !progress.safeToErase && making.glances + making.cuts + making.originals > 0,
    wanted: progress.safeToErase ? [] : making.wanted,
    mismatch: making.mismatch,
  };
}

/** One segment for all files. While some are still to come it cannot be further than going. */
function sumOf(all: readonly LineSegment[], toCome: number): Segment {
  const made = all.filter((segment) => segment.bytesTotal !== null || segment.bytesHeld > 0 || segment.state !== 'here');
  if (made.length === 0) return toCome > 0 ? { state: 'here', heldBytes: 0, bytes: 0 } : nothing;
  const heldBytes = made.reduce((sum, segment) => sum + segment.bytesHeld, 0);
  const bytes = made.reduce((sum, segment) => sum + Math.max(segment.bytesTotal ?? 0, segment.bytesHeld), 0);
  const ranks = made.map((segment) => segmentStates.indexOf(segment.state));
  const going = segmentStates.indexOf('going');
  const most = Math.max(...ranks) >= going ? Math.max(going, Math.min(...ranks)) : Math.min(...ranks);
  const rank = toCome > 0 ? Math.min(most, going) : most;
  return { state: segmentStates[rank] ?? 'here', heldBytes, bytes };
}

/** A dispatch of which nothing is sealed yet: it is only in the memory of this page. */
export function unsealedItem(key: string, number: number, files: readonly { readonly size: number }[]): Item {
  const here = (bytes: number): Segment => ({ state: 'here', heldBytes: 0, bytes });
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  const some = files.length > 0;
  return {
    id: key,
    number,
    segments: { words: here(0), glance: some ? here(0) : nothing, cut: some ? here(0) : nothing, whole: some ? here(whole) : nothing },
    making: true,
    wanted: [],
    mismatch: false,
  };
}

export function lineStateOf(snapshot: Snapshot): LineState {
  if (snapshot.state === 'waiting') return 'waiting';
  return snapshot.relays.some((relay) => relay.state === 'working') ? 'alive' : 'unknown';
}

const troubles: Record<LineError['code'], Trouble | null> = {
  LINE_WAITING: null,
  LINE_NOT_SAFE: 'unsafe',
  LINE_LYING_RELAY: 'relay',
  LINE_FALSE_PIECES: 'relay',
  LINE_FALSE_PROMISE: 'relay',
  LINE_FALSE_RECEIPT: 'relay',
  LINE_FALSE_MESSAGE: 'relay',
  LINE_STALE_ACKNOWLEDGEMENT: 'relay',
  LINE_REPLAYED_WANTS: 'relay',
  LINE_BAD_ANSWER: 'relay',
  LINE_WENT_BACK: 'relay',
  LINE_CLOSED_DOOR: 'door',
  LINE_RELAY_FULL: 'full',
  LINE_NO_NEWSROOM: 'newsroom',
  LINE_NO_KEY: 'newsroom',
  LINE_EXPIRED: 'expired',
  LINE_DAMAGED: 'broken',
  LINE_STORAGE: 'storage',
};

/** No line is no trouble: it is what this page is for. */
export function troubleOf(error: LineError): Trouble | null {
  return troubles[error.code];
}
