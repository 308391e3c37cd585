/** The size and SHA-256 of a file, read once and never held whole. */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '@zajil/format';

export interface Fingerprint {
  readonly bytes: number;
  /** 64 hex digits. */
  readonly sha256: string;
}

export type Content = Uint8Array | AsyncIterable<Uint8Array>;

export async function fingerprint(content: Content): Promise<Fingerprint> {
  const hash = sha256.create();
  let bytes = 0;
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: toHex(hash.digest()) };
}

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  return { bytes: bytes.length, sha256: toHex(sha256(bytes)) };
}
