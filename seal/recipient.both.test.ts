import { identityToRecipient, generateHybridIdentity } from 'age-encryption';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromRecipient, recipientBytes, toRecipient } from './recipient.ts';

it('reads and writes the recipient as age writes it', async () => {
  const text = await identityToRecipient(await generateHybridIdentity());
  expect(text).toMatch(/^age1pq1[a-z0-9]{1952}$/);
  expect(toRecipient(fromRecipient(text))).toBe(text);
});

it('gives back every public key', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: recipientBytes, maxLength: recipientBytes, max: 0xcf }), (bytes) => {
      for (let i = 1; i < 1152; i += 3) bytes[i] = (bytes[i] ?? 0) & 0xcc;
      expect(fromRecipient(toRecipient(bytes))).toEqual(bytes);
    }),
    { numRuns: 20 },
  );
});

it('refuses one changed character anywhere', () => {
  const text = toRecipient(new Uint8Array(recipientBytes).fill(7));
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('q', 'p', 'z', '1', 'b', 'A', ' '), (at, character) => {
      fc.pre(text[at] !== character);
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      expect(() => fromRecipient(changed)).toThrow(expect.objectContaining({ code: 'SEAL_RECIPIENT' }));
    }),
    { numRuns: 50 },
  );
});

it.each(['', 'age1pq1', 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj'])('refuses %j', (text) => {
  expect(() => fromRecipient(text)).toThrow(expect.objectContaining({ code: 'SEAL_RECIPIENT' }));
});

it('refuses another length', () => {
  expect(() => toRecipient(new Uint8Array(32))).toThrow(expect.objectContaining({ code: 'SEAL_RECIPIENT' }));
});

it('takes the largest coefficient of ML-KEM, and none larger', () => {
  const bytes = new Uint8Array(recipientBytes);
  bytes.set([0x00, 0x0d], 0);
  expect(toRecipient(bytes)).toMatch(/^age1pq1/);
  bytes.set([0x01, 0x0d], 0);
  expect(() => toRecipient(bytes)).toThrow(expect.objectContaining({ code: 'SEAL_RECIPIENT' }));
  bytes.set([0x00, 0x10, 0xd0], 0);
  expect(() => toRecipient(bytes)).toThrow(expect.objectContaining({ code: 'SEAL_RECIPIENT' }));
});
