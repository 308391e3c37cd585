/** Signatures under a named key. Ed25519 itself is in `ed25519.ts`, and on Node in `ed25519.node.ts`. */
import { isSigned, publicKeyOf, signWith } from '#ed25519';
import { LogError } from './refusal.ts';
import { formatVkey, parseVkey } from './vkey.ts';

/** Signs under a named key. Where the private key lives is the signer's own affair. */
export interface NoteSigner {
  /** Verifier key of kind 0x01. */
  readonly vkey: string;
  /** Raw Ed25519 signature: 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** @param seed - 32 bytes (RFC 8032 private key); copied. @throws RangeError */
export function createSigner(name: string, seed: Uint8Array): NoteSigner {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const secret = seed.slice();
  return { vkey: formatVkey(name, publicKeyOf(secret)), sign: (message) => signWith(secret, message) };
}

/** @throws LogError `LOG_SIGNATURE` unless the key signed this message; `LOG_VKEY` */
export function verifySignature(vkey: string, message: Uint8Array, signature: Uint8Array): void {
  verifyRaw(parseVkey(vkey).publicKey, message, signature);
}

/** Strict as in RFC 8032: no second encoding of a point or scalar passes. @throws LogError `LOG_SIGNATURE` */
export function verifyRaw(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  if (signature.length !== 64 || !isSigned(publicKey, message, signature))
    throw new LogError('LOG_SIGNATURE', 'signature is not by this key over this text');
}
