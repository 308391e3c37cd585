/**
 * A large sealed file of the desk's own making (released media): age's STREAM under a random key that stands in a
 * record. Seekable by 64 KiB chunk; nothing of a chunk is released before its tag holds.
 *
 * Source: C2SP age.md, "Payload"; the key is used for one file only, so no payload nonce is needed.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type Secret, Plaintext, chunkBytes, concatBytes, revealSecret, streamCiphertextBytes, streamNonce, tagBytes } from '@zajil/format';
import { DeskError, writing } from '../refusal.ts';

const sealedChunkBytes = chunkBytes + tagBytes;

function sealChunk(key: Secret, index: number, last: boolean, chunk: Uint8Array): Uint8Array {
  const cipher = createCipheriv('chacha20-poly1305', revealSecret(key), streamNonce(index, last), { authTagLength: tagBytes });
  return concatBytes(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
}

/**
 * Seals what streams in. The file is there only when all of it is durable.
 *
 * @returns bytes of content. @throws DeskError `DESK_DISK`; whatever the source throws, and then no file is left
 */
export async function writeBlob(path: string, key: Secret, source: AsyncIterable<Uint8Array>): Promise<number> {
  const temporary = `${path}.tmp`;
  try {
    const bytes = await writing(async () => {
      const file = await open(temporary, 'w', 0o600);
      try {
        const written = await writeChunks(file, key, source);
        await file.sync();
        return written;
      } finally {
        await file.close();
      }
    });
    await rename(temporary, path);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeChunks(file: FileHandle, key: Secret, source: AsyncIterable<Uint8Array>): Promise<number> {
  let held: Uint8Array = new Uint8Array(0);
  let index = 0;
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    held = concatBytes(held, piece);
    // One chunk stays back: only the end tells which is the last.
    while (held.length > chunkBytes) {
      await file.write(sealChunk(key, index, false, held.subarray(0, chunkBytes)));
      held = held.slice(chunkBytes);
      index += 1;
    }
  }
  await file.write(sealChunk(key, index, true, held));
  return bytes;
}

/**
 * Content from `from` up to, not including, `to`, chunk by chunk.
 *
 * @param bytes - of the whole content. @throws DeskError `DESK_VANISHED` when the file is gone, cut or altered
 */
export async function* readBlob(path: string, key: Secret, bytes: number, from: number, to: number): AsyncGenerator<Plaintext> {
  const last = Math.max(0, Math.ceil(bytes / chunkBytes) - 1);
  const file = await open(path, 'r').catch(vanished);
  try {
    for (let index = Math.floor(from / chunkBytes); index * chunkBytes < to; index += 1) {
      const length = index === last ? streamCiphertextBytes(bytes) - last * sealedChunkBytes : sealedChunkBytes;
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, index * sealedChunkBytes);
      const chunk = openChunk(key, index, index === last, buffer.subarray(0, bytesRead));
      yield new Plaintext(chunk.subarray(Math.max(0, from - index * chunkBytes), to - index * chunkBytes));
    }
  } finally {
    await file.close();
  }
}

function openChunk(key: Secret, index: number, last: boolean, sealed: Uint8Array): Uint8Array {
  if (sealed.length < tagBytes) return vanished();
  const decipher = createDecipheriv('chacha20-poly1305', revealSecret(key), streamNonce(index, last), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return concatBytes(decipher.update(sealed.subarray(0, -tagBytes)), decipher.final());
  } catch (cause) {
    return vanished(cause);
  }
}

function vanished(cause?: unknown): never {
  throw new DeskError(
    'DESK_VANISHED',
    'A released file of the vault is gone or damaged. Nothing else is touched. Restore the vault from a copy, or make the release again.',
    cause,
  );
}
