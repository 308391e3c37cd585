/**
 * A part: the plaintext of one parcel. A small self-describing head, the content, zero padding to the bucket.
 *
 * `docs/protocol.md` section "Part". A stream is what one (layer, file, view) carries; its parts say their offset, so
 * that each is placed without any other. All numbers are big-endian.
 */
import { Cursor, Writer } from './cursor.ts';
import { equalBytes, fromUtf8, utf8 } from './encoding.ts';
import { mediaTypePattern } from './fields.ts';
import { type Layer, layerFromNumber, layerNumber } from './layer.ts';
import { FormatError } from './refusal.ts';

const magic = utf8('ZJP1');

/** A file of a dispatch may be looked at in several views: glance 0 is a key frame, glance 1 a contact sheet. */
export interface PartHead {
  /** 16 random bytes that only the phone and the desk see. */
  readonly dispatch: Uint8Array;
  readonly layer: Layer;
  /** Which file of the dispatch, from 0; 0 for words. At most 254, so that an acknowledgement can name each. */
  readonly file: number;
  /** Which view of the file in this layer, from 0. */
  readonly view: number;
  /** Which part of the stream, from 0. */
  readonly part: number;
  /** How many parts the stream has; 0 while the phone does not know yet. */
  readonly parts: number;
  /** Where the content stands in the stream, in bytes. */
  readonly offset: number;
  /** Media type of the stream, lower case, at most 100 characters. */
  readonly type: string;
}

export interface Part {
  readonly head: PartHead;
  readonly content: Uint8Array;
}

export const dispatchIdBytes = 16;
export const mostFiles = 255;

/** Bytes of a part's head for a stream of this media type. */
export function partHeadBytes(type: string): number {
  return 4 + dispatchIdBytes + 4 + 4 + 4 + 8 + 4 + 1 + utf8(type).length;
}

/**
 * Writes head, content and zero padding.
 *
 * @param bytes - exact length of the result; head and content must fit
 * @throws RangeError when they do not
 */
export function formatPart(head: PartHead, content: Uint8Array, bytes: number): Uint8Array {
  if (head.dispatch.length !== dispatchIdBytes) throw new RangeError('a dispatch id has 16 bytes');
  if (!mediaTypePattern.test(head.type)) throw new RangeError('media type is malformed');
  if (head.file >= mostFiles) throw new RangeError('a dispatch has at most 255 files');
  if (head.parts !== 0 && head.part >= head.parts) throw new RangeError('part number is not below the number of parts');
  const start = new Writer()
    .put(magic)
    .put(head.dispatch)
    .u8(layerNumber(head.layer))
    .u8(head.file)
    .u8(head.view)
    .u8(0)
    .u32(head.part)
    .u32(head.parts)
    .u64(head.offset)
    .u32(content.length)
    .u8(head.type.length)
    .put(utf8(head.type))
    .bytes();
  const filled = start.length + content.length;
  if (filled > bytes) throw new RangeError(`part of ${filled} bytes does not fit ${bytes}`);
  const whole = new Uint8Array(bytes);
  whole.set(start);
  whole.set(content, start.length);
  return whole;
}

/** A part's head and where its content stands, read without the content. */
export interface PartStart {
  readonly head: PartHead;
  /** Bytes before the content. */
  readonly headBytes: number;
  readonly contentBytes: number;
}

/** @param bytes - the beginning of a part, at least its head. @throws FormatError on a malformed head */
export function parsePartStart(bytes: Uint8Array): PartStart {
  const cursor = new Cursor(bytes);
  if (!equalBytes(cursor.take(magic.length), magic)) throw new FormatError('FORMAT_MAGIC', 'this is not a part');
  const dispatch = cursor.take(dispatchIdBytes).slice();
  const layer = layerFromNumber(cursor.u8());
  const file = cursor.u8();
  const view = cursor.u8();
  if (cursor.u8() !== 0) throw new FormatError('FORMAT_VERSION', 'reserved byte is not zero');
  const part = cursor.u32();
  const parts = cursor.u32();
  const offset = cursor.u64();
  const contentBytes = cursor.u32();
  const type = fromUtf8(cursor.take(cursor.u8()));
  if (!mediaTypePattern.test(type)) throw new FormatError('FORMAT_TEXT', 'media type is malformed');
  if (file >= mostFiles) throw new FormatError('FORMAT_RANGE', 'file number is out of range');
  if (parts !== 0 && part >= parts) throw new FormatError('FORMAT_RANGE', 'part number is not below the number of parts');
  if (offset + contentBytes > Number.MAX_SAFE_INTEGER) throw new FormatError('FORMAT_RANGE', 'content ends beyond 2^53 - 1');
  return { head: { dispatch, layer, file, view, part, parts, offset, type }, headBytes: cursor.at, contentBytes };
}

/** The content is a view of `bytes`. @throws FormatError on a malformed head, or when any padding byte is not zero (`FORMAT_PADDING`) */
export function parsePart(bytes: Uint8Array): Part {
  const { head, headBytes, contentBytes } = parsePartStart(bytes);
  const cursor = new Cursor(bytes.subarray(headBytes));
  const content = cursor.take(contentBytes);
  if (cursor.take(cursor.left).some((byte) => byte !== 0)) throw new FormatError('FORMAT_PADDING', 'padding is not zero');
  return { head, content };
}
