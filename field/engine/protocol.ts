/**
 * What the page and the worker behind it say to each other. The worker seals, keeps and sends; the page shows. No
 * message from the worker carries words, names of files, or the dispatch id.
 */
import type { Picture } from '../layers/fit.ts';

export const segments = ['words', 'glance', 'cut', 'whole'] as const;
export type SegmentName = (typeof segments)[number];

/** `none`: this item has no such layer. The others in the order in which a segment goes through them. */
export const segmentStates = ['none', 'here', 'going', 'taken', 'arrived', 'opened'] as const;
export type SegmentState = (typeof segmentStates)[number];

export interface Segment {
  readonly state: SegmentState;
  /** Bytes that a relay holds. */
  readonly heldBytes: number;
  /** Bytes in all, as far as known. */
  readonly bytes: number;
}

/** One dispatch as the page shows it. */
export interface Item {
  /** Local and meaningless elsewhere. */
  readonly id: string;
  /** Counts up from 1 on this phone. */
  readonly number: number;
  readonly segments: Readonly<Record<SegmentName, Segment>>;
  /** Not everything is sealed yet: what is not can be lost with the page. */
  readonly making: boolean;
  /** Files whose originals must be chosen again before the rest of them can be sealed. */
  readonly wanted: readonly WantedFile[];
  /** A file was chosen for a wanted one and is another. */
  readonly mismatch: boolean;
}

export interface WantedFile {
  readonly file: number;
  /** About how large it is, in bytes; never exact. */
  readonly aboutBytes: number;
}

/** How the line is: nothing tried yet, a relay answers, or waiting for one. */
export type LineState = 'unknown' | 'alive' | 'waiting';

/** What goes on with cards. Bytes of sealed things. */
export type CardState =
  | { readonly step: 'reading' | 'going' | 'saving'; readonly bytes: number; readonly of: number }
  /** `all`: nothing of it is missing on the cards. */
  | { readonly step: 'taken'; readonly bytes: number; readonly all: boolean }
  /** `left` found no room. */
  | { readonly step: 'saved'; readonly bytes: number; readonly left: number }
  | { readonly step: 'nothing' | 'unknown' | 'gone' | 'unsaved' };

/** A sentence's key, never a sentence: the page has the languages. */
export type Trouble = 'storage' | 'full' | 'door' | 'newsroom' | 'unsafe' | 'relay' | 'expired' | 'elsewhere' | 'broken';

/** Why a message holds no invitation that can be used here: broken, not safe to use, or newer than this page. */
export type InviteTrouble = 'inviteBroken' | 'inviteUnsafe' | 'inviteNewer';

export type ToEngine =
  /** `message` is what came behind the address or was pasted; null uses what is kept. */
  | { readonly kind: 'open'; readonly message: string | null }
  | { readonly kind: 'send'; readonly text: string; readonly place: string; readonly urgent: boolean; readonly files: readonly File[] }
  | { readonly kind: 'choose'; readonly item: string; readonly file: number; readonly chosen: File }
  | { readonly kind: 'clear'; readonly item: string }
  | { readonly kind: 'film'; readonly call: number; readonly layers: FilmedLayers }
  /** Files from cards that somebody handed over. */
  | { readonly kind: 'carry'; readonly files: readonly File[] }
  /** What waits, for a card. The engine gives a chunk at a time, and the next one when it is asked. */
  | { readonly kind: 'save'; readonly fillBytes: number }
  | { readonly kind: 'save-next' }
  | { readonly kind: 'save-stop' }
  | { readonly kind: 'wake' };

export interface FilmedLayers {
  readonly glance: Picture | null;
  readonly sheet: Picture | null;
  readonly cut: Picture | null;
}

export type FromEngine =
  | { readonly kind: 'opened'; readonly invited: boolean; readonly storage: boolean; readonly refused: InviteTrouble | null }
  | { readonly kind: 'items'; readonly items: readonly Item[] }
  | { readonly kind: 'line'; readonly line: LineState; readonly sentBytes: number }
  | { readonly kind: 'trouble'; readonly trouble: Trouble | null }
  | { readonly kind: 'card'; readonly card: CardState }
  /** Null at the end. */
  | { readonly kind: 'chunk'; readonly bytes: Uint8Array<ArrayBuffer> | null }
  /** The worker cannot decode this video; the page may, with its own video element. */
  | { readonly kind: 'film'; readonly call: number; readonly video: Blob };
