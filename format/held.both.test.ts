import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { Bitmap, type Held, type HeldEntry, formatHave, formatHeld, parseHave, parseHeld } from './index.ts';

const bitmap = fc
  .tuple(fc.constantFrom(2, 4, 8, 16, 256), fc.array(fc.nat(255), { maxLength: 20 }))
  .map(([size, pieces]) => pieces.reduce((bitmap, piece) => (bitmap.add(piece % size), bitmap), new Bitmap(size)));

const helds: fc.Arbitrary<Held> = fc.oneof(
  fc.constantFrom<Held>({ state: 'unknown' }, { state: 'gone' }, { state: 'expired' }),
  bitmap.map((pieces) => ({ state: 'partial' as const, pieces })),
  bytesOf(512).map((message) => ({ state: 'message' as const, message })),
  fc.record({
    state: fc.constant('taken' as const),
    promise: fc.record({ salt: bytesOf(16), quarter: fc.nat(0xffff_ffff), signature: bytesOf(64) }),
    receipt: fc.string({ unit: 'grapheme', maxLength: 100 }),
  }),
);
const answers: fc.Arbitrary<HeldEntry[]> = fc.array(fc.record({ id: bytesOf(32), held: helds }), { maxLength: 8 });
const questions = fc.array(bytesOf(32), { minLength: 1, maxLength: 16 });

test('a question and an answer are read as they were written', () => {
  always(questions, (ids) => {
    expect(parseHave(formatHave(ids))).toEqual(ids);
  });
  always(answers, (entries) => {
    expect(parseHeld(formatHeld(entries))).toEqual(entries);
  });
});

test('parseHave() and parseHeld() end in a value or a refusal', () => {
  endsInValueOrRefusal(spoiledBytes(questions.map(formatHave)), parseHave);
  endsInValueOrRefusal(spoiledBytes(answers.map(formatHeld)), parseHeld, 600);
});

test('an answer that parses is written the same again', () => {
  always(spoiledBytes(answers.map(formatHeld)), (bytes) => {
    let entries: HeldEntry[] | null = null;
    if (codeOf(() => (entries = parseHeld(bytes))) === null) expect(formatHeld(entries ?? [])).toEqual(bytes);
  });
});

test('a number of pieces that no bucket has is refused', () => {
  const bytes = formatHeld([{ id: new Uint8Array(32), held: { state: 'partial', pieces: new Bitmap(2) } }]);
  bytes[40] = 3;
  expect(codeOf(() => parseHeld(bytes))).toBe('FORMAT_RANGE');
});

test('what could not be read back is not written', () => {
  expect(() => formatHave([new Uint8Array(31)])).toThrow(RangeError);
  expect(() => formatHave(Array.from({ length: 17 }, () => new Uint8Array(32)))).toThrow(RangeError);
  expect(() => formatHeld([{ id: new Uint8Array(33), held: { state: 'gone' } }])).toThrow(RangeError);
  expect(() => formatHeld([{ id: new Uint8Array(32), held: { state: 'message', message: new Uint8Array(511) } }])).toThrow(RangeError);
});
