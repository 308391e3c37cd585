import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always } from './hostile.ts';
import {
  chunkBytes,
  layerFromNumber,
  layerNumber,
  layers,
  scopeOfLayer,
  streamCiphertextBytes,
  streamNonce,
  tagBytes,
  toHex,
} from './index.ts';

test('the nonce is an 11-byte counter and the mark of the last chunk', () => {
  always(fc.tuple(fc.nat(2 ** 48), fc.boolean()), ([index, last]) => {
    expect(toHex(streamNonce(index, last))).toBe(index.toString(16).padStart(22, '0') + (last ? '01' : '00'));
  });
  for (const index of [-1, 0.5, 2 ** 48 + 1, NaN]) expect(() => streamNonce(index, true)).toThrow(RangeError);
});

test('every chunk costs a tag, and an empty stream has one chunk', () => {
  expect([0, 1, chunkBytes, chunkBytes + 1].map(streamCiphertextBytes)).toEqual([
    tagBytes,
    1 + tagBytes,
    chunkBytes + tagBytes,
    chunkBytes + 1 + 2 * tagBytes,
  ]);
});

test('each layer has its number and its key', () => {
  expect(layers.map(layerNumber)).toEqual([0, 1, 2, 3, 4]);
  for (const layer of layers) expect(layerFromNumber(layerNumber(layer))).toBe(layer);
  expect(layers.map(scopeOfLayer)).toEqual(['day', 'day', 'day', 'month', 'month']);
});
