import { expect, test } from 'vitest';
import { Plaintext, Secret, readPlaintext, revealSecret, utf8 } from './index.ts';

const canary = utf8('canary');
const asText = (value: unknown): string => String(value);

test('neither plaintext nor secret shows its bytes to JSON, to text, to spreading or to cloning', () => {
  for (const ink of [new Plaintext(canary.slice()), new Secret(canary.slice())]) {
    const shown = [
      JSON.stringify({ ink }),
      asText(ink),
      JSON.stringify(Object.assign({}, ink)),
      JSON.stringify(Object.entries(ink)),
      JSON.stringify(structuredClone(ink)),
    ];
    for (const text of shown) {
      expect(text).not.toContain('canary');
      expect(text).not.toContain('99');
    }
  }
});

test('each has one way out, and a wiped secret is zero', () => {
  expect(readPlaintext(new Plaintext(canary))).toBe(canary);
  const bytes = canary.slice();
  const secret = new Secret(bytes);
  expect(revealSecret(secret)).toEqual(canary);
  secret.wipe();
  expect(bytes).toEqual(new Uint8Array(6));
});
