import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSigner } from './signer.ts';
import { formatCosignatureVkey, formatVkey, isKeyName, parseCosignatureVkey, parseVkey } from './vkey.ts';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isKeyName);
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('a verifier key reads back as name and key', () => {
  fc.assert(
    fc.property(name, key, (name, publicKey) => {
      const parsed = parseVkey(formatVkey(name, publicKey));
      expect(parsed).toMatchObject({ name, publicKey });
    }),
  );
});

test('a verifier key with any character changed is refused', () => {
  const { vkey } = createSigner('example.com/log', new Uint8Array(32).fill(1));
  fc.assert(
    fc.property(fc.nat(vkey.length - 1), fc.constantFrom('a', 'B', '3', '+', '/', '=', ' ', '\n'), (at, character) => {
      fc.pre(vkey[at] !== character);
      expect(() => parseVkey(vkey.slice(0, at) + character + vkey.slice(at + 1))).toThrow('verifier key');
    }),
  );
});

test('a cosigner is known by its plain key and by its own spelling alike', () => {
  const { vkey } = createSigner('witness.example', new Uint8Array(32).fill(2));
  const spelled = formatCosignatureVkey(vkey);
  expect(parseCosignatureVkey(spelled)).toEqual(parseCosignatureVkey(vkey));
  expect(() => parseVkey(spelled)).toThrow('of a kind');
});

test('names with white space or plus signs, and short keys, are our own mistake', () => {
  for (const bad of ['', 'a b', 'a+b', 'a\nb', 'a\u00a0b']) expect(() => formatVkey(bad, new Uint8Array(32))).toThrow(RangeError);
  expect(() => formatVkey('a', new Uint8Array(31))).toThrow(RangeError);
});
