import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { type Acknowledgement, acknowledgementText, formatAcknowledgement, messageBodyBytes, parseAcknowledgement } from './index.ts';

const claims: fc.Arbitrary<Acknowledgement> = fc.record({
  sequence: fc.nat(0xffff_ffff),
  quarter: fc.nat(0xffff_ffff),
  words: fc.boolean(),
  files: fc.array(fc.record({ glance: fc.boolean(), cut: fc.boolean(), whole: fc.boolean() }), { maxLength: 255 }),
});

test('an acknowledgement is read as it was written, and always fills one message', () => {
  always(fc.tuple(claims, bytesOf(64)), ([claims, signature]) => {
    const body = formatAcknowledgement(claims, signature);
    expect(body.length).toBe(messageBodyBytes);
    expect(parseAcknowledgement(body)).toEqual({ claims, signature });
  });
});

test('parseAcknowledgement() ends in a value or a refusal, and what it reads is written the same again', () => {
  const bodies = fc.tuple(claims, bytesOf(64)).map(([claims, signature]) => formatAcknowledgement(claims, signature));
  endsInValueOrRefusal(spoiledBytes(bodies), (bytes) => {
    const { claims, signature } = parseAcknowledgement(bytes);
    expect(formatAcknowledgement(claims, signature)).toEqual(bytes);
  });
});

test('what is signed binds the address', () => {
  const claims: Acknowledgement = { sequence: 1, quarter: 2, words: true, files: [] };
  expect(acknowledgementText(new Uint8Array(32), claims)).not.toEqual(acknowledgementText(new Uint8Array(32).fill(1), claims));
  expect(acknowledgementText(new Uint8Array(32), claims).length).toBe(24 + 32 + 11);
});

test('a body of another length is refused', () => {
  expect(codeOf(() => parseAcknowledgement(new Uint8Array(471)))).toBe('FORMAT_RANGE');
});
