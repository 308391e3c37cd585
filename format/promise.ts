/**
 * A relay's signed promise that a parcel is held and will be in its log, and the leaf that it promises.
 *
 * The leaf is salted, since a public list of parcel names and times would be a record of traffic. Times are quarter
 * hours since 1970-01-01T00:00Z. `docs/protocol.md` section "Promise".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type Cursor, Writer } from './cursor.ts';
import { toHex, utf8 } from './encoding.ts';

export const saltBytes = 16;
export const signatureBytes = 64;
export const quarterHourSeconds = 900;

/** What travels; the name and the origin are known to whoever asks. */
export interface Promised {
  /** 16 bytes, drawn by the relay. */
  readonly salt: Uint8Array;
  /** Quarter hours since 1970, rounded down. */
  readonly quarter: number;
  /** Ed25519 by the relay's log key over `promiseText`. 64 bytes, unverified until `log` says so. */
  readonly signature: Uint8Array;
}

export function quarterOf(nowMs: number): number {
  return Math.floor(nowMs / 1000 / quarterHourSeconds);
}

export function quarterToDate(quarter: number): Date {
  return new Date(quarter * quarterHourSeconds * 1000);
}

/** The text that a relay signs: a C2SP signed note's text. @param name - 32 bytes */
export function promiseText(origin: string, name: Uint8Array, salt: Uint8Array, quarter: number): string {
  return `zajil-promise/1\n${origin}\n${toHex(name)}\n${toHex(salt)}\n${quarter}\n`;
}

/** The log entry for a parcel: 32 bytes, SHA-256 over a label, salt, name and quarter. */
export function leafEntry(salt: Uint8Array, name: Uint8Array, quarter: number): Uint8Array {
  return sha256(new Writer().put(utf8('zajil-leaf/1\n')).put(salt).put(name).u32(quarter).bytes());
}

export function formatPromised(promised: Promised): Uint8Array {
  return new Writer().put(promised.salt).u32(promised.quarter).put(promised.signature).bytes();
}

/** @throws FormatError `FORMAT_TRUNCATED` */
export function parsePromised(cursor: Cursor): Promised {
  return { salt: cursor.take(saltBytes).slice(), quarter: cursor.u32(), signature: cursor.take(signatureBytes).slice() };
}
