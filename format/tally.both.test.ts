import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { formatTally, parseTally } from './index.ts';

const tallies = fc
  .tuple(bytesOf(32), fc.array(fc.record({ length: fc.nat(1024 * 1024 - 1), name: bytesOf(32) }), { maxLength: 9 }))
  .map(([sha256, parts]) => ({ bytes: parts.reduce((sum, part) => sum + part.length, 0), sha256, parts }));

test('a tally is read as it was written', () => {
  always(tallies, (tally) => {
    expect(parseTally(formatTally(tally))).toEqual(tally);
  });
});

test('parseTally() ends in a tally or a refusal', () => {
  endsInValueOrRefusal(spoiledBytes(tallies.map(formatTally)), parseTally, 600);
});

test('a number of parts that the bytes do not hold costs no memory', () => {
  const bytes = formatTally({ bytes: 0, sha256: new Uint8Array(32), parts: [] });
  bytes.fill(255, 44, 48);
  expect(codeOf(() => parseTally(bytes))).toBe('FORMAT_RANGE');
});

test('a part as long as a parcel is refused, since a parcel also holds its header', () => {
  const parts = [{ length: 1024 * 1024, name: new Uint8Array(32) }];
  expect(codeOf(() => parseTally(formatTally({ bytes: 1024 * 1024, sha256: new Uint8Array(32), parts })))).toBe('FORMAT_RANGE');
});
