import { formatStatement, fromHex, type Statement, statementHash, toHex } from '@zajil/format';
import { createSigner, signNote } from '@zajil/log';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mostChainChars } from './chain.ts';
import { addTo, chain, device, founded, founding, intakeKey, log, relay, roster, stranger, withRelay } from './newsroom.fixture.ts';
import { RosterError } from './refusal.ts';
import { appendStatement, nextLink, verifyRoster } from './roster.ts';

const code = (task: () => unknown) => {
  try {
    task();
  } catch (error) {
    return error instanceof RosterError ? error.code : error;
  }
  return null;
};
const verify = (text: string) => code(() => verifyRoster(text, roster.name));
/** A statement signed by whomever, without the checks of `appendStatement`. */
const sign = (statement: object, signer = device) => signNote(formatStatement(statement as Statement), signer);
const relayOf = (number: number) => createSigner(`relay-${number}.example`, new Uint8Array(32).fill(number)).vkey;
const next = { ...nextLink(roster), day: '2026-03-02', kind: 'relay' as const, vkey: relayOf(9) };

test('a whole chain says who the newsroom is', () => {
  const read = verifyRoster(chain, roster.name);
  expect(read).toMatchObject({ seq: 2, relays: [relay.vkey], devices: [{ vkey: device.vkey }], text: chain });
  expect(read.intake.map((key) => key.scope)).toEqual(['day', 'day', 'month', 'last']);
  expect(read.name).toEqual(statementHash(formatStatement(founding)));
  expect(read.found.log).toBe(log.vkey);
});

test('without an expected name the chain names itself', () => {
  expect(toHex(verifyRoster(chain, null).name)).toBe(toHex(statementHash(formatStatement(founding))));
  expect(code(() => verifyRoster(chain, new Uint8Array(32)))).toBe('ROSTER_OTHER_NEWSROOM');
});

test('a chain cut anywhere is refused, or is a shorter one where it was cut between statements', () => {
  const ends = new Set([founded.length, withRelay.length]);
  for (let at = 0; at < chain.length; at++)
    expect(verify(chain.slice(0, at)), `cut at ${at}`).toBe(ends.has(at) ? null : 'ROSTER_TRUNCATED');
});

test('a chain with any character changed is refused', () => {
  fc.assert(
    fc.property(fc.nat(chain.length - 1), fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(chain[at] !== character);
      expect(verify(chain.slice(0, at) + character + chain.slice(at + 1))).toMatch(/^ROSTER_/);
    }),
    { numRuns: 150 },
  );
});

test('signatures by others are passed over', () => {
  const other = signNote(chain.slice(withRelay.length).split('\n\n')[0] + '\n', stranger).split('\n\n')[1] ?? '';
  expect(verifyRoster(chain + other, roster.name).seq).toBe(2);
});

describe('each alteration that a hostile relay could try', () => {
  const parts = [founded, withRelay.slice(founded.length), chain.slice(withRelay.length)] as const;
  const impostor = createSigner(device.vkey.split('+')[0] ?? '', new Uint8Array(32).fill(7));

  test.each([
    ['a statement left out', parts[0] + parts[2], 'ROSTER_LINK'],
    ['two statements swapped', parts[0] + parts[2] + parts[1], 'ROSTER_LINK'],
    ['a statement twice', withRelay + parts[1], 'ROSTER_LINK'],
    ['no founding', parts[1] + parts[2], 'ROSTER_LINK'],
    ['a relay exchanged under the old signature', chain.replace(relay.vkey, relayOf(8)), 'ROSTER_SIGNATURE'],
    ['a statement by a stranger', chain + sign(next, stranger), 'ROSTER_SIGNATURE'],
    ['a statement by a key of the same name', chain + sign(next, impostor), 'ROSTER_SIGNATURE'],
    ['a statement by the relay', chain + sign(next, relay), 'ROSTER_SIGNATURE'],
    ['a number left out', chain + sign({ ...next, seq: 4 }), 'ROSTER_LINK'],
    ['a number used again', chain + sign({ ...next, seq: 2 }), 'ROSTER_LINK'],
    ['another statement before it', chain + sign({ ...next, prev: '00'.repeat(32) }), 'ROSTER_LINK'],
    ['a day that goes back', chain + sign({ ...next, day: '2026-03-01' }), 'ROSTER_LINK'],
    ['a second founding', chain + sign({ ...founding, seq: 3, prev: roster.head, day: '2026-03-02' }), 'ROSTER_RULE'],
    ['a relay named twice', chain + sign({ ...next, vkey: relay.vkey }), 'ROSTER_RULE'],
    [
      'a relay whose key id does not fit',
      chain + sign({ ...next, vkey: relayOf(9).replace(/\+[0-9a-f]{8}\+/, '+00000000+') }),
      'ROSTER_RULE',
    ],
    ['text before it', `hello\n${chain}`, 'ROSTER_TEXT'],
    ['text behind it', `${chain}hello\n`, 'ROSTER_TRUNCATED'],
    ['text between', `${withRelay}hello\n\n\n${parts[2]}`, 'ROSTER_TEXT'],
    ['other line ends', chain.replaceAll('\n', '\r\n'), 'ROSTER_TEXT'],
    ['nothing', '', 'ROSTER_TRUNCATED'],
  ])('%s', (_, altered, expected) => {
    expect(verify(altered)).toBe(expected);
  });

  test('a founding that another key signed', () => {
    expect(code(() => verifyRoster(sign(founding, stranger), null))).toBe('ROSTER_SIGNATURE');
  });

  test('another newsroom, whole and well signed', () => {
    const other = sign({ ...founding, nonce: '33'.repeat(32) });
    expect(verifyRoster(other, null).seq).toBe(0);
    expect(verify(other)).toBe('ROSTER_OTHER_NEWSROOM');
  });

  test('more text than any newsroom needs, unread', () => {
    expect(verify('a'.repeat(mostChainChars + 1))).toBe('ROSTER_TOO_LONG');
  });
});

describe('the days and names of intake keys', () => {
  const good = intakeKey('day', '2026-04-02', '2026-04-03', 9);
  const issue = (...keys: object[]) => verify(chain + sign({ ...nextLink(roster), day: '2026-03-02', kind: 'intake', keys }));

  test('in order are taken', () => {
    expect(issue(good)).toBeNull();
    expect(issue({ ...good, until: good.from, destroyed: good.from })).toBeNull();
  });

  test('out of order, or issued before, are refused', () => {
    expect(issue({ ...good, from: '2026-04-04' })).toBe('ROSTER_RULE');
    expect(issue({ ...good, destroyed: '2026-04-02' })).toBe('ROSTER_RULE');
    expect(issue(good, good)).toBe('ROSTER_RULE');
    expect(issue({ ...good, id: roster.intake[0]?.id })).toBe('ROSTER_RULE');
  });
});

test('a statement that would not verify is not appended', () => {
  expect(code(() => appendStatement(chain, { ...next, seq: 7 }, device))).toBe('ROSTER_LINK');
  expect(code(() => appendStatement(chain, next, stranger))).toBe('ROSTER_SIGNATURE');
  expect(verifyRoster(appendStatement(chain, next, device), roster.name).relays).toHaveLength(2);
});

test('chains of any statements in any order that the rules allow verify, and say what was added', () => {
  const step = fc.record({ relay: fc.boolean(), days: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      let text = founded;
      let date = 1;
      for (const [i, { relay, days }] of steps.entries()) {
        date += days;
        const day = `2026-03-${String(date).padStart(2, '0')}`;
        text = relay
          ? addTo(text, { day, kind: 'relay', vkey: relayOf(100 + i) })
          : addTo(text, { day, kind: 'intake', keys: [intakeKey('day', day, day, i)] });
      }
      const read = verifyRoster(text, fromHex(toHex(roster.name), 32));
      expect(read.relays).toHaveLength(steps.filter((step) => step.relay).length);
      expect(read.intake).toHaveLength(steps.filter((step) => !step.relay).length);
    }),
    { numRuns: 10 },
  );
});
