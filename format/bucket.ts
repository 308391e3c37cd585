/** The only sizes a parcel may have. A watcher of the line or a taker of the disk learns a size class, no more. */
import { parcelPlainBytes } from './age-payload.ts';

/** Bytes of a finished parcel, header and tags included. All are multiples of the 4 KiB piece. */
export const bucketBytes = [8, 16, 32, 64, 128, 256, 512, 1024].map((kib) => kib * 1024) as readonly number[];

export const largestBucketBytes = 1024 * 1024;

export function isBucket(bytes: number): boolean {
  return bucketBytes.includes(bytes);
}

/** The smallest bucket whose plaintext holds `plainBytes`, or null when none does. */
export function bucketFor(plainBytes: number): number | null {
  return bucketBytes.find((bytes) => parcelPlainBytes(bytes) >= plainBytes) ?? null;
}
