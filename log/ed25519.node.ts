/**
 * Ed25519 by Node's own OpenSSL, with exactly the answers of `ed25519.ts`: a relay and a phone must never judge one
 * signature differently. OpenSSL's equation is the narrower one, so its yes is taken for a key that is sound, and its
 * no is asked again.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '@zajil/format';
import { isSigned as isSignedSlowly, isSoundKey } from './ed25519.ts';

export { publicKeyOf } from './ed25519.ts';

/** DER before the 32 bytes of a key: PKCS#8 and SubjectPublicKeyInfo of RFC 8410. */
const privatePrefix = fromHex('302e020100300506032b657004220420');
const publicPrefix = fromHex('302a300506032b6570032100');

/** Imported keys; null for one that is not sound. A newsroom knows a handful. */
const keys = new Map<string, KeyObject | null>();
const mostKeys = 256;

export function signWith(seed: Uint8Array, message: Uint8Array): Uint8Array {
  const der = Buffer.from(concatBytes(privatePrefix, seed));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return new Uint8Array(sign(null, message, key));
}

export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = importKey(publicKey);
  if (!key) return false;
  return verify(null, message, key, signature) || isSignedSlowly(publicKey, message, signature);
}

function importKey(publicKey: Uint8Array): KeyObject | null {
  const hex = toHex(publicKey);
  const known = keys.get(hex);
  if (known !== undefined) return known;
  const der = Buffer.from(concatBytes(publicPrefix, publicKey));
  const key = isSoundKey(publicKey) ? createPublicKey({ key: der, format: 'der', type: 'spki' }) : null;
  if (keys.size >= mostKeys) keys.clear();
  keys.set(hex, key);
  return key;
}
