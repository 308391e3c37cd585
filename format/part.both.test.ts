import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, codeOf, endsInValueOrRefusal, mediaTypes, spoiledBytes } from './hostile.ts';
import { type PartHead, formatPart, layers, parsePart, partHeadBytes } from './index.ts';

const heads: fc.Arbitrary<PartHead> = fc
  .record({
    dispatch: bytesOf(16),
    layer: fc.constantFrom(...layers),
    file: fc.nat(254),
    view: fc.nat(255),
    part: fc.nat(0xffff_fffe),
    parts: fc.nat(0xffff_ffff),
    offset: fc.nat(Number.MAX_SAFE_INTEGER - 1000),
    type: mediaTypes,
  })
  .map((head) => (head.parts === 0 ? head : { ...head, part: head.part % head.parts }));
const parts = fc.tuple(heads, fc.uint8Array({ maxLength: 300 }), fc.nat(600));

test('a part is read as it was written, whatever its padding', () => {
  fc.assert(
    fc.property(parts, ([head, content, padding]) => {
      const bytes = formatPart(head, content, partHeadBytes(head.type) + content.length + padding);
      expect(parsePart(bytes)).toEqual({ head, content });
    }),
  );
});

test('parsePart() ends in a part or a refusal', () => {
  const valid = parts.map(([head, content, padding]) => formatPart(head, content, partHeadBytes(head.type) + content.length + padding));
  endsInValueOrRefusal(spoiledBytes(valid), parsePart, 600);
});

const head: PartHead = { dispatch: new Uint8Array(16), layer: 'words', file: 0, view: 0, part: 0, parts: 1, offset: 0, type: 'text/plain' };

test('any one padding byte that is not zero is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: partHeadBytes('text/plain') + 3, max: 199 }), fc.integer({ min: 1, max: 255 }), (at, value) => {
      const bytes = formatPart(head, new Uint8Array(3), 200);
      bytes[at] = value;
      expect(codeOf(() => parsePart(bytes))).toBe('FORMAT_PADDING');
    }),
  );
});

test('formatPart() refuses to write what could not be read back', () => {
  const write = (change: Partial<PartHead>) => () => formatPart({ ...head, ...change }, new Uint8Array(3), 200);
  for (const change of [
    { file: 255 },
    { part: 1 },
    { dispatch: new Uint8Array(15) },
    { type: 'Text/Plain' },
    { type: `a/${'b'.repeat(80)}` },
  ])
    expect(write(change)).toThrow(RangeError);
  expect(() => formatPart(head, new Uint8Array(200), 200)).toThrow(RangeError);
});

test('content that would end beyond 2^53 - 1 is refused', () => {
  const bytes = formatPart({ ...head, offset: Number.MAX_SAFE_INTEGER }, new Uint8Array(1), 200);
  expect(codeOf(() => parsePart(bytes))).toBe('FORMAT_RANGE');
});
