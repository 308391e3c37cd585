import { expect, test } from 'vitest';
import { hybridWrapKey, toHex } from './index.ts';

test('the key of a stanza is that of X-Wing and HPKE, computed apart', () => {
  const shares = [1, 2, 3, 4].map((value) => new Uint8Array(32).fill(value)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const [mlkemShared, x25519Shared, x25519Share, x25519Public] = shares;
  const { key, nonce } = hybridWrapKey({ mlkemShared, x25519Shared, x25519Share, x25519Public });
  expect(toHex(key)).toBe('0472dc44dfa55b12dc42c613cb5218247bd09e3aba2443769067b1f57446d19d');
  expect(toHex(nonce)).toBe('f6dd511a4824b195321d8a51');
  expect(shares.map((share) => share[0])).toEqual([1, 2, 3, 4]);
});
