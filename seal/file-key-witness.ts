/**
 * Stands beside the real recipient in typage's `Encrypter` and sees the file key, so that it can be wiped. It adds no
 * stanza: the header still has exactly one.
 */
import type { Recipient, Stanza } from 'age-encryption';

export class FileKeyWitness implements Recipient {
  #fileKey: Uint8Array | null = null;

  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    this.#fileKey = fileKey;
    return [];
  }

  /** The very array that typage drew, not a copy. @throws TypeError before there is one */
  get fileKey(): Uint8Array {
    if (!this.#fileKey) throw new TypeError('no file key has been drawn yet');
    return this.#fileKey;
  }

  /** Zeroes typage's file key in place; what it derived from it is beyond reach and left to the collector. */
  wipe(): void {
    this.#fileKey?.fill(0);
    this.#fileKey = null;
  }
}
