/**
 * The public half of a hybrid identity: 1,216 bytes, ML-KEM-768 (FIPS 203) and then X25519 (RFC 7748).
 *
 * Both private keys are SHAKE256(seed, 96 bytes), as in draft-irtf-cfrg-hybrid-kems for MLKEM768-X25519, which age's
 * `mlkem768x25519` recipient uses. Held to typage's own result by a test.
 */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { type Secret, concatBytes, revealSecret, toHex } from '@zajil/format';

/** @param seed - 32 bytes */
export function recipientOfSeed(seed: Secret): Uint8Array {
  const expanded = createHash('shake256', { outputLength: 96 }).update(revealSecret(seed)).digest();
  const lattice = createPrivateKey({ key: expanded.subarray(0, 64), format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
  const curve = createPrivateKey({ key: expanded.subarray(64), format: 'raw-private', asymmetricKeyType: 'x25519' });
  const recipient = concatBytes(
    createPublicKey(lattice).export({ format: 'raw-public' }),
    createPublicKey(curve).export({ format: 'raw-public' }),
  );
  expanded.fill(0);
  return recipient;
}

/** The id under which the roster names a key: SHA-256, hex. */
export function recipientId(recipient: Uint8Array): string {
  return toHex(createHash('sha256').update(recipient).digest());
}
