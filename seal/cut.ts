/**
 * Where a stream of known length is cut into parts: full parts in the largest bucket, then one in the smallest bucket
 * that holds the rest. The cut follows from length and media type alone, so that a resumed stream is cut the same.
 *
 * `docs/protocol.md` section "Part".
 */
import { bucketFor, largestBucketBytes, parcelPlainBytes, partHeadBytes } from '@zajil/format';

export interface CutPart {
  readonly part: number;
  /** Bytes, in the stream. */
  readonly offset: number;
  /** Bytes of content. */
  readonly length: number;
  /** Bytes of the finished parcel. */
  readonly bucket: number;
}

export class Cut {
  readonly parts: number;
  readonly #bytes: number;
  readonly #headBytes: number;
  readonly #fullBytes: number;

  /** @param bytes - length of the stream; an empty stream has one empty part. @throws RangeError */
  constructor(bytes: number, type: string) {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError('length of a stream is a whole number');
    this.#bytes = bytes;
    this.#headBytes = partHeadBytes(type);
    this.#fullBytes = parcelPlainBytes(largestBucketBytes) - this.#headBytes;
    this.parts = Math.max(1, Math.ceil(bytes / this.#fullBytes));
  }

  /** @throws RangeError when there is no such part */
  at(part: number): CutPart {
    if (!Number.isInteger(part) || part < 0 || part >= this.parts) throw new RangeError('no such part');
    const offset = part * this.#fullBytes;
    const length = Math.min(this.#fullBytes, this.#bytes - offset);
    return { part, offset, length, bucket: bucketFor(this.#headBytes + length) ?? largestBucketBytes };
  }
}
