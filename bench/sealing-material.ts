/** What the sealing measurement works on: one plaintext, sealed once in each way that is later opened. */
import { createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asCiphertext, chunkBytes, parcelPlainBytes, partHeadBytes, revealSecret, Secret, streamNonce, tagBytes } from '@zajil/format';
import { createIdentity, formatIdentity, type Identity, openParcel, recipientOf } from '@zajil/open';
import { type SealedParcel, sealBytes, type StreamHead, toRecipient } from '@zajil/seal';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

/** The long file that is opened as a stream. */
const filmBytes = 16 * 1024 * 1024;

export const stream: StreamHead = { dispatch: randomBytes(16), layer: 'whole', file: 0, view: 0, type: 'video/mp4' };
/** As much as one parcel of 1 MiB holds. */
export const contentBytes = parcelPlainBytes(1024 * 1024) - partHeadBytes(stream.type);

export interface Material {
  readonly identity: Identity;
  readonly identityText: string;
  readonly recipient: Uint8Array;
  readonly content: Uint8Array;
  readonly parcel: SealedParcel;
  readonly parcelKey: Secret;
  /** An age file with a payload of 16 MiB, to the same recipient. */
  readonly film: Uint8Array;
  readonly filmBytes: number;
  /** The payloads as the bare cipher takes them. */
  readonly rawParcel: RawPayload;
  readonly rawFilm: RawPayload;
  /** For the `age` command of Debian, which knows X25519 only. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function prepare(): Promise<Material> {
  const seed = new Secret(randomBytes(32));
  const identity = createIdentity(seed);
  const recipient = recipientOf(identity);
  const content = randomBytes(contentBytes);
  const [parcel] = await sealBytes(stream, content, recipient);
  const opened = parcel && (await openParcel(parcel.bytes, [identity]));
  if (!parcel || !opened) throw new Error('the parcel did not open');
  const plain = randomBytes(filmBytes);
  const { file: film, fileKey } = await encrypt(plain, toRecipient(recipient));
  const folder = await writeForAge(plain);
  return {
    identity,
    identityText: formatIdentity(seed),
    recipient,
    content,
    parcel,
    parcelKey: opened.fileKey,
    film,
    filmBytes,
    rawParcel: new RawPayload(parcel.bytes, opened.fileKey),
    rawFilm: new RawPayload(film, fileKey),
    folder,
    remove: async () => await rm(folder, { recursive: true }),
  };
}

async function encrypt(plain: Uint8Array, recipient: string): Promise<{ file: Uint8Array; fileKey: Secret }> {
  let fileKey = new Secret(new Uint8Array(0));
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = new Secret(key.slice());
      return [];
    },
  });
  return { file: asCiphertext(await encrypter.encrypt(plain)), fileKey };
}

async function writeForAge(plain: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-bench-'));
  const identity = await generateX25519Identity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  await writeFile(join(folder, 'key.txt'), `${identity}\n`, { mode: 0o600 });
  await writeFile(join(folder, 'film.age'), await encrypter.encrypt(plain));
  return folder;
}

/** The yardstick: node's own chacha20-poly1305 over the same chunks, tags checked, plaintext dropped. */
export class RawPayload {
  readonly #key: Uint8Array;
  readonly #sealed: Uint8Array;

  constructor(file: Uint8Array, fileKey: Secret) {
    const payloadAt = 1627;
    const nonce = file.subarray(payloadAt, payloadAt + 16);
    this.#key = new Uint8Array(hkdfSync('sha256', revealSecret(fileKey), nonce, 'payload', 32));
    this.#sealed = file.subarray(payloadAt + 16);
  }

  decipher(): number {
    const sealedChunk = chunkBytes + tagBytes;
    const chunks = Math.ceil(this.#sealed.length / sealedChunk);
    let bytes = 0;
    for (let i = 0; i < chunks; i += 1) {
      const chunk = this.#sealed.subarray(i * sealedChunk, (i + 1) * sealedChunk);
      const end = chunk.length - tagBytes;
      const decipher = createDecipheriv('chacha20-poly1305', this.#key, streamNonce(i, i === chunks - 1), { authTagLength: tagBytes });
      decipher.setAuthTag(chunk.subarray(end));
      bytes += decipher.update(chunk.subarray(0, end)).length;
      decipher.final();
    }
    return bytes;
  }
}
