import { expect, test } from 'vitest';
import { verifyExtends } from './extends.ts';
import { addTo, chain, device, founded, founding, roster, withRelay } from './newsroom.fixture.ts';
import { appendStatement, verifyRoster } from './roster.ts';
import { createSigner } from '@zajil/log';

const read = (text: string) => verifyRoster(text, null);
const other = createSigner('relay-2.example', new Uint8Array(32).fill(9)).vkey;

test('a roster replaces itself and its beginnings', () => {
  for (const known of [founded, withRelay, chain]) expect(verifyExtends(read(known), roster)).toBe(roster);
});

test('an older roster is refused', () => {
  for (const next of [founded, withRelay])
    expect(() => verifyExtends(roster, read(next))).toThrow(expect.objectContaining({ code: 'ROSTER_OLDER' }));
});

test('a roster that parted from the known one is refused, shorter, equal or longer', () => {
  const parted = addTo(founded, { day: '2026-03-01', kind: 'relay', vkey: other });
  const longer = addTo(addTo(parted, { day: '2026-03-01', kind: 'relay', vkey: createSigner('c', new Uint8Array(32)).vkey }), {
    day: '2026-03-05',
    kind: 'relay',
    vkey: createSigner('d', new Uint8Array(32)).vkey,
  });
  for (const next of [parted, longer])
    expect(() => verifyExtends(roster, read(next))).toThrow(expect.objectContaining({ code: 'ROSTER_FORK' }));
  expect(() => verifyExtends(read(withRelay), read(parted))).toThrow(expect.objectContaining({ code: 'ROSTER_FORK' }));
});

test('another newsroom is refused', () => {
  const next = read(appendStatement('', { ...founding, day: '2026-03-09' }, device));
  expect(() => verifyExtends(roster, next)).toThrow(expect.objectContaining({ code: 'ROSTER_OTHER_NEWSROOM' }));
});
