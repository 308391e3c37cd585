/** Ed25519 (RFC 8032) in every engine. `ed25519.node.ts` gives the same answers faster. */
import { ed25519 } from '@noble/curves/ed25519.js';

/** @param seed - 32 bytes */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

/** 64 bytes, the same for the same message. */
export function signWith(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

/**
 * The cofactored equation of RFC 8032 section 5.1.7, without second encodings of points or scalars, and without keys
 * of small order, under which one signature fits many texts.
 *
 * @param signature - 64 bytes
 */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** Whether a public key is one that `isSigned` takes at all. */
export function isSoundKey(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}
