import { sha256 } from '@noble/hashes/sha2.js';
import { expect, it, vi } from 'vitest';
import { engineContract, footage } from './engine.contract.ts';
import { portableEngine } from './engine.portable.ts';

engineContract('the portable engine', portableEngine);

it('hashes without WebCrypto, as on a page that came over plain HTTP', async () => {
  const bytes = footage(8192);
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  try {
    expect(await portableEngine.sha256(bytes)).toEqual(sha256(bytes));
    expect(await portableEngine.hashPieces(bytes, 4096)).toEqual([sha256(bytes.subarray(0, 4096)), sha256(bytes.subarray(4096))]);
  } finally {
    vi.unstubAllGlobals();
  }
});
