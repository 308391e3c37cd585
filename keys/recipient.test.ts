import { bech32 } from '@scure/base';
import { Secret, toHex } from '@zajil/format';
import { identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { recipientId, recipientOfSeed } from './recipient.ts';

test('the public half of a seed is the one that typage derives', async () => {
  for (const fill of [0, 7, 255]) {
    const seed = new Uint8Array(32).fill(fill);
    const identity = bech32.encodeFromBytes('AGE-SECRET-KEY-PQ-', seed).toUpperCase();
    const recipient = await identityToRecipient(identity);
    const { words } = bech32.decode(recipient as `${string}1${string}`, 4000);
    expect(toHex(recipientOfSeed(new Secret(seed)))).toBe(toHex(bech32.fromWords(words)));
  }
});

test('a key is named by its hash', () => {
  expect(recipientId(new Uint8Array(1216))).toMatch(/^[0-9a-f]{64}$/);
});
