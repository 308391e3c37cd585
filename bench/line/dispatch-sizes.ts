/** How many parcels of which size make up a dispatch of so many bytes. `docs/protocol.md` section "Parcel". */
import { bucketBytes, type Layer } from '@zajil/format';

export interface PlannedParcel {
  readonly layer: Layer;
  readonly part: number;
  readonly bytes: number;
}

const kib = 1024;
/** Words, the two parcels of a glance, the tally: as the field app makes them. */
const small = { words: 8 * kib, glance: [16 * kib, 64 * kib], tally: 8 * kib };
const largestCut = 512 * kib;

/**
 * A dispatch of one film, in telling order. Its parcels add up to `bytes` or to less than 8 KiB below.
 *
 * @param bytes - at least 128 KiB
 */
export function planDispatch(bytes: number): PlannedParcel[] {
  const cut = largestBucket(Math.min(largestCut, bytes / 8));
  let left = bytes - small.words - small.tally - cut - small.glance.reduce((a, b) => a + b, 0);
  const whole: number[] = [];
  while (left >= small.words) {
    const next = largestBucket(left);
    whole.push(next);
    left -= next;
  }
  const stream = (layer: Layer, sizes: readonly number[]): PlannedParcel[] => sizes.map((size, part) => ({ layer, part, bytes: size }));
  return [
    ...stream('words', [small.words]),
    ...stream('glance', small.glance),
    ...stream('cut', [cut]),
    ...stream('whole', whole),
    ...stream('tally', [small.tally]),
  ];
}

function largestBucket(most: number): number {
  return bucketBytes.findLast((size) => size <= most) ?? small.words;
}
