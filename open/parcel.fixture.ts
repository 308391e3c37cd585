/** Parcels for tests, sealed by typage, which this room did not write; also such as only a hostile phone would make. */
import { asCiphertext, type Ciphertext, formatPart, type PartHead, parcelPlainBytes, Secret } from '@zajil/format';
import { Encrypter, identityToRecipient, type Recipient, type Stanza } from 'age-encryption';
import { createIdentity, type Identity } from './identity.ts';
import { formatIdentity } from './identity-text.ts';

export interface Desk {
  readonly identity: Identity;
  /** `AGE-SECRET-KEY-PQ-1…` */
  readonly text: string;
  /** `age1pq1…` */
  readonly recipient: string;
}

export async function foundDesk(seed = 1): Promise<Desk> {
  const secret = new Secret(footage(32, seed));
  const text = formatIdentity(secret);
  return { identity: createIdentity(secret), text, recipient: await identityToRecipient(text) };
}

export const head: PartHead = {
  dispatch: footage(16, 5),
  layer: 'whole',
  file: 2,
  view: 0,
  part: 0,
  parts: 0,
  offset: 0,
  type: 'video/mp4',
};

/** Bytes that differ everywhere and are the same in every run. */
export function footage(bytes: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Keeps a copy of the file key that typage drew. */
export class KeyCopy implements Recipient {
  #key = new Uint8Array(0);

  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    this.#key = fileKey.slice();
    return [];
  }

  get secret(): Secret {
    return new Secret(this.#key.slice());
  }
}

/** Any plaintext as an age file. */
export async function sealAge(plain: Uint8Array, ...recipients: readonly (string | Recipient)[]): Promise<Ciphertext> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return asCiphertext(await encrypter.encrypt(plain));
}

export async function sealParcel(
  desk: Desk,
  content: Uint8Array,
  said: Partial<PartHead> = {},
  bucket = 1 << 20,
): Promise<{ parcel: Ciphertext; fileKey: Secret }> {
  const copy = new KeyCopy();
  const plain = formatPart({ ...head, ...said }, content, parcelPlainBytes(bucket));
  const parcel = await sealAge(plain, desk.recipient, copy);
  return { parcel, fileKey: copy.secret };
}

/** As it is stored: reads count, and may be tampered with. */
export function stored(parcel: Uint8Array): { read: (offset: number, length: number) => Promise<Uint8Array>; reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    reads,
    read: async (offset, length) => {
      reads.push([offset, length]);
      return parcel.slice(offset, offset + length);
    },
  };
}

/** A copy with one bit turned. */
export function altered(bytes: Uint8Array, at: number): Ciphertext {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return asCiphertext(copy);
}
