/**
 * What a desk's device says to the phone: which layers of a dispatch it durably holds, bytes and file keys. Only a
 * verified one makes "safe to erase" true.
 *
 * It travels as the body of a message. `docs/protocol.md` section "Acknowledgement".
 */
import { Cursor, Writer } from './cursor.ts';
import { concatBytes, utf8 } from './encoding.ts';
import { messageBodyBytes } from './message.ts';
import { mostFiles } from './part.ts';
import { signatureBytes } from './promise.ts';
import { FormatError } from './refusal.ts';

/** What is held of one file. `whole` means: every part, and the SHA-256 of the tally. */
export interface FileHeld {
  readonly glance: boolean;
  readonly cut: boolean;
  readonly whole: boolean;
}

export interface Acknowledgement {
  /** Grows with every message of this device about this dispatch; a lower one is stale. */
  readonly sequence: number;
  /** Quarter hours since 1970. */
  readonly quarter: number;
  readonly words: boolean;
  readonly files: readonly FileHeld[];
}

export interface UnverifiedAcknowledgement {
  readonly claims: Acknowledgement;
  /** Ed25519 by the device's key over `acknowledgementText`. */
  readonly signature: Uint8Array;
}

const kind = 1;

function formatClaims(claims: Acknowledgement): Uint8Array {
  if (claims.files.length > mostFiles) throw new RangeError('a dispatch has at most 255 files');
  const writer = new Writer()
    .u8(kind)
    .u32(claims.sequence)
    .u32(claims.quarter)
    .u8(claims.words ? 1 : 0)
    .u8(claims.files.length);
  for (const file of claims.files) writer.u8((file.glance ? 1 : 0) | (file.cut ? 2 : 0) | (file.whole ? 4 : 0));
  return writer.bytes();
}

/** What the device signs: a label, the address it is left at, and the claims. @param address - 32 bytes */
export function acknowledgementText(address: Uint8Array, claims: Acknowledgement): Uint8Array {
  return concatBytes(utf8('zajil-acknowledgement/1\n'), address, formatClaims(claims));
}

/** The body of a message: claims, signature, zero padding. @param signature - 64 bytes */
export function formatAcknowledgement(claims: Acknowledgement, signature: Uint8Array): Uint8Array {
  if (signature.length !== signatureBytes) throw new RangeError('a signature has 64 bytes');
  const body = new Uint8Array(messageBodyBytes);
  body.set(concatBytes(formatClaims(claims), signature));
  return body;
}

/** @throws FormatError */
export function parseAcknowledgement(body: Uint8Array): UnverifiedAcknowledgement {
  if (body.length !== messageBodyBytes) throw new FormatError('FORMAT_RANGE', 'the body of a message has 472 bytes');
  const cursor = new Cursor(body);
  if (cursor.u8() !== kind) throw new FormatError('FORMAT_VERSION', 'message is of an unknown kind');
  const sequence = cursor.u32();
  const quarter = cursor.u32();
  const words = flag(cursor.u8(), 1) === 1;
  const count = cursor.u8();
  const files = Array.from({ length: count }, () => {
    const bits = flag(cursor.u8(), 7);
    return { glance: (bits & 1) !== 0, cut: (bits & 2) !== 0, whole: (bits & 4) !== 0 };
  });
  const signature = cursor.take(signatureBytes).slice();
  if (cursor.take(cursor.left).some((byte) => byte !== 0)) throw new FormatError('FORMAT_PADDING', 'padding is not zero');
  return { claims: { sequence, quarter, words, files }, signature };
}

function flag(value: number, most: number): number {
  if (value > most) throw new FormatError('FORMAT_RANGE', 'unknown flag');
  return value;
}
