import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { messageAddress, messageBodyBytes, messageBytes, openMessage, sealMessage, toHex } from './index.ts';

const inputs = fc.record({
  dispatch: bytesOf(16),
  device: fc.string({ minLength: 1, maxLength: 40 }),
  body: bytesOf(messageBodyBytes),
  nonce: bytesOf(24),
});

test('a message opens for its dispatch and device, and for no other', () => {
  always(
    fc.tuple(inputs, bytesOf(16)),
    ([{ dispatch, device, body, nonce }, other]) => {
      const message = sealMessage(dispatch, device, body, nonce);
      expect(message.length).toBe(messageBytes);
      expect(openMessage(dispatch, device, message)).toEqual(body);
      expect(codeOf(() => openMessage(dispatch, `${device}x`, message))).toBe('FORMAT_SEALED');
      if (toHex(other) !== toHex(dispatch)) expect(codeOf(() => openMessage(other, device, message))).toBe('FORMAT_SEALED');
    },
    40,
  );
});

test('a message with any bit turned is refused', () => {
  const message = sealMessage(new Uint8Array(16), 'device', new Uint8Array(messageBodyBytes), new Uint8Array(24));
  always(
    fc.tuple(fc.nat(511), fc.nat(7)),
    ([byte, bit]) => {
      const spoiled = message.slice();
      spoiled[byte] = (spoiled[byte] ?? 0) ^ (1 << bit);
      expect(codeOf(() => openMessage(new Uint8Array(16), 'device', spoiled))).toBe('FORMAT_SEALED');
    },
    50,
  );
});

test('openMessage() ends in a body or a refusal', () => {
  const valid = inputs.map(({ body, nonce }) => sealMessage(new Uint8Array(16), 'device', body, nonce));
  endsInValueOrRefusal(spoiledBytes(valid), (bytes) => openMessage(new Uint8Array(16), 'device', bytes), 100);
  expect(codeOf(() => openMessage(new Uint8Array(16), 'device', new Uint8Array(511)))).toBe('FORMAT_RANGE');
});

test('each device has its own address, which is that of the protocol', () => {
  const dispatch = new Uint8Array(16).fill(1);
  expect(toHex(messageAddress(dispatch, 'newsroom.example/one'))).toBe('cf539d10ca5e432ad7386ae8ccf43a8cd564f9d0c0443ec7a0a7d4fa3561d62f');
  expect(messageAddress(dispatch, 'a')).not.toEqual(messageAddress(dispatch, 'b'));
});

test('an acknowledgement and wants have addresses and keys of their own', () => {
  const dispatch = new Uint8Array(16).fill(1);
  const body = new Uint8Array(messageBodyBytes);
  const wants = sealMessage(dispatch, 'one', body, new Uint8Array(24), 'wants');
  expect(openMessage(dispatch, 'one', wants, 'wants')).toEqual(body);
  expect(codeOf(() => openMessage(dispatch, 'one', wants))).toBe('FORMAT_SEALED');
  expect(sealMessage(dispatch, 'one', body, new Uint8Array(24))).not.toEqual(wants);
  expect(messageAddress(dispatch, 'one')).toEqual(messageAddress(dispatch, 'one', 'acknowledgement'));
  expect(messageAddress(dispatch, 'one')).not.toEqual(messageAddress(dispatch, 'one', 'wants'));
});
