/**
 * A bag: a stream of frames, the body of an upload and the file that a courier carries. Heads, and pieces of named
 * parcels, in any order, ended anywhere: every whole piece before a cut counts.
 *
 * `docs/protocol.md` section "Bag". A piece belongs to the parcel of the latest `head` or `name` frame before it, so
 * that a piece costs three bytes beyond itself.
 */
import { bucketBytes } from './bucket.ts';
import { Writer } from './cursor.ts';
import { concatBytes, equalBytes, utf8 } from './encoding.ts';
import { mostPieces, parcelHeadBytes, pieceBytes } from './parcel.ts';
import { FormatError } from './refusal.ts';
import { nameBytes } from './tally.ts';

export const bagMagic = utf8('ZJB1');
export const bagType = 'application/vnd.zajil.bag';

const headFrame = 1;
const nameFrame = 2;
const pieceFrame = 3;

/** Bytes that a piece costs in a bag, its frame included. */
export const pieceFrameBytes = 3 + pieceBytes;
export const nameFrameBytes = 1 + nameBytes;

export type BagFrame =
  | { readonly kind: 'head'; readonly head: Uint8Array }
  | { readonly kind: 'name'; readonly name: Uint8Array }
  | { readonly kind: 'piece'; readonly index: number; readonly bytes: Uint8Array };

/** One frame as bytes. A bag is `bagMagic` and then frames. */
export function formatBagFrame(frame: BagFrame): Uint8Array {
  if (frame.kind === 'head') return new Writer().u8(headFrame).put(frame.head).bytes();
  if (frame.kind === 'name') return new Writer().u8(nameFrame).put(frame.name).bytes();
  if (frame.bytes.length !== pieceBytes) throw new RangeError('a piece has 4096 bytes');
  return new Writer().u8(pieceFrame).u16(frame.index).put(frame.bytes).bytes();
}

/**
 * Reads a bag as it streams in. `push` returns the frames that are whole so far; what is left of a frame when the
 * stream ends is dropped by whoever drops the parser. Memory is bounded by one frame and the pushed chunk.
 *
 * Contract: for every way to cut a bag into chunks, the frames that come out are the same. A frame that cannot be
 * one is refused as soon as it is seen (`FORMAT_MAGIC`, `FORMAT_RANGE`); the frames before it have been returned.
 */
export class BagParser {
  #held: Uint8Array = new Uint8Array(0);
  #begun = false;
  #fault: FormatError | null = null;

  /** @throws FormatError on the call after the one that returned the last good frames */
  push(chunk: Uint8Array): BagFrame[] {
    if (this.#fault) throw this.#fault;
    this.#held = this.#held.length === 0 ? chunk : concatBytes(this.#held, chunk);
    const frames: BagFrame[] = [];
    try {
      let frame = this.#next();
      while (frame) {
        frames.push(frame);
        frame = this.#next();
      }
    } catch (error) {
      if (!(error instanceof FormatError) || frames.length === 0) throw error;
      this.#fault = error;
    }
    this.#held = this.#held.slice();
    return frames;
  }

  /** Call when the stream ended. @throws FormatError that a last `push` found but could not throw */
  end(): void {
    if (this.#fault) throw this.#fault;
  }

  #next(): BagFrame | null {
    if (!this.#begun) {
      const start = this.#held.subarray(0, bagMagic.length);
      if (!equalBytes(start, bagMagic.subarray(0, start.length))) throw new FormatError('FORMAT_MAGIC', 'this is not a bag');
      if (start.length < bagMagic.length) return null;
      this.#held = this.#held.subarray(bagMagic.length);
      this.#begun = true;
    }
    const length = frameBytes(this.#held);
    if (length === null || this.#held.length < length) return null;
    const frame = this.#held.slice(0, length);
    this.#held = this.#held.subarray(length);
    return toFrame(frame);
  }
}

/** Length of the frame that begins here, or null while too little of it is there to tell. */
function frameBytes(held: Uint8Array): number | null {
  const kind = held[0];
  if (kind === undefined) return null;
  if (kind === nameFrame) return nameFrameBytes;
  if (kind === pieceFrame) {
    if (held.length >= 3 && ((held[1] ?? 0) << 8) + (held[2] ?? 0) >= mostPieces)
      throw new FormatError('FORMAT_RANGE', 'piece number is out of range');
    return pieceFrameBytes;
  }
  if (kind !== headFrame) throw new FormatError('FORMAT_RANGE', 'bag holds an unknown frame');
  if (held.length < 9) return null;
  const parcelBytes = new DataView(held.buffer, held.byteOffset + 5, 4).getUint32(0);
  if (!bucketBytes.includes(parcelBytes)) throw new FormatError('FORMAT_RANGE', 'parcel length is no bucket');
  return 1 + parcelHeadBytes(parcelBytes);
}

function toFrame(frame: Uint8Array): BagFrame {
  if (frame[0] === headFrame) return { kind: 'head', head: frame.subarray(1) };
  if (frame[0] === nameFrame) return { kind: 'name', name: frame.subarray(1) };
  return { kind: 'piece', index: ((frame[1] ?? 0) << 8) + (frame[2] ?? 0), bytes: frame.subarray(3) };
}
