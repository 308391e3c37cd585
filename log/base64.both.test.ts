import { FormatError } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

test('every byte array has one spelling, and it reads back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
  );
});

test('the vectors of RFC 4648 section 10 hold', () => {
  const words = { '': '', f: 'Zg==', fo: 'Zm8=', foo: 'Zm9v', foob: 'Zm9vYg==', fooba: 'Zm9vYmE=', foobar: 'Zm9vYmFy' };
  for (const [word, text] of Object.entries(words)) expect(toBase64(new TextEncoder().encode(word))).toBe(text);
});

test.each(['Zg', 'Zg=', 'Zh==', 'Zm9v=', 'Zm9v====', '_w==', '-w==', 'Zm 9', 'Zm9v\n', '=', 'Z', 'Zm.v'])('%j is refused', (text) => {
  expect(() => fromBase64(text)).toThrow(FormatError);
});
