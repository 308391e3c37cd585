/** What `press` is given: a release that reviewers cleared, with its media and its place in the newsroom's log. */
import type { ReleaseMedia, Release } from '@zajil/format';

export interface ClearedMedia {
  /** As in the release. */
  readonly path: string;
  /** Called once, and only when the file is written. */
  read(): AsyncIterable<Uint8Array> | Uint8Array;
}

export interface ClearedRelease {
  /** The signed note whose text is the release. */
  readonly note: string;
  readonly release: Release;
  readonly media: readonly ClearedMedia[];
  /** Where the release stands in the tree of the checkpoint; hashes in hex. */
  readonly released: LogPlace;
  /** One for each medium whose original was committed to, in their order. */
  readonly commitments: readonly (LogPlace & { readonly entry: string })[];
}

export interface LogPlace {
  readonly index: number;
  readonly proof: readonly string[];
}

/** A release among the other versions of itself. */
export interface Edition {
  readonly cleared: ClearedRelease;
  readonly release: Release;
  /** Its address without folder and ending: the id, or for a superseded version `<id>-v<version>`. */
  readonly stem: string;
  /** The newest version, when this is not it. */
  readonly newer: Edition | null;
  /** Superseded versions, newest first; only for the newest. */
  readonly older: readonly Edition[];
}

/** The day on which the original of a medium was committed to, or null. */
export function heldBy(edition: Edition, medium: ReleaseMedia): string | null {
  const opened = edition.cleared.commitments.find(({ index }) => medium.commitment !== '' && index === medium.index);
  return opened ? (opened.entry.split('\n')[1] ?? null) : null;
}
