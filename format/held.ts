/**
 * What is held there: the question of `POST /v1/have` and the answer of both upload doors.
 *
 * The question is at most 16 ids of 32 bytes: parcel names, or addresses at which a message may wait; they look alike.
 * `docs/protocol.md` section "Held".
 */
import { Bitmap } from './bitmap.ts';
import { Cursor, Writer } from './cursor.ts';
import { utf8, equalBytes, fromUtf8 } from './encoding.ts';
import { isBucket } from './bucket.ts';
import { pieceBytes } from './parcel.ts';
import { type Promised, formatPromised, parsePromised } from './promise.ts';
import { FormatError } from './refusal.ts';
import { nameBytes } from './tally.ts';
import { messageBytes } from './message.ts';

export const mostAsked = 16;
/** A bag may touch more parcels than one question may ask about. */
export const mostAnswered = 4096;
const magic = utf8('ZJA1');

export type Held =
  | { readonly state: 'unknown' }
  /** The head is known and these pieces are here. */
  | { readonly state: 'partial'; readonly pieces: Bitmap }
  /** Held for good. `receipt` is a C2SP tlog-proof once the leaf is public, else empty. */
  | { readonly state: 'taken'; readonly promise: Promised; readonly receipt: string }
  /** It was here and was let go, since as many desks as the newsroom set hold it. */
  | { readonly state: 'gone' }
  /** It was here and was let go unread, since its time was over. */
  | { readonly state: 'expired' }
  /** A sealed message of fixed size waits at this address. */
  | { readonly state: 'message'; readonly message: Uint8Array };

export interface HeldEntry {
  readonly id: Uint8Array;
  readonly held: Held;
}

const states = ['unknown', 'partial', 'taken', 'gone', 'expired', 'message'] as const;

export function formatHave(ids: readonly Uint8Array[]): Uint8Array {
  if (ids.length > mostAsked) throw new RangeError('at most 16 names in a question');
  const writer = new Writer();
  for (const id of ids) writer.put(requireLength(id, nameBytes));
  return writer.bytes();
}

/** @throws FormatError when it is not 1 to 16 ids of 32 bytes */
export function parseHave(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0 || bytes.length % nameBytes !== 0 || bytes.length > mostAsked * nameBytes) {
    throw new FormatError('FORMAT_RANGE', 'a question holds 1 to 16 names of 32 bytes');
  }
  const cursor = new Cursor(bytes);
  return Array.from({ length: bytes.length / nameBytes }, () => cursor.take(nameBytes).slice());
}

export function formatHeld(entries: readonly HeldEntry[]): Uint8Array {
  if (entries.length > mostAnswered) throw new RangeError('at most 4096 entries in an answer');
  const writer = new Writer().put(magic).u16(entries.length);
  for (const { id, held } of entries) {
    writer.put(requireLength(id, nameBytes)).u8(states.indexOf(held.state));
    if (held.state === 'partial') writer.u16(held.pieces.size).put(held.pieces.bytes);
    if (held.state === 'message') writer.put(requireLength(held.message, messageBytes));
    if (held.state === 'taken') {
      const receipt = utf8(held.receipt);
      writer.put(formatPromised(held.promise)).u16(receipt.length).put(receipt);
    }
  }
  return writer.bytes();
}

/** @throws FormatError */
export function parseHeld(bytes: Uint8Array): HeldEntry[] {
  const cursor = new Cursor(bytes);
  if (!equalBytes(cursor.take(magic.length), magic)) throw new FormatError('FORMAT_MAGIC', 'this is not an answer about what is held');
  const count = cursor.u16();
  if (count > mostAnswered) throw new FormatError('FORMAT_RANGE', 'answer holds too many entries');
  const entries = Array.from({ length: count }, () => ({ id: cursor.take(nameBytes).slice(), held: parseOne(cursor) }));
  cursor.end();
  return entries;
}

function parseOne(cursor: Cursor): Held {
  const state = states[cursor.u8()];
  if (state === undefined) throw new FormatError('FORMAT_RANGE', 'unknown state');
  if (state === 'partial') {
    const size = cursor.u16();
    if (!isBucket(size * pieceBytes)) throw new FormatError('FORMAT_RANGE', 'number of pieces is out of range');
    return { state, pieces: new Bitmap(size, cursor.take(Math.ceil(size / 8)).slice()) };
  }
  if (state === 'message') return { state, message: cursor.take(messageBytes).slice() };
  if (state === 'taken') {
    const promise = parsePromised(cursor);
    return { state, promise, receipt: fromUtf8(cursor.take(cursor.u16())) };
  }
  return { state };
}

/** Our own mistake, not the other side's: a built-in error. */
function requireLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new RangeError(`expected ${length} bytes`);
  return bytes;
}
