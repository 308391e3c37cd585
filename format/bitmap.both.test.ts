import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf } from './hostile.ts';
import { Bitmap } from './index.ts';

test('a bitmap holds what was added and nothing else', () => {
  always(fc.tuple(fc.integer({ min: 1, max: 256 }), fc.array(fc.nat(255))), ([size, pieces]) => {
    const added = new Set(pieces.map((piece) => piece % size));
    const bitmap = new Bitmap(size);
    for (const piece of added) bitmap.add(piece);
    expect(Array.from({ length: size }, (_, i) => i).filter((i) => bitmap.has(i))).toEqual([...added].sort((a, b) => a - b));
    expect(bitmap.count).toBe(added.size);
    expect(bitmap.full).toBe(added.size === size);
    expect(bitmap.has(size)).toBe(false);
    expect(new Bitmap(size, bitmap.bytes)).toEqual(bitmap);
  });
});

test('unused bits and other lengths are refused', () => {
  expect(codeOf(() => new Bitmap(2, Uint8Array.of(0b0010_0000)))).toBe('FORMAT_PADDING');
  expect(codeOf(() => new Bitmap(2, Uint8Array.of(0, 0)))).toBe('FORMAT_RANGE');
  expect(() => new Bitmap(2).add(2)).toThrow(RangeError);
});

test('a copy shares no memory, even of a Node Buffer', () => {
  const bytes = typeof Buffer === 'undefined' ? new Uint8Array(1) : Buffer.alloc(1);
  const copy = new Bitmap(2, bytes).copy();
  bytes[0] = 128;
  expect(copy.has(0)).toBe(false);
});
