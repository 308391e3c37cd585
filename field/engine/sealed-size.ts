/** How many bytes the parcels of an original will have, told before it is sealed: for the count on the screen only. */
import { bucketFor, largestBucketBytes, parcelPlainBytes, partHeadBytes } from '@zajil/format';

/** @param bytes - size of the original, at least 1. @returns a multiple of 4 KiB */
export function sealedBytesOf(bytes: number, type: string): number {
  const room = parcelPlainBytes(largestBucketBytes) - partHeadBytes(type);
  const rest = bytes % room;
  const last = rest === 0 ? 0 : (bucketFor(rest + partHeadBytes(type)) ?? largestBucketBytes);
  return Math.floor(bytes / room) * largestBucketBytes + last;
}
