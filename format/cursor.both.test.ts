import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf } from './hostile.ts';
import { Cursor, Writer } from './index.ts';

const numbers = fc.record({
  u8: fc.nat(0xff),
  u16: fc.nat(0xffff),
  u32: fc.nat(0xffff_ffff),
  u64: fc.nat(Number.MAX_SAFE_INTEGER),
  rest: fc.uint8Array({ maxLength: 600 }),
});

test('a cursor reads what a writer wrote', () => {
  always(numbers, (value) => {
    const bytes = new Writer().u8(value.u8).u16(value.u16).u32(value.u32).u64(value.u64).put(value.rest).bytes();
    const cursor = new Cursor(bytes);
    expect({ u8: cursor.u8(), u16: cursor.u16(), u32: cursor.u32(), u64: cursor.u64(), rest: cursor.take(cursor.left) }).toEqual(value);
    expect(cursor.at).toBe(bytes.length);
    cursor.end();
  });
});

test('a cursor refuses to read beyond the end, to stop before it, and numbers beyond 2^53 - 1', () => {
  const cursor = new Cursor(new Uint8Array(3).fill(255));
  expect(codeOf(() => cursor.u32())).toBe('FORMAT_TRUNCATED');
  expect(codeOf(() => cursor.end())).toBe('FORMAT_TRAILING');
  expect(cursor.u16()).toBe(0xffff);
  expect(codeOf(() => new Cursor(Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0)).u64())).toBe('FORMAT_RANGE');
  expect(new Cursor(Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255)).u64()).toBe(Number.MAX_SAFE_INTEGER);
});

test('a writer takes only numbers that fit', () => {
  for (const write of [
    () => new Writer().u8(256),
    () => new Writer().u16(-1),
    () => new Writer().u32(0.5),
    () => new Writer().u64(2 ** 53),
  ])
    expect(write).toThrow(RangeError);
});
