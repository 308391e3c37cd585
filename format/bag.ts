/**
 * A bag: a stream of frames, the body of an upload and the file that a courier carries. Heads, and pieces of named
 * parcels, in any order, ended anywhere: every whole piece before a cut counts.
 *
 * `docs/protocol.md` section "Bag". A piece belongs to the parcel of the latest `head` or `name` frame before it, so
 * that a piece costs three bytes beyond itself.
 */
import { isBucket, largestBucketBytes } from './bucket.ts';
import { Writer } from './cursor.ts';
import { equalBytes, utf8 } from './encoding.ts';
import { mostPieces, parcelHeadBytes, parcelHeadMagic, pieceBytes } from './parcel.ts';
import { FormatError } from './refusal.ts';
import { nameBytes } from './tally.ts';

export const bagMagic = utf8('ZJB1');
export const bagType = 'application/vnd.zajil.bag';

const headFrame = 1;
const nameFrame = 2;
const pieceFrame = 3;

const largestFrameBytes = 1 + parcelHeadBytes(largestBucketBytes);
/** Of a head frame: what tells its length. */
const headStartBytes = 1 + parcelHeadMagic.length + 4;

/** Bytes that a piece costs in a bag, its frame included. */
export const pieceFrameBytes = 3 + pieceBytes;
export const nameFrameBytes = 1 + nameBytes;

export type BagFrame =
  | { readonly kind: 'head'; readonly head: Uint8Array }
  | { readonly kind: 'name'; readonly name: Uint8Array }
  | { readonly kind: 'piece'; readonly index: number; readonly bytes: Uint8Array };

/** One frame as bytes. A bag is `bagMagic` and then frames. @throws RangeError when the frame could not be read back */
export function formatBagFrame(frame: BagFrame): Uint8Array {
  const bytes = writeFrame(frame);
  if (readableBytes(bytes) !== bytes.length) throw new RangeError('frame has another length than its kind');
  return bytes;
}

/** What the other side's refusal would be is our own mistake here: a built-in error. */
function readableBytes(frame: Uint8Array): number {
  try {
    return wantedBytes(frame, true);
  } catch (cause) {
    throw new RangeError('frame could not be read back', { cause });
  }
}

function writeFrame(frame: BagFrame): Uint8Array {
  if (frame.kind === 'head') return new Writer().u8(headFrame).put(frame.head).bytes();
  if (frame.kind === 'name') return new Writer().u8(nameFrame).put(frame.name).bytes();
  return new Writer().u8(pieceFrame).u16(frame.index).put(frame.bytes).bytes();
}

/**
 * Reads a bag as it streams in. `push` returns the frames that are whole so far; what is left of a frame when the
 * stream ends is dropped by whoever drops the parser. Memory is bounded by one frame and the pushed chunk; every byte is
 * copied twice, however the stream is cut.
 *
 * Contract: for every way to cut a bag into chunks, the frames that come out are the same. A frame that cannot be one
 * is refused as soon as that shows (`FORMAT_MAGIC`, `FORMAT_RANGE`, `FORMAT_ORDER` for a piece of no parcel); the frames
 * before it have been returned, and nothing after it is read.
 */
export class BagParser {
  readonly #held = new Uint8Array(largestFrameBytes);
  #length = 0;
  #begun = false;
  #named = false;
  #fault: FormatError | null = null;

  /** @throws FormatError at once when no good frame precedes it in the chunk, else on the next call */
  push(chunk: Uint8Array): BagFrame[] {
    if (this.#fault) throw this.#fault;
    const frames: BagFrame[] = [];
    try {
      for (let at = 0; at < chunk.length;) {
        at += this.#fill(chunk.subarray(at));
        const frame = this.#next();
        if (frame) frames.push(frame);
      }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#fault = error;
      if (frames.length === 0) throw error;
    }
    return frames;
  }

  /** Call when the stream ended. @throws FormatError that a last `push` found but could not throw */
  end(): void {
    if (this.#fault) throw this.#fault;
  }

  /** Takes as much as the present frame wants, as far as it is known; returns how much. */
  #fill(bytes: Uint8Array): number {
    const wanted = this.#begun ? wantedBytes(this.#start, this.#named) : bagMagic.length;
    const taken = bytes.subarray(0, wanted - this.#length);
    this.#held.set(taken, this.#length);
    this.#length += taken.length;
    return taken.length;
  }

  get #start(): Uint8Array {
    return this.#held.subarray(0, this.#length);
  }

  #next(): BagFrame | null {
    if (!this.#begun) {
      if (!equalBytes(this.#start, bagMagic.subarray(0, this.#length))) throw new FormatError('FORMAT_MAGIC', 'this is not a bag');
      if (this.#length === bagMagic.length) this.#begin();
      return null;
    }
    if (this.#length < wantedBytes(this.#start, this.#named)) return null;
    const frame = toFrame(this.#start.slice());
    this.#named ||= frame.kind !== 'piece';
    this.#length = 0;
    return frame;
  }

  #begin(): void {
    this.#begun = true;
    this.#length = 0;
  }
}

/** How long the frame that begins so is, or how much of it must be there to tell. */
function wantedBytes(start: Uint8Array, named: boolean): number {
  const kind = start[0];
  if (kind === undefined) return 1;
  if (kind === nameFrame) return nameFrameBytes;
  if (kind === pieceFrame) return wantedOfPiece(start, named);
  if (kind === headFrame) return wantedOfHead(start);
  throw new FormatError('FORMAT_RANGE', 'bag holds an unknown frame');
}

function wantedOfPiece(start: Uint8Array, named: boolean): number {
  if (!named) throw new FormatError('FORMAT_ORDER', 'piece stands before any head or name');
  if (start.length < 3) return 3;
  if (pieceNumber(start) >= mostPieces) throw new FormatError('FORMAT_RANGE', 'piece number is out of range');
  return pieceFrameBytes;
}

function wantedOfHead(start: Uint8Array): number {
  if (start.length < headStartBytes) return headStartBytes;
  if (!equalBytes(start.subarray(1, 1 + parcelHeadMagic.length), parcelHeadMagic))
    throw new FormatError('FORMAT_MAGIC', 'this is not the head of a parcel');
  const parcelBytes = new DataView(start.buffer, start.byteOffset + headStartBytes - 4, 4).getUint32(0);
  if (!isBucket(parcelBytes)) throw new FormatError('FORMAT_RANGE', 'parcel length is no bucket');
  return 1 + parcelHeadBytes(parcelBytes);
}

function toFrame(frame: Uint8Array): BagFrame {
  if (frame[0] === headFrame) return { kind: 'head', head: frame.subarray(1) };
  if (frame[0] === nameFrame) return { kind: 'name', name: frame.subarray(1) };
  return { kind: 'piece', index: pieceNumber(frame), bytes: frame.subarray(3) };
}

function pieceNumber(frame: Uint8Array): number {
  return ((frame[1] ?? 0) << 8) + (frame[2] ?? 0);
}
