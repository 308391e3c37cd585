import { type Wants, messageAddress, messageBytes, openMessage, sealMessage } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealAcknowledgement, verifyAcknowledgement } from './acknowledgement.ts';
import { device, roster, stranger } from './newsroom.fixture.ts';
import { sealWants, verifyWants } from './wants.ts';

const dispatch = new Uint8Array(16).fill(6);
const nonce = new Uint8Array(24).fill(7);
const wants: Wants = {
  sequence: 3,
  quarter: 1_900_000,
  until: 1_900_096,
  entries: [
    { action: 'first', layer: 'whole', file: 0, from: 3, to: 9 },
    { action: 'enough', layer: 'cut', file: 1 },
  ],
};
const own = roster.found.device;
const refused = expect.objectContaining({ code: 'ROSTER_WANTS' });
const name = device.vkey.split('+')[0] ?? '';

test('wants of a device of the newsroom open to what it asks for', () => {
  const message = sealWants(dispatch, wants, device, nonce);
  expect(message).toHaveLength(messageBytes);
  expect(verifyWants(roster, dispatch, own, message)).toEqual(wants);
});

test('for another dispatch, by another device, or by a device not in the roster, they are refused', () => {
  const message = sealWants(dispatch, wants, device, nonce);
  expect(() => verifyWants(roster, nonce.slice(0, 16), own, message)).toThrow(refused);
  const foreign = sealWants(dispatch, wants, stranger, nonce);
  expect(() => verifyWants(roster, dispatch, own, foreign)).toThrow(refused);
  expect(() => verifyWants(roster, dispatch, { vkey: stranger.vkey, recipient: own.recipient }, foreign)).toThrow(refused);
});

test('whoever knows the dispatch but not the device’s key cannot ask for anything', () => {
  const forger = { vkey: device.vkey, sign: (message: Uint8Array) => stranger.sign(message) };
  expect(() => verifyWants(roster, dispatch, own, sealWants(dispatch, wants, forger, nonce))).toThrow(refused);
});

test('an acknowledgement is never taken for wants, nor wants for an acknowledgement, whatever it is sealed as', () => {
  const held = sealAcknowledgement(dispatch, { sequence: 1, quarter: 1, words: true, files: [] }, device, nonce);
  const asked = sealWants(dispatch, wants, device, nonce);
  expect(() => verifyWants(roster, dispatch, own, held)).toThrow(refused);
  expect(() => verifyWants(roster, dispatch, own, sealMessage(dispatch, name, openMessage(dispatch, name, held), nonce, 'wants'))).toThrow(
    refused,
  );
  const acknowledgementRefused = expect.objectContaining({ code: 'ROSTER_ACKNOWLEDGEMENT' });
  const turned = sealMessage(dispatch, name, openMessage(dispatch, name, asked, 'wants'), nonce);
  for (const message of [asked, turned])
    expect(() => verifyAcknowledgement(roster, dispatch, own, message)).toThrow(acknowledgementRefused);
  expect(messageAddress(dispatch, name)).not.toEqual(messageAddress(dispatch, name, 'wants'));
});

test('with any byte changed, or any length, they are refused', () => {
  const message = sealWants(dispatch, wants, device, nonce);
  fc.assert(
    fc.property(fc.nat(messageBytes - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const altered = message.map((byte, i) => (i === at ? byte ^ mask : byte));
      expect(() => verifyWants(roster, dispatch, own, altered)).toThrow(refused);
      expect(() => verifyWants(roster, dispatch, own, message.slice(0, at))).toThrow(refused);
    }),
    { numRuns: 50 },
  );
});
