/**
 * The newsroom's key as a recipient for typage, computed by node:crypto: a twentieth of the time of the portable one.
 * It also sees the file key, so that it can be wiped.
 *
 * Sources: draft-connolly-cfrg-xwing-kem section 5.4; FIPS 203; RFC 7748; C2SP age.md, "The mlkem768x25519 recipient type".
 */
import { createCipheriv, createPublicKey, diffieHellman, encapsulate, generateKeyPairSync } from 'node:crypto';
import { concatBytes, hybridStanzaType, hybridWrapKey, mlkemPublicBytes, tagBytes } from '@zajil/format';
import { type Recipient, Stanza } from 'age-encryption';
import { FileKeyWitness } from './file-key-witness.ts';

export class NativeRecipient extends FileKeyWitness implements Recipient {
  readonly #recipient: Uint8Array;

  /** @param recipient - 1216 bytes */
  constructor(recipient: Uint8Array) {
    super();
    this.#recipient = recipient;
  }

  /** @throws Error of OpenSSL when the recipient is no public key */
  override wrapFileKey(fileKey: Uint8Array): Stanza[] {
    super.wrapFileKey(fileKey);
    const x25519Public = this.#recipient.subarray(mlkemPublicBytes);
    const mlkem = encapsulate(
      createPublicKey({
        key: Buffer.from(this.#recipient.subarray(0, mlkemPublicBytes)),
        format: 'raw-public',
        asymmetricKeyType: 'ml-kem-768',
      }),
    );
    const { x25519Shared, x25519Share } = agree(x25519Public);
    const { key, nonce } = hybridWrapKey({ mlkemShared: mlkem.sharedKey, x25519Shared, x25519Share, x25519Public });
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagBytes });
    const body = concatBytes(cipher.update(fileKey), cipher.final(), cipher.getAuthTag());
    for (const secret of [mlkem.sharedKey, x25519Shared, key]) secret.fill(0);
    return [new Stanza([hybridStanzaType, toBase64(concatBytes(mlkem.ciphertext, x25519Share))], body)];
  }
}

/** X25519 with a key pair of its own for each call. */
function agree(x25519Public: Uint8Array): { x25519Shared: Buffer; x25519Share: Uint8Array } {
  const ephemeral = generateKeyPairSync('x25519');
  const publicKey = createPublicKey({ key: Buffer.from(x25519Public), format: 'raw-public', asymmetricKeyType: 'x25519' });
  return {
    x25519Shared: diffieHellman({ privateKey: ephemeral.privateKey, publicKey }),
    x25519Share: new Uint8Array(ephemeral.publicKey.export({ format: 'raw-public' })),
  };
}

/** RFC 4648 section 4, without padding. */
function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
