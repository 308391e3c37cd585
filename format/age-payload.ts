/**
 * The geometry of an age v1 file with one `mlkem768x25519` stanza, and the nonce of its STREAM.
 *
 * Source: C2SP age.md, "Payload". The payload is cut into 64 KiB chunks, each with a 16-byte tag; the nonce is an
 * 11-byte big-endian counter and one byte that is 1 for the last chunk.
 */

export const chunkBytes = 64 * 1024;
export const tagBytes = 16;
export const streamNonceBytes = 16;
export const fileKeyBytes = 16;
/** The text header of a file with exactly one `mlkem768x25519` stanza; measured, and held by a test in `seal`. */
export const hybridHeaderBytes = 1627;

/** Ciphertext length of a STREAM over `plainBytes` bytes, without its 16-byte payload nonce. */
export function streamCiphertextBytes(plainBytes: number): number {
  return plainBytes + tagBytes * Math.max(1, Math.ceil(plainBytes / chunkBytes));
}

/** The largest plaintext whose finished parcel, header, nonce and tags included, has exactly `parcelBytes` bytes. */
export function parcelPlainBytes(parcelBytes: number): number {
  const sealed = parcelBytes - hybridHeaderBytes - streamNonceBytes;
  return sealed - tagBytes * Math.ceil(sealed / (chunkBytes + tagBytes));
}

/** Nonce of chunk `index`. @throws RangeError beyond 2^48 chunks (4 EiB), which no parcel reaches. */
export function streamNonce(index: number, last: boolean): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index > 2 ** 48) throw new RangeError('chunk index is out of range');
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(3, Math.floor(index / 2 ** 32));
  view.setUint32(7, index >>> 0);
  view.setUint8(11, last ? 1 : 0);
  return nonce;
}
