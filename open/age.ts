/**
 * Opens any age file: armored or not, to X25519, hybrid or passphrase. Parcels go through `openParcel`, which is
 * stricter; this door is for drafts, exports and the testkit of the format.
 *
 * Source: C2SP age.md, whole.
 */
import { concatBytes, Plaintext, readPlaintext, type Secret, streamNonceBytes, tagBytes } from '@zajil/format';
import { armor } from 'age-encryption';
import { ByteQueue } from './byte-queue.ts';
import { headerLength, type HeaderKeys, malformed, openHeader } from './header.ts';
import { PayloadKey, sealedChunkBytes, truncated } from './payload.ts';
import { OpenError } from './refusal.ts';

/**
 * Opens all of a file or nothing.
 *
 * @param armored - whether it must be in ASCII armor; found out from its first bytes when not said
 * @throws OpenError `OPEN_ARMOR`, `OPEN_HEADER`, `OPEN_STANZA`, `OPEN_NO_MATCH`, `OPEN_ALTERED`, `OPEN_TRUNCATED`, `OPEN_TRAILING`
 */
export async function openAge(file: Uint8Array, keys: HeaderKeys, armored: boolean = looksArmored(file)): Promise<Plaintext> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of openAgeStream([armored ? decodeArmor(file) : file], keys)) chunks.push(readPlaintext(chunk));
  return new Plaintext(concatBytes(...chunks));
}

/**
 * Opens a binary file as it streams in, in memory of a few chunks. What was yielded is authentic; that it is *all* is
 * known only when the generator ends without throwing, so show and publish nothing before.
 *
 * @throws OpenError as `openAge`
 */
export async function* openAgeStream(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  keys: HeaderKeys,
): AsyncGenerator<Plaintext, void, void> {
  const queue = new ByteQueue(source);
  const fileKey = await openHeader(await takeHeader(queue), keys);
  if (!fileKey) throw new OpenError('OPEN_NO_MATCH', 'None of the keys given opens this file.');
  yield* openChunks(queue, fileKey);
}

async function takeHeader(queue: ByteQueue): Promise<Uint8Array> {
  let wanted = 256;
  for (;;) {
    const seen = await queue.peek(wanted);
    const length = headerLength(seen);
    if (length !== null) return await queue.take(length);
    if (seen.length < wanted) throw malformed();
    wanted *= 2;
  }
}

async function* openChunks(queue: ByteQueue, fileKey: Secret): AsyncGenerator<Plaintext, void, void> {
  const nonce = await queue.take(streamNonceBytes);
  if (nonce.length < streamNonceBytes) throw malformed();
  const key = new PayloadKey(fileKey, nonce);
  fileKey.wipe();
  try {
    for (let index = 0, last = false; !last; index += 1) {
      const sealed = await queue.take(sealedChunkBytes);
      if (sealed.length < tagBytes || (index > 0 && sealed.length === tagBytes)) throw truncated();
      const middle = sealed.length === sealedChunkBytes ? key.tryOpen(index, false, sealed) : null;
      last = middle === null;
      yield new Plaintext(middle ?? key.open(index, true, sealed));
    }
  } finally {
    key.wipe();
  }
  if ((await queue.peek(1)).length > 0) throw new OpenError('OPEN_TRAILING', 'Bytes follow the end of this file: it was altered.');
}

function looksArmored(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 1024)).toString('latin1').trimStart().startsWith('-----BEGIN');
}

function decodeArmor(file: Uint8Array): Uint8Array {
  try {
    return armor.decode(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file));
  } catch (cause) {
    throw new OpenError('OPEN_ARMOR', 'The text around this sealed file is damaged. Nothing was opened.', cause);
  }
}
