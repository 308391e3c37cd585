import { type Acknowledgement, messageBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealAcknowledgement, verifyAcknowledgement } from './acknowledgement.ts';
import { device, roster, stranger } from './newsroom.fixture.ts';

const dispatch = new Uint8Array(16).fill(6);
const nonce = new Uint8Array(24).fill(7);
const claims: Acknowledgement = { sequence: 3, quarter: 1_900_000, words: true, files: [{ glance: true, cut: false, whole: true }] };
const own = roster.found.device;
const refused = expect.objectContaining({ code: 'ROSTER_ACKNOWLEDGEMENT' });

test('an acknowledgement by a device of the newsroom opens to what it claims', () => {
  const message = sealAcknowledgement(dispatch, claims, device, nonce);
  expect(message).toHaveLength(messageBytes);
  expect(verifyAcknowledgement(roster, dispatch, own, message)).toEqual(claims);
});

test('for another dispatch, by another device, or by a device not in the roster, it is refused', () => {
  const message = sealAcknowledgement(dispatch, claims, device, nonce);
  expect(() => verifyAcknowledgement(roster, nonce.slice(0, 16), own, message)).toThrow(refused);
  const foreign = sealAcknowledgement(dispatch, claims, stranger, nonce);
  expect(() => verifyAcknowledgement(roster, dispatch, own, foreign)).toThrow(refused);
  expect(() => verifyAcknowledgement(roster, dispatch, { vkey: stranger.vkey, recipient: own.recipient }, foreign)).toThrow(refused);
});

test('whoever knows the dispatch but not the device’s key cannot acknowledge it', () => {
  const forger = { vkey: device.vkey, sign: (message: Uint8Array) => stranger.sign(message) };
  expect(() => verifyAcknowledgement(roster, dispatch, own, sealAcknowledgement(dispatch, claims, forger, nonce))).toThrow(refused);
});

test('with any byte changed, or any length, it is refused', () => {
  const message = sealAcknowledgement(dispatch, claims, device, nonce);
  fc.assert(
    fc.property(fc.nat(messageBytes - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const altered = message.map((byte, i) => (i === at ? byte ^ mask : byte));
      expect(() => verifyAcknowledgement(roster, dispatch, own, altered)).toThrow(refused);
      expect(() => verifyAcknowledgement(roster, dispatch, own, message.slice(0, at))).toThrow(refused);
    }),
    { numRuns: 50 },
  );
});
