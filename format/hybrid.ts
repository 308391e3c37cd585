/**
 * What both ends of a `mlkem768x25519` stanza compute from the two shared secrets: X-Wing's combiner and HPKE's key.
 *
 * Sources: draft-connolly-cfrg-xwing-kem section 5.3 (SHA3-256 combiner); RFC 9180 sections 4 and 5.1 (base mode,
 * KEM 0x647a, HKDF-SHA256, ChaCha20-Poly1305); C2SP age.md, "The mlkem768x25519 recipient type". Held against typage
 * by tests in `seal` and `open`.
 */
import { extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8 } from './encoding.ts';

export const hybridStanzaType = 'mlkem768x25519';
/** ML-KEM-768 encapsulation key (1184), X25519 public key (32). */
export const hybridRecipientBytes = 1216;
export const mlkemPublicBytes = 1184;
/** ML-KEM-768 ciphertext (1088), X25519 share (32). */
export const hybridShareBytes = 1120;
export const mlkemCiphertextBytes = 1088;

const none = new Uint8Array(0);
/** "HPKE" ‖ KEM ‖ KDF ‖ AEAD, before the label of each derivation. */
const suite = concatBytes(utf8('HPKE-v1HPKE'), Uint8Array.of(0x64, 0x7a, 0x00, 0x01, 0x00, 0x03));

export interface HybridShares {
  readonly mlkemShared: Uint8Array;
  readonly x25519Shared: Uint8Array;
  /** The sender's ephemeral public key, as it travels. */
  readonly x25519Share: Uint8Array;
  readonly x25519Public: Uint8Array;
}

/** Key and nonce that wrap the file key, from the four shares of 32 bytes. What is computed on the way is zeroed. */
export function hybridWrapKey(shares: HybridShares): { key: Uint8Array; nonce: Uint8Array } {
  const { mlkemShared, x25519Shared, x25519Share, x25519Public } = shares;
  const joined = concatBytes(mlkemShared, x25519Shared, x25519Share, x25519Public, utf8('\\.//^\\'));
  const shared = sha3_256(joined);
  const secret = labeledExtract(shared, 'secret', none);
  for (const bytes of [joined, shared]) bytes.fill(0);
  const context = scheduleContext();
  const key = labeledExpand(secret, 'key', context, 32);
  const nonce = labeledExpand(secret, 'base_nonce', context, 12);
  secret.fill(0);
  return { key, nonce };
}

let kept: Uint8Array | null = null;

/** Mode, hash of no PSK, hash of the info: the same for every stanza. */
function scheduleContext(): Uint8Array {
  kept ??= concatBytes(
    Uint8Array.of(0),
    labeledExtract(none, 'psk_id_hash', none),
    labeledExtract(none, 'info_hash', utf8('age-encryption.org/mlkem768x25519')),
  );
  return kept;
}

function labeledExtract(salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
  return extract(sha256, concatBytes(suite, utf8(label), input), salt);
}

/** One block of HKDF-Expand is all that this suite needs. @param bytes - at most 32 */
function labeledExpand(secret: Uint8Array, label: string, context: Uint8Array, bytes: number): Uint8Array {
  const info = concatBytes(Uint8Array.of(0, bytes), suite, utf8(label), context);
  return hmac(sha256, secret, concatBytes(info, Uint8Array.of(1))).subarray(0, bytes);
}
