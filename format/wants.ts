/**
 * What a desk's device asks of the phone: send this first, only these pieces are missing, enough. It never changes what
 * is safe to erase, only what goes next.
 *
 * It travels as the body of a message of purpose `wants`. `docs/protocol.md` section "Wants".
 */
import { Bitmap } from './bitmap.ts';
import { Cursor, Writer } from './cursor.ts';
import { concatBytes, utf8 } from './encoding.ts';
import { type Layer, layerFromNumber, layerNumber } from './layer.ts';
import { messageBodyBytes } from './message.ts';
import { mostPieces } from './parcel.ts';
import { mostFiles } from './part.ts';
import { signatureBytes } from './promise.ts';
import { FormatError } from './refusal.ts';

/** Words always go first: nobody needs to ask for them, and nobody may say that they are enough. */
export type WantedLayer = Exclude<Layer, 'words'>;

interface Place {
  readonly layer: WantedLayer;
  readonly file: number;
}

/** These parts before others of their layer, of every view. */
export interface WantFirst extends Place {
  readonly action: 'first';
  readonly from: number;
  /** Inclusive; `toTheEnd` for all that follow. */
  readonly to: number;
}

/** Of this part of view 0 only these pieces; the device holds the others. */
export interface WantPieces extends Place {
  readonly action: 'pieces';
  readonly part: number;
  /** Of 256 bits, of which a parcel has as many as it has pieces. */
  readonly missing: Bitmap;
}

/** Nothing more of it, of any view; of a whole, nor its tally. */
export interface WantEnough extends Place {
  readonly action: 'enough';
}

export type WantsEntry = WantFirst | WantPieces | WantEnough;

export interface Wants {
  /** Grows with every message of this device about this dispatch; a lower one is stale. */
  readonly sequence: number;
  /** Quarter hours since 1970. */
  readonly quarter: number;
  /** After this quarter it has lapsed. Never before `quarter`. */
  readonly until: number;
  /** What stands first is wanted first. */
  readonly entries: readonly WantsEntry[];
}

export interface UnverifiedWants {
  readonly wants: Wants;
  /** Ed25519 by the device's key over `wantsText`. */
  readonly signature: Uint8Array;
}

/** `to` of a range that has no end, and takes in the tally of a whole. */
export const toTheEnd = 0xffff_ffff;

const kind = 2;
const actions = { first: 1, pieces: 2, enough: 3 } as const;
const bitmapBytes = mostPieces / 8;
/** Kind, sequence, quarter, until, count. */
const fixedBytes = 14;
const entryBytes = { first: 11, pieces: 7 + bitmapBytes, enough: 3 } as const;

/** Do these entries fit into one message? */
export function wantsFit(entries: readonly WantsEntry[]): boolean {
  const bytes = entries.reduce((sum, { action }) => sum + entryBytes[action], fixedBytes + signatureBytes);
  return entries.length <= 0xff && bytes <= messageBodyBytes;
}

function formatClaims({ sequence, quarter, until, entries }: Wants): Uint8Array {
  if (!wantsFit(entries)) throw new RangeError('so many wants do not fit into one message');
  if (until < quarter) throw new RangeError('wants lapse after they were said');
  const writer = new Writer().u8(kind).u32(sequence).u32(quarter).u32(until).u8(entries.length);
  for (const entry of entries) writeEntry(writer, entry);
  return writer.bytes();
}

function writeEntry(writer: Writer, entry: WantsEntry): void {
  if (entry.file >= mostFiles) throw new RangeError('a dispatch has at most 255 files');
  writer.u8(actions[entry.action]).u8(layerNumber(entry.layer)).u8(entry.file);
  if (entry.action === 'first') {
    if (entry.to < entry.from) throw new RangeError('a range ends where it begins, or after');
    writer.u32(entry.from).u32(entry.to);
  }
  if (entry.action === 'pieces') {
    if (entry.missing.size !== mostPieces) throw new RangeError('a bitmap of wants has 256 bits');
    writer.u32(entry.part).put(entry.missing.bytes);
  }
}

/** What the device signs: a label, the address it is left at, and the wants. @param address - 32 bytes */
export function wantsText(address: Uint8Array, wants: Wants): Uint8Array {
  return concatBytes(utf8('zajil-wants/1\n'), address, formatClaims(wants));
}

/** The body of a message: wants, signature, zero padding. @param signature - 64 bytes. @throws RangeError when they do not fit */
export function formatWants(wants: Wants, signature: Uint8Array): Uint8Array {
  if (signature.length !== signatureBytes) throw new RangeError('a signature has 64 bytes');
  const body = new Uint8Array(messageBodyBytes);
  body.set(concatBytes(formatClaims(wants), signature));
  return body;
}

/** @throws FormatError */
export function parseWants(body: Uint8Array): UnverifiedWants {
  if (body.length !== messageBodyBytes) throw new FormatError('FORMAT_RANGE', 'the body of a message has 472 bytes');
  const cursor = new Cursor(body);
  if (cursor.u8() !== kind) throw new FormatError('FORMAT_VERSION', 'message is of an unknown kind');
  const sequence = cursor.u32();
  const quarter = cursor.u32();
  const until = cursor.u32();
  if (until < quarter) throw new FormatError('FORMAT_RANGE', 'wants lapse before they were said');
  const count = cursor.u8();
  const entries: WantsEntry[] = [];
  for (let i = 0; i < count; i += 1) entries.push(readEntry(cursor));
  const signature = cursor.take(signatureBytes).slice();
  if (cursor.take(cursor.left).some((byte) => byte !== 0)) throw new FormatError('FORMAT_PADDING', 'padding is not zero');
  return { wants: { sequence, quarter, until, entries }, signature };
}

function readEntry(cursor: Cursor): WantsEntry {
  const action = cursor.u8();
  const place = readPlace(cursor);
  if (action === actions.first) {
    const from = cursor.u32();
    const to = cursor.u32();
    if (to < from) throw new FormatError('FORMAT_RANGE', 'a range ends before it begins');
    return { action: 'first', ...place, from, to };
  }
  if (action === actions.pieces) {
    const part = cursor.u32();
    return { action: 'pieces', ...place, part, missing: new Bitmap(mostPieces, cursor.take(bitmapBytes).slice()) };
  }
  if (action === actions.enough) return { action: 'enough', ...place };
  throw new FormatError('FORMAT_RANGE', 'unknown action');
}

function readPlace(cursor: Cursor): Place {
  const layer = layerFromNumber(cursor.u8());
  if (layer === 'words') throw new FormatError('FORMAT_RANGE', 'words are not asked for: they go first');
  const file = cursor.u8();
  if (file >= mostFiles) throw new FormatError('FORMAT_RANGE', 'a dispatch has at most 255 files');
  return { layer, file };
}
