/**
 * Sealing in Node: header written by typage with native ML-KEM, payload STREAM and hashes by node:crypto.
 *
 * Source: C2SP age.md, "Payload": key = HKDF-SHA-256(file key, nonce, "payload"), ChaCha20-Poly1305 over 64 KiB chunks.
 */
import { createCipheriv, createHash, hash, hkdfSync, randomFillSync } from 'node:crypto';
import { chunkBytes, giveBack, hashBytes, streamCiphertextBytes, streamNonce, streamNonceBytes, tagBytes } from '@zajil/format';
import { Encrypter } from 'age-encryption';
import type { RunningHash, SealEngine } from './engine.ts';
import { NativeRecipient } from './native-recipient.ts';
import { badRecipient, recipientBytes } from './recipient.ts';

async function sealAge(plaintext: Uint8Array, recipient: Uint8Array): Promise<Uint8Array> {
  if (recipient.length !== recipientBytes) throw badRecipient();
  const native = new NativeRecipient(recipient);
  try {
    return sealPayload(await writeHeader(native), native.fileKey, plaintext);
  } finally {
    native.wipe();
  }
}

/** typage is given a payload that never comes: what is wanted of it is the header, its first chunk, and the file key. */
async function writeHeader(recipient: NativeRecipient): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  try {
    const file = await encrypter.encrypt(new ReadableStream<Uint8Array>());
    const reader = file.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return value ?? new Uint8Array(0);
  } catch (cause) {
    throw badRecipient(cause);
  }
}

/** Header, a fresh payload nonce, and the sealed chunks, in one array. */
function sealPayload(header: Uint8Array, fileKey: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const file = new Uint8Array(Buffer.allocUnsafeSlow(header.length + streamNonceBytes + streamCiphertextBytes(plaintext.length)).buffer);
  file.set(header);
  const nonce = randomFillSync(file.subarray(header.length, header.length + streamNonceBytes));
  const key = new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
  let at = header.length + streamNonceBytes;
  const chunks = Math.max(1, Math.ceil(plaintext.length / chunkBytes));
  for (let i = 0; i < chunks; i += 1) {
    const cipher = createCipheriv('chacha20-poly1305', key, streamNonce(i, i === chunks - 1), { authTagLength: tagBytes });
    const sealed = cipher.update(plaintext.subarray(i * chunkBytes, (i + 1) * chunkBytes));
    cipher.final();
    file.set(sealed, at);
    file.set(cipher.getAuthTag(), at + sealed.length);
    at += sealed.length + tagBytes;
    giveBack(sealed);
  }
  key.fill(0);
  return file;
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** Digests leave OpenSSL as latin1 and land in one array: 256 small buffers cost as much as the hashing itself. */
function hashAll(parcel: Uint8Array, pieceBytes: number): Uint8Array[] {
  const count = parcel.length / pieceBytes;
  const digests = Buffer.alloc(count * hashBytes);
  for (let i = 0; i < count; i += 1)
    digests.write(hash('sha256', parcel.subarray(i * pieceBytes, (i + 1) * pieceBytes), 'latin1'), i * hashBytes, 'latin1');
  return Array.from({ length: count }, (_, i) => digests.subarray(i * hashBytes, (i + 1) * hashBytes));
}

function startHash(): RunningHash {
  const running = createHash('sha256');
  return { update: (bytes) => void running.update(bytes), digest: () => new Uint8Array(running.digest()) };
}

export const nodeEngine: SealEngine = {
  sealAge,
  hashPieces: async (parcel, pieceBytes) => hashAll(parcel, pieceBytes),
  sha256: async (bytes) => sha256(bytes),
  startHash,
};
