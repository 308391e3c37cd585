import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf, endsInValueOrRefusal, mediaTypes, spoiledBytes, texts } from './hostile.ts';
import { type Words, formatWords, parseWords, utf8 } from './index.ts';

const words: fc.Arbitrary<Words> = fc.record({
  v: fc.constant(1 as const),
  text: texts(6000),
  written: fc
    .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => `${date.toISOString().slice(0, 16)}Z`),
  place: texts(200),
  urgent: fc.boolean(),
  files: fc.array(
    fc.record({
      kind: fc.constantFrom('photo' as const, 'video' as const, 'sound' as const, 'other' as const),
      type: mediaTypes,
      name: texts(200),
      bytes: fc.nat(Number.MAX_SAFE_INTEGER),
    }),
    { maxLength: 4 },
  ),
});

test('words are read as they were written', () => {
  always(words, (words) => {
    expect(parseWords(formatWords(words))).toEqual(words);
  });
});

test('parseWords() ends in words or a refusal', () => {
  endsInValueOrRefusal(spoiledBytes(words.map(formatWords)), parseWords);
});

const plain: Words = { v: 1, text: '', written: '2026-01-31T23:59Z', place: '', urgent: false, files: [] };

test('a text that was cut inside a character still gets out', () => {
  expect(parseWords(formatWords({ ...plain, text: 'fire \ud83d' })).text).toBe('fire \ufffd');
  expect(codeOf(() => parseWords(utf8(JSON.stringify({ ...plain, text: '\ud83d' }))))).toBe('FORMAT_JSON');
  expect(parseWords(formatWords({ ...plain, text: '\\ud83d' })).text).toBe('\\ud83d');
});

test('a time that no clock shows is refused', () => {
  for (const written of ['2026-02-29T00:00Z', '2026-01-01T24:00Z', '2026-01-01T00:60Z', '2026-13-01T00:00Z'])
    expect(
      codeOf(() => parseWords(utf8(JSON.stringify({ ...plain, written })))),
      written,
    ).toBe('FORMAT_JSON');
});
