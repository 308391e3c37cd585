import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { Bitmap, type Wants, type WantsEntry, formatWants, messageBodyBytes, parseWants, toTheEnd, wantsFit, wantsText } from './index.ts';

const number = fc.nat(0xffff_ffff);
const place = { layer: fc.constantFrom('glance', 'cut', 'whole', 'tally'), file: fc.nat(254) } as const;
const entry: fc.Arbitrary<WantsEntry> = fc.oneof(
  fc
    .record({ action: fc.constant('first' as const), ...place, ends: fc.tuple(number, number) })
    .map(({ ends: [a, b], ...rest }) => ({ ...rest, from: Math.min(a, b), to: Math.max(a, b) })),
  fc.record({
    action: fc.constant('pieces' as const),
    ...place,
    part: number,
    missing: bytesOf(32).map((bytes) => new Bitmap(256, bytes)),
  }),
  fc.record({ action: fc.constant('enough' as const), ...place }),
);
const wants: fc.Arbitrary<Wants> = fc
  .record({ sequence: number, times: fc.tuple(number, number), entries: fc.array(entry, { maxLength: 40 }).filter(wantsFit) })
  .map(({ times: [a, b], ...rest }) => ({ ...rest, quarter: Math.min(a, b), until: Math.max(a, b) }));

const enough: WantsEntry = { action: 'enough', layer: 'whole', file: 0 };
const some: Wants = { sequence: 1, quarter: 2, until: 3, entries: [enough] };

test('wants are read as they were written, and always fill one message', () => {
  always(fc.tuple(wants, bytesOf(64)), ([wants, signature]) => {
    const body = formatWants(wants, signature);
    expect(body.length).toBe(messageBodyBytes);
    expect(parseWants(body)).toEqual({ wants, signature });
  });
});

test('parseWants() ends in a value or a refusal, and what it reads is written the same again', () => {
  const bodies = fc.tuple(wants, bytesOf(64)).map(([wants, signature]) => formatWants(wants, signature));
  endsInValueOrRefusal(spoiledBytes(bodies), (bytes) => {
    const { wants, signature } = parseWants(bytes);
    expect(formatWants(wants, signature)).toEqual(bytes);
  });
});

test('what is signed binds the address, and is told from an acknowledgement by its label', () => {
  const text = wantsText(new Uint8Array(32), some);
  expect(text).not.toEqual(wantsText(new Uint8Array(32).fill(1), some));
  expect(text.length).toBe(14 + 32 + 14 + 3);
  expect(new TextDecoder().decode(text.subarray(0, 14))).toBe('zajil-wants/1\n');
});

test('a message holds ten bitmaps, 35 ranges, or 131 times enough, and no more', () => {
  const times = (count: number, entry: WantsEntry): WantsEntry[] => Array.from({ length: count }, () => entry);
  const pieces: WantsEntry = { action: 'pieces', layer: 'whole', file: 0, part: 0, missing: new Bitmap(256) };
  const first: WantsEntry = { action: 'first', layer: 'whole', file: 0, from: 0, to: toTheEnd };
  for (const [most, entry] of [
    [10, pieces],
    [35, first],
    [131, enough],
  ] as const) {
    expect(wantsFit(times(most, entry))).toBe(true);
    expect(wantsFit(times(most + 1, entry))).toBe(false);
    expect(parseWants(formatWants({ ...some, entries: times(most, entry) }, new Uint8Array(64))).wants.entries).toHaveLength(most);
    expect(() => formatWants({ ...some, entries: times(most + 1, entry) }, new Uint8Array(64))).toThrow(RangeError);
  }
});

test('a body of another length is refused, and so is one that announces more than it holds', () => {
  expect(codeOf(() => parseWants(new Uint8Array(471)))).toBe('FORMAT_RANGE');
  const body = formatWants({ ...some, entries: Array.from({ length: 131 }, () => enough) }, new Uint8Array(64));
  body[13] = 132;
  // What follows is the signature, of zeros: no action.
  expect(codeOf(() => parseWants(body))).toBe('FORMAT_RANGE');
  body[13] = 255;
  for (let at = 14; at < body.length; at += 3) body.set([3, 3, 0].slice(0, body.length - at), at);
  expect(codeOf(() => parseWants(body))).toBe('FORMAT_TRUNCATED');
});
