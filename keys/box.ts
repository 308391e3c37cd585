/**
 * A box: bytes sealed under a symmetric key, padded to a power of two so that their length says little.
 *
 * `docs/protocol.md` section "Box". Made as age makes its payload: a fresh random salt gives each box its own key,
 * HKDF-SHA256(ikm = key, salt, info = "zajil/1 box " ‖ context), used once, with ChaCha20-Poly1305 (RFC 8439), a
 * nonce of zeros, and the bytes before it as additional data.
 *
 *     box  = "ZJX1" ‖ salt (32 bytes) ‖ ciphertext ‖ tag (16 bytes)
 *     text = length (4 bytes, big-endian) ‖ content ‖ zeros
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { type Secret, Cursor, concatBytes, equalBytes, revealSecret, utf8 } from '@zajil/format';
import { KeysError } from './refusal.ts';

const magic = utf8('ZJX1');
const saltBytes = 32;
const tagBytes = 16;
const aroundBytes = magic.length + saltBytes + tagBytes;
/** Smallest box, in bytes. */
export const leastBoxBytes = 4096;
/** Largest box, in bytes: what one record may hold in memory. */
export const mostBoxBytes = 256 * 1024 * 1024;
const zeroNonce = new Uint8Array(12);

/** Draws random bytes; given so that a run can be replayed. */
export type Random = (bytes: number) => Uint8Array;

export interface BoxOptions {
  readonly key: Secret;
  /** What the box is for, e.g. a record's id: a box does not open in another place. */
  readonly context: string;
  /** Bytes that stand before the box and that it vouches for. */
  readonly before?: Uint8Array;
}

function boxKey(options: BoxOptions, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', revealSecret(options.key), salt, utf8(`zajil/1 box ${options.context}`), 32));
}

/** Length of the box, in bytes, that holds this many. */
export function boxBytes(contentBytes: number): number {
  let bytes = leastBoxBytes;
  while (bytes - aroundBytes - 4 < contentBytes) bytes *= 2;
  return bytes;
}

/** @throws RangeError when the content is larger than a box may be */
export function sealBox(options: BoxOptions, content: Uint8Array, random: Random): Uint8Array {
  const bytes = boxBytes(content.length);
  if (bytes > mostBoxBytes) throw new RangeError('a box holds at most 256 MiB');
  const text = new Uint8Array(bytes - aroundBytes);
  new DataView(text.buffer).setUint32(0, content.length);
  text.set(content, 4);
  const start = concatBytes(magic, random(saltBytes));
  const cipher = createCipheriv('chacha20-poly1305', boxKey(options, start.subarray(magic.length)), zeroNonce, { authTagLength: tagBytes });
  cipher.setAAD(concatBytes(options.before ?? new Uint8Array(0), start), { plaintextLength: text.length });
  const sealed = concatBytes(start, cipher.update(text), cipher.final(), cipher.getAuthTag());
  text.fill(0);
  return sealed;
}

/** @throws KeysError `KEYS_TRUNCATED`, `KEYS_VERSION`, `KEYS_ALTERED` */
export function openBox(options: BoxOptions, box: Uint8Array): Uint8Array {
  if (box.length < leastBoxBytes || !Number.isInteger(Math.log2(box.length))) throw truncated();
  if (!equalBytes(box.subarray(0, magic.length), magic))
    throw new KeysError(
      'KEYS_VERSION',
      'This sealed file is of another kind or was overwritten. Nothing was changed. Restore it from a copy.',
    );
  const start = box.subarray(0, magic.length + saltBytes);
  const decipher = createDecipheriv('chacha20-poly1305', boxKey(options, start.subarray(magic.length)), zeroNonce, {
    authTagLength: tagBytes,
  });
  decipher.setAAD(concatBytes(options.before ?? new Uint8Array(0), start), { plaintextLength: box.length - aroundBytes });
  decipher.setAuthTag(box.subarray(box.length - tagBytes));
  const cursor = new Cursor(finish(decipher, box.subarray(start.length, box.length - tagBytes)));
  const content = cursor.take(cursor.u32());
  if (cursor.take(cursor.left).some((byte) => byte !== 0)) throw altered();
  return content;
}

function finish(decipher: ReturnType<typeof createDecipheriv>, sealed: Uint8Array): Uint8Array {
  try {
    return concatBytes(decipher.update(sealed), decipher.final());
  } catch (cause) {
    throw altered(cause);
  }
}

function truncated(): KeysError {
  return new KeysError(
    'KEYS_TRUNCATED',
    'A sealed file is cut short. What it held cannot be read here; nothing else was changed. Restore it from a copy.',
  );
}

function altered(cause?: unknown): KeysError {
  return new KeysError(
    'KEYS_ALTERED',
    'A sealed file was altered or damaged. It was not used, and nothing else was changed. Restore it from a copy.',
    cause,
  );
}
