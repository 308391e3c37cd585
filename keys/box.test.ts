import { createHash } from 'node:crypto';
import { Secret, toHex } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxBytes, openBox, sealBox } from './box.ts';
import { KeysError } from './refusal.ts';

const key = new Secret(Uint8Array.from({ length: 32 }, (_, i) => i));
const count = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => 0xa0 + i);

describe('a box', () => {
  test('gives back what was sealed, and is a power of two long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.string(), (content, context) => {
        const box = sealBox({ key, context }, content, count);
        expect(Math.log2(box.length) % 1).toBe(0);
        expect(openBox({ key, context }, box)).toEqual(content);
      }),
    );
  });

  test('is these bytes for this key, salt and content', () => {
    const box = sealBox({ key, context: 'vector' }, new TextEncoder().encode('زاجل'), count);
    expect(box.length).toBe(4096);
    expect(toHex(createHash('sha256').update(box).digest())).toBe('646a5226f5a9366b1ad7cf90732791cd6fa8f72de3ad98c2a9f97bbe4e47dc2b');
  });

  test('altered in any byte, cut, or lengthened is refused', () => {
    const box = sealBox({ key, context: 'x' }, new Uint8Array([1, 2, 3]), count);
    for (let at = 0; at < box.length; at += at < 64 || at > 4060 ? 1 : 97) {
      const altered = box.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => openBox({ key, context: 'x' }, altered), `byte ${at}`).toThrow(KeysError);
    }
    for (const length of [0, 1, 2048, 4095]) expect(() => openBox({ key, context: 'x' }, box.subarray(0, length))).toThrow(KeysError);
    expect(() => openBox({ key, context: 'x' }, Buffer.concat([box, box]))).toThrow(KeysError);
  });

  test('does not open in another place, under another key, or behind another head', () => {
    const box = sealBox({ key, context: 'x', before: new Uint8Array([1]) }, new Uint8Array(5), count);
    for (const options of [
      { key, context: 'y', before: new Uint8Array([1]) },
      { key, context: 'x', before: new Uint8Array([2]) },
      { key, context: 'x' },
      { key: new Secret(new Uint8Array(32)), context: 'x', before: new Uint8Array([1]) },
    ])
      expect(() => openBox(options, box)).toThrow(expect.objectContaining({ code: 'KEYS_ALTERED' }));
  });

  test('is no longer than the next power of two', () => {
    expect(boxBytes(0)).toBe(4096);
    expect(boxBytes(4096 - 56)).toBe(4096);
    expect(boxBytes(4096 - 55)).toBe(8192);
  });
});
