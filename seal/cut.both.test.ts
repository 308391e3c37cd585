import { bucketBytes, parcelPlainBytes, partHeadBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Cut } from './cut.ts';

const type = 'video/mp4';
const full = parcelPlainBytes(1024 * 1024) - partHeadBytes(type);

it('covers every byte once, in order, and never wastes a bucket', () => {
  const lengths = fc.oneof(fc.nat(3 * full), fc.constantFrom(0, 1, full - 1, full, full + 1, 2 * full));
  fc.assert(
    fc.property(lengths, (bytes) => {
      const cut = new Cut(bytes, type);
      let at = 0;
      for (let i = 0; i < cut.parts; i += 1) {
        const part = cut.at(i);
        expect(part).toMatchObject({ part: i, offset: at });
        const smaller = bucketBytes.findLast((bucket) => bucket < part.bucket) ?? 0;
        expect(parcelPlainBytes(part.bucket)).toBeGreaterThanOrEqual(part.length + partHeadBytes(type));
        if (smaller > 0) expect(parcelPlainBytes(smaller)).toBeLessThan(part.length + partHeadBytes(type));
        if (bytes > 0) expect(part.length).toBeGreaterThan(0);
        at += part.length;
      }
      expect(at).toBe(bytes);
    }),
  );
});

it('gives an empty stream one empty part', () => {
  expect(new Cut(0, type).parts).toBe(1);
  expect(new Cut(0, type).at(0)).toEqual({ part: 0, offset: 0, length: 0, bucket: 8192 });
});

it('knows no part beyond the last, and no fraction of a byte', () => {
  expect(() => new Cut(10, type).at(1)).toThrow(RangeError);
  expect(() => new Cut(1.5, type)).toThrow(RangeError);
  expect(() => new Cut(-1, type)).toThrow(RangeError);
});
