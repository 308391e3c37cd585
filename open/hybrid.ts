/**
 * The secret side of MLKEM768-X25519 (X-Wing) over node:crypto.
 *
 * Sources: draft-connolly-cfrg-xwing-kem section 5.2 (the seed expanded by SHAKE-256); FIPS 203 (ML-KEM-768);
 * RFC 7748 (X25519); C2SP age.md, "The mlkem768x25519 recipient type". A test holds it against typage's own.
 */
import { createDecipheriv, createHash, createPrivateKey, createPublicKey, decapsulate, diffieHellman, type KeyObject } from 'node:crypto';
import { concatBytes, hybridWrapKey, mlkemCiphertextBytes, tagBytes } from '@zajil/format';
import { OpenError } from './refusal.ts';

export const seedBytes = 32;

export interface HybridKey {
  readonly mlkem: KeyObject;
  readonly x25519: KeyObject;
  /** 32 bytes. */
  readonly x25519Public: Uint8Array;
  /** 1216 bytes. */
  readonly recipient: Uint8Array;
}

/** @param seed - 32 bytes. @throws RangeError */
export function expandSeed(seed: Uint8Array): HybridKey {
  if (seed.length !== seedBytes) throw new RangeError('the seed of an identity has 32 bytes');
  const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest();
  const mlkem = createPrivateKey({ key: expanded.subarray(0, 64), format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
  const x25519 = createPrivateKey({ key: expanded.subarray(64), format: 'raw-private', asymmetricKeyType: 'x25519' });
  expanded.fill(0);
  const x25519Public = publicBytes(x25519);
  return { mlkem, x25519, x25519Public, recipient: concatBytes(publicBytes(mlkem), x25519Public) };
}

function publicBytes(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: 'raw-public' }));
}

/**
 * Opens the 32-byte body of a stanza. Null when it was sealed to another key.
 *
 * @param share - 1120 bytes: ML-KEM ciphertext and X25519 ephemeral key
 * @throws OpenError `OPEN_STANZA` when the share is a point of small order
 */
export function unwrap(identity: HybridKey, share: Uint8Array, body: Uint8Array): Uint8Array | null {
  const x25519Share = share.subarray(mlkemCiphertextBytes);
  const x25519Shared = agree(identity.x25519, x25519Share);
  const mlkemShared = decapsulate(identity.mlkem, share.subarray(0, mlkemCiphertextBytes));
  const { key, nonce } = hybridWrapKey({ mlkemShared, x25519Shared, x25519Share, x25519Public: identity.x25519Public });
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(body.subarray(-tagBytes));
  const fileKey = decipher.update(body.subarray(0, -tagBytes));
  for (const secret of [x25519Shared, mlkemShared, key]) secret.fill(0);
  try {
    decipher.final();
  } catch {
    fileKey.fill(0);
    return null;
  }
  return new Uint8Array(fileKey);
}

/** OpenSSL refuses a share of small order, which no honest sealer sends. */
function agree(privateKey: KeyObject, share: Uint8Array): Buffer {
  const publicKey = createPublicKey({ key: Buffer.from(share), format: 'raw-public', asymmetricKeyType: 'x25519' });
  try {
    return diffieHellman({ privateKey, publicKey });
  } catch (cause) {
    throw new OpenError('OPEN_STANZA', 'The lock of this file is malformed. Nothing was opened.', cause);
  }
}
