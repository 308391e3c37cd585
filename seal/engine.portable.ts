/**
 * Sealing wherever JavaScript runs: typage's `Encrypter` from header to payload, WebCrypto for hashes where it is there.
 *
 * Randomness is typage's own: `crypto.getRandomValues`. Source: C2SP age.md.
 */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { Encrypter } from 'age-encryption';
import type { RunningHash, SealEngine } from './engine.ts';
import { FileKeyWitness } from './file-key-witness.ts';
import { badRecipient, toRecipient } from './recipient.ts';

async function sealAge(plaintext: Uint8Array, recipient: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  const witness = new FileKeyWitness();
  encrypter.addRecipient(toRecipient(recipient));
  encrypter.addRecipient(witness);
  try {
    return await encrypter.encrypt(plaintext);
  } catch (cause) {
    throw badRecipient(cause);
  } finally {
    witness.wipe();
  }
}

/** WebCrypto's digest is absent from a page that came over plain HTTP; its own code then hashes, slower. */
function subtle(): SubtleCrypto | null {
  const given = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  return typeof given?.digest === 'function' ? given : null;
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const platform = subtle();
  if (!platform) return nobleSha256(bytes);
  return new Uint8Array(await platform.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

async function hashPieces(parcel: Uint8Array, pieceBytes: number): Promise<Uint8Array[]> {
  const pieces = Array.from({ length: parcel.length / pieceBytes }, (_, i) => parcel.subarray(i * pieceBytes, (i + 1) * pieceBytes));
  return await Promise.all(pieces.map(sha256));
}

/** WebCrypto has no incremental hash, and an original need not fit in memory. */
function startHash(): RunningHash {
  const hash = nobleSha256.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

export const portableEngine: SealEngine = { sealAge, hashPieces, sha256, startHash };
