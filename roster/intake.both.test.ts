import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseIntakeKey, verifyIntakeKey } from './intake.ts';
import { intakeKey, roster } from './newsroom.fixture.ts';

test('a phone seals to the day’s key, else to that of last resort', () => {
  expect(chooseIntakeKey(roster, 'day', '2026-03-02').id).toBe(roster.intake[0]?.id);
  expect(chooseIntakeKey(roster, 'day', '2026-03-03').id).toBe(roster.intake[1]?.id);
  expect(chooseIntakeKey(roster, 'month', '2026-03-31').id).toBe(roster.intake[2]?.id);
  expect(chooseIntakeKey(roster, 'day', '2026-03-04').scope).toBe('last');
});

test('on a day without any key nothing is sealed', () => {
  for (const day of ['2026-02-28', '2027-03-02'])
    expect(() => chooseIntakeKey(roster, 'day', day)).toThrow(expect.objectContaining({ code: 'ROSTER_NO_KEY' }));
});

test('of several keys the newest counts, and of those the one issued last', () => {
  const day = fc.integer({ min: 10, max: 28 }).map((day) => `2026-03-${day}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(day, day), { minLength: 1 }), day, (spans, today) => {
      const intake = spans.map(([a, b], i) => intakeKey('day', a < b ? a : b, a < b ? b : a, i));
      const open = intake.filter((key) => key.from <= today && today <= key.until);
      fc.pre(open.length > 0);
      const latest = open
        .map((key) => key.from)
        .sort()
        .at(-1);
      expect(chooseIntakeKey({ intake }, 'day', today)).toBe(open.findLast((key) => key.from === latest));
    }),
  );
});

test('a key’s bytes count only when they are those that the roster names', () => {
  const bytes = new Uint8Array(1216).fill(5);
  const key = { ...intakeKey('day', '2026-03-02', '2026-03-02', 1), id: toHex(sha256(bytes)) };
  expect(verifyIntakeKey(key, bytes)).toBe(bytes);
  expect(() =>
    verifyIntakeKey(
      key,
      bytes.map((byte, i) => (i === 1215 ? byte ^ 1 : byte)),
    ),
  ).toThrow(expect.objectContaining({ code: 'ROSTER_KEY' }));
  const short = bytes.slice(1);
  expect(() => verifyIntakeKey({ ...key, id: toHex(sha256(short)) }, short)).toThrow(expect.objectContaining({ code: 'ROSTER_KEY' }));
});
