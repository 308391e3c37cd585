import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf, endsInValueOrRefusal, hexOf, spoiledText } from './hostile.ts';
import { type Doors, formatDoors, parseDoors, tokenHash } from './index.ts';

const doors: fc.Arbitrary<Doors> = fc.record({ newsroom: hexOf(32), seq: fc.nat(), tokens: fc.uniqueArray(hexOf(32), { maxLength: 8 }) });

test('doors are read as they were written, sorted', () => {
  always(doors, (doors) => {
    expect(parseDoors(formatDoors(doors))).toEqual({ ...doors, tokens: doors.tokens.toSorted() });
  });
});

test('parseDoors() ends in doors or a refusal, and what it reads is written the same again', () => {
  endsInValueOrRefusal(spoiledText(doors.map(formatDoors)), (text) => expect(formatDoors(parseDoors(text))).toBe(text));
});

test('tokens that are unsorted or doubled are refused', () => {
  const text = (tokens: string[]) => `zajil-doors/1\n${JSON.stringify({ newsroom: '0'.repeat(64), seq: 0, tokens })}\n`;
  const [a, b] = [tokenHash(new Uint8Array(16)), tokenHash(new Uint8Array(16).fill(1))].sort() as [string, string];
  expect(codeOf(() => parseDoors(text([a, b])))).toBe(null);
  expect(codeOf(() => parseDoors(text([b, a])))).toBe('FORMAT_ORDER');
  expect(codeOf(() => parseDoors(text([a, a])))).toBe('FORMAT_ORDER');
});

test('the longest list fits, and a longer text is refused before it is read', () => {
  const tokens = Array.from({ length: 10_000 }, (_, i) => i.toString(16).padStart(64, '0'));
  const text = formatDoors({ newsroom: '0'.repeat(64), seq: Number.MAX_SAFE_INTEGER, tokens });
  expect(parseDoors(text).tokens).toHaveLength(10_000);
  expect(codeOf(() => parseDoors(`zajil-doors/1\n${'['.repeat(1_000_000)}\n`))).toBe('FORMAT_RANGE');
});
