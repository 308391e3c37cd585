/**
 * Verifier keys: `name+8 hex of the key id+base64(kind ‖ public key)`.
 *
 * C2SP signed-note, "Verifier keys" and "Signature types". Kind 0x01 is plain Ed25519, 0x04 a timestamped cosignature.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, utf8 } from '@zajil/format';
import { fromBase64, toBase64 } from './base64.ts';
import { LogError } from './refusal.ts';

export const ed25519Kind = 0x01;
export const cosignatureKind = 0x04;
const publicKeyBytes = 32;
const mostNameChars = 255;

export interface Vkey {
  readonly name: string;
  /** Unsigned 32 bits. */
  readonly id: number;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A key's name: not empty, no white space, no plus sign. */
export function isKeyName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  return name.length > 0 && name.length <= mostNameChars && name.isWellFormed() && !/[\s\u0000-\u001f\u0085+]/.test(name);
}

/** First four bytes of SHA-256(name ‖ newline ‖ kind ‖ public key), big-endian. */
export function keyId(name: string, kind: number, publicKey: Uint8Array): number {
  const hash = sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(kind), publicKey));
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

/** A plain Ed25519 verifier key. @throws LogError `LOG_VKEY`, also when its key id does not fit */
export function parseVkey(vkey: string): Vkey {
  return parseKey(vkey, [ed25519Kind]);
}

/**
 * The key under which a cosigner's timestamped signatures are known, from a key of kind 0x04, or from the same
 * cosigner's plain key of kind 0x01. @throws LogError `LOG_VKEY`
 */
export function parseCosignatureVkey(vkey: string): Vkey {
  const { name, publicKey } = parseKey(vkey, [ed25519Kind, cosignatureKind]);
  return { name, id: keyId(name, cosignatureKind, publicKey), publicKey };
}

function parseKey(vkey: string, kinds: readonly number[]): Vkey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(vkey);
  const [, name = '', id = '', base64 = ''] = match ?? [];
  if (!match || !isKeyName(name)) throw malformed();
  const bytes = decode(base64);
  const kind = bytes[0] ?? 0;
  const publicKey = bytes.slice(1);
  if (!kinds.includes(kind)) throw new LogError('LOG_VKEY', 'verifier key is of a kind that this program does not know');
  if (publicKey.length !== publicKeyBytes) throw malformed();
  if (keyId(name, kind, publicKey) !== Number.parseInt(id, 16))
    throw new LogError('LOG_VKEY', 'verifier key was altered: its id does not fit');
  return { name, id: Number.parseInt(id, 16), publicKey };
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): LogError {
  return new LogError('LOG_VKEY', 'text is not a verifier key', cause);
}

/** @param publicKey - 32 bytes, Ed25519. @throws RangeError when name or key cannot be one */
export function formatVkey(name: string, publicKey: Uint8Array): string {
  return formatKey(name, ed25519Kind, publicKey);
}

/** The same cosigner's key in the spelling that witness lists use: kind 0x04. @throws LogError `LOG_VKEY` */
export function formatCosignatureVkey(vkey: string): string {
  const { name, publicKey } = parseCosignatureVkey(vkey);
  return formatKey(name, cosignatureKind, publicKey);
}

function formatKey(name: string, kind: number, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw new RangeError('a key name has no white space and no plus sign');
  if (publicKey.length !== publicKeyBytes) throw new RangeError('an Ed25519 public key has 32 bytes');
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId(name, kind, publicKey));
  return `${name}+${toHex(id)}+${toBase64(concatBytes(Uint8Array.of(kind), publicKey))}`;
}
