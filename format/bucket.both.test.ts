import { expect, test } from 'vitest';
import { bucketBytes, bucketFor, hybridHeaderBytes, parcelPlainBytes, streamCiphertextBytes, streamNonceBytes } from './index.ts';

test('a full plaintext gives exactly the bucket, for every bucket', () => {
  for (const bytes of bucketBytes) {
    expect(hybridHeaderBytes + streamNonceBytes + streamCiphertextBytes(parcelPlainBytes(bytes))).toBe(bytes);
  }
});

test('bucketFor() takes the next bucket at one byte too many, and none beyond the largest', () => {
  for (const [i, bytes] of bucketBytes.entries()) {
    expect(bucketFor(parcelPlainBytes(bytes))).toBe(bytes);
    expect(bucketFor(parcelPlainBytes(bytes) + 1)).toBe(bucketBytes[i + 1] ?? null);
  }
});
