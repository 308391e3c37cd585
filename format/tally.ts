/**
 * The tally of one file: it closes the `whole` stream. Every part with its length and parcel name, and the SHA-256 of
 * the original. The desk calls an original complete only when its own SHA-256 agrees.
 *
 * `docs/protocol.md` section "Tally".
 */
import { largestBucketBytes } from './bucket.ts';
import { Cursor, Writer } from './cursor.ts';
import { equalBytes, utf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';

export const tallyType = 'application/vnd.zajil.tally';
export const nameBytes = 32;
const magic = utf8('ZJT1');
/** 4 TiB of the largest parts; with the bound on a part's length the sum stays exact. */
const mostParts = 1 << 22;

export interface TallyPart {
  /** Bytes of content. */
  readonly length: number;
  /** Name of the parcel that carries it: 32 bytes. */
  readonly name: Uint8Array;
}

export interface Tally {
  /** Size of the original in bytes. */
  readonly bytes: number;
  /** SHA-256 of the original. */
  readonly sha256: Uint8Array;
  readonly parts: readonly TallyPart[];
}

export function formatTally(tally: Tally): Uint8Array {
  const writer = new Writer().put(magic).u64(tally.bytes).put(tally.sha256).u32(tally.parts.length);
  for (const part of tally.parts) writer.u32(part.length).put(part.name);
  return writer.bytes();
}

/** @throws FormatError also when the lengths do not add up to the original's (`FORMAT_RANGE`) */
export function parseTally(bytes: Uint8Array): Tally {
  const cursor = new Cursor(bytes);
  if (!equalBytes(cursor.take(magic.length), magic)) throw new FormatError('FORMAT_MAGIC', 'this is not a tally');
  const size = cursor.u64();
  const sha256 = cursor.take(32).slice();
  const count = cursor.u32();
  if (count > mostParts || count * (4 + nameBytes) !== cursor.left)
    throw new FormatError('FORMAT_RANGE', 'number of parts does not fit the length');
  const parts = Array.from({ length: count }, () => ({ length: cursor.u32(), name: cursor.take(nameBytes).slice() }));
  if (parts.some((part) => part.length >= largestBucketBytes)) throw new FormatError('FORMAT_RANGE', 'part is longer than a parcel');
  if (parts.reduce((sum, part) => sum + part.length, 0) !== size)
    throw new FormatError('FORMAT_RANGE', 'parts do not add up to the original');
  return { bytes: size, sha256, parts };
}
