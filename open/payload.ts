/**
 * The payload of an age file: ChaCha20-Poly1305 in the STREAM construction over node:crypto. Nothing of a chunk is
 * returned before its tag holds.
 *
 * Source: C2SP age.md, "The payload".
 */
import { createDecipheriv, hkdfSync } from 'node:crypto';
import { chunkBytes, giveBack, revealSecret, type Secret, streamNonce, streamNonceBytes, tagBytes } from '@zajil/format';
import { OpenError } from './refusal.ts';

export const sealedChunkBytes = chunkBytes + tagBytes;

/** Where the chunks of a payload stand; offsets count from its 16-byte nonce's end. */
export interface ChunkMap {
  readonly chunks: number;
  /** Bytes of plaintext. */
  readonly plainBytes: number;
}

/** @param sealedBytes - payload without its nonce. @throws OpenError `OPEN_TRUNCATED` when no payload has this length */
export function mapChunks(sealedBytes: number): ChunkMap {
  const chunks = Math.max(1, Math.ceil(sealedBytes / sealedChunkBytes));
  const last = sealedBytes - (chunks - 1) * sealedChunkBytes;
  if (last < tagBytes || (chunks > 1 && last === tagBytes)) throw truncated();
  return { chunks, plainBytes: sealedBytes - chunks * tagBytes };
}

export class PayloadKey {
  readonly #key: Uint8Array;

  /** @param nonce - the payload's first 16 bytes */
  constructor(fileKey: Secret, nonce: Uint8Array) {
    if (nonce.length !== streamNonceBytes) throw truncated();
    this.#key = new Uint8Array(hkdfSync('sha256', revealSecret(fileKey), nonce, 'payload', 32));
  }

  /** @param sealed - the chunk and its tag. Null when its tag does not hold */
  tryOpen(index: number, last: boolean, sealed: Uint8Array): Uint8Array | null {
    const decipher = createDecipheriv('chacha20-poly1305', this.#key, streamNonce(index, last), { authTagLength: tagBytes });
    const end = sealed.length - tagBytes;
    decipher.setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch {
      plain.fill(0);
      return null;
    }
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  }

  /** @throws OpenError `OPEN_TRUNCATED` when the file was cut after this chunk, else `OPEN_ALTERED` */
  open(index: number, last: boolean, sealed: Uint8Array): Uint8Array {
    const plain = this.tryOpen(index, last, sealed);
    if (plain) return plain;
    if (last && sealed.length === sealedChunkBytes && this.tryOpen(index, false, sealed)) throw truncated();
    throw new OpenError('OPEN_ALTERED', 'This file was altered or damaged on its way. Nothing of the damaged part was opened.');
  }

  wipe(): void {
    this.#key.fill(0);
  }
}

/** All of a payload at once. @param payload - nonce and chunks. @throws OpenError `OPEN_ALTERED`, `OPEN_TRUNCATED` */
export function openPayload(fileKey: Secret, payload: Uint8Array): Uint8Array {
  const key = new PayloadKey(fileKey, payload.subarray(0, streamNonceBytes));
  const sealed = payload.subarray(streamNonceBytes);
  const map = mapChunks(sealed.length);
  const plain = Buffer.allocUnsafeSlow(map.plainBytes);
  try {
    for (let i = 0; i < map.chunks; i += 1) {
      const chunk = sealed.subarray(i * sealedChunkBytes, (i + 1) * sealedChunkBytes);
      const opened = key.open(i, i === map.chunks - 1, chunk);
      plain.set(opened, i * chunkBytes);
      giveBack(opened.fill(0));
    }
  } finally {
    key.wipe();
  }
  return new Uint8Array(plain.buffer);
}

export function truncated(): OpenError {
  return new OpenError('OPEN_TRUNCATED', 'This file ends too early. What is missing may still arrive; nothing was opened.');
}
