/**
 * Reads a courier's file once, from end to end, over whatever of it is damaged. `docs/protocol.md` sections "Bag" and
 * "Courier's file".
 *
 * A relay stops at the first frame that cannot be one. A card is the only copy on its road, so here reading goes on
 * after a damaged place: at the next head, at the next name that is known, or at the next piece that proves itself.
 */
import {
  type BagFrame,
  BagParser,
  FormatError,
  type ParcelHead,
  type Sha256,
  bagMagic,
  equalBytes,
  formatBagFrame,
  isBucket,
  mostPieces,
  nameFrameBytes,
  parcelHeadMagic,
  pieceFrameBytes,
  verifyPiece,
} from '@zajil/format';
import type { CardSource } from './card-source.ts';
import { LineError } from './refusal.ts';

/** Takes in what a file holds; `at` is where the frame begins. */
export interface CardReader {
  frame(frame: BagFrame, at: number): Promise<void>;
  /** The latest parcel of which the head is known: pieces after a damaged place may be its own. */
  readonly latest: { readonly name: Uint8Array; readonly head: ParcelHead } | null;
  knows(name: Uint8Array): boolean;
}

export interface Scanned {
  /** Bytes that could not be read, or were no frame. */
  readonly lostBytes: number;
}

export interface ScanOptions {
  readonly sha256?: Sha256;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const chunkBytes = 1024 * 1024;
/** What is given up where a card cannot be read: the block in which its controller groups sectors is seldom smaller. */
const blockBytes = 64 * 1024;
/** So many unreadable blocks in a row are no damage: the card is gone. */
const mostUnreadable = 64;
/** Before the next frame can be told from chance. */
const lookBytes = pieceFrameBytes;

/** @throws LineError `LINE_STORAGE` when the card is gone */
export async function scanCard(source: CardSource, reader: CardReader, options: ScanOptions): Promise<Scanned> {
  const reading = new Reading(source, options);
  let at = await begin(reading, reader);
  for (; at < source.size; at = await findFrame(reading, reader, at, options.sha256)) at = await readFrames(reading, reader, at);
  return { lostBytes: reading.lostBytes };
}

/** A bag without its first bytes is still a bag. */
async function begin(reading: Reading, reader: CardReader): Promise<number> {
  const start = await reading.at(0, bagMagic.length);
  return start && equalBytes(start, bagMagic) ? bagMagic.length : await findFrame(reading, reader, 0, reading.options.sha256);
}

/** Reads whole frames from `at` on; returns where the first one begins that cannot be read. */
async function readFrames(reading: Reading, reader: CardReader, start: number): Promise<number> {
  const parser = new BagParser();
  parser.push(bagMagic);
  if (reader.latest) {
    const again: BagFrame = { kind: 'name', name: reader.latest.name };
    parser.push(formatBagFrame(again));
    await reader.frame(again, start);
  }
  let frameAt = start;
  for (let at = start; at < reading.source.size;) {
    const chunk = await reading.at(at, chunkBytes);
    if (!chunk) return frameAt;
    for (const frame of framesOf(parser, chunk)) {
      await reader.frame(frame, frameAt);
      frameAt += lengthOf(frame);
    }
    if (isBroken(parser)) return frameAt;
    at += chunk.length;
    reading.told(at);
  }
  // What is left of a frame at the end is no damage: a bag may end anywhere.
  return reading.source.size;
}

/** Looks after `from` for the next place where a frame certainly begins; the end of the file where there is none. */
async function findFrame(reading: Reading, reader: CardReader, from: number, sha256: Sha256 | undefined): Promise<number> {
  let at = from + (from === 0 ? 0 : 1);
  const { size } = reading.source;
  const found = async (): Promise<number> => {
    while (at < size) {
      const window = await reading.at(at, blockBytes + lookBytes);
      if (!window) {
        at += blockBytes;
        continue;
      }
      const last = at + window.length >= size ? window.length : Math.max(1, window.length - lookBytes);
      for (let i = 0; i < last; i += 1) if (isFrame(window, i, reader, sha256)) return at + i;
      at += last;
      reading.told(at);
    }
    return size;
  };
  const next = await found();
  reading.lostBytes += Math.min(next, size) - from;
  return next;
}

function isFrame(window: Uint8Array, i: number, reader: CardReader, sha256: Sha256 | undefined): boolean {
  const kind = window[i];
  if (kind === 1) return isHead(window.subarray(i + 1, i + 9));
  if (kind === 2) return i + nameFrameBytes <= window.length && reader.knows(window.subarray(i + 1, i + nameFrameBytes));
  return kind === 3 && isPiece(window.subarray(i, i + pieceFrameBytes), reader, sha256);
}

function isHead(start: Uint8Array): boolean {
  if (start.length < 8 || !equalBytes(start.subarray(0, 4), parcelHeadMagic)) return false;
  return isBucket(new DataView(start.buffer, start.byteOffset + 4, 4).getUint32(0));
}

function isPiece(frame: Uint8Array, { latest }: CardReader, sha256: Sha256 | undefined): boolean {
  const index = ((frame[1] ?? 0) << 8) + (frame[2] ?? 0);
  if (!latest || frame.length < pieceFrameBytes || index >= Math.min(mostPieces, latest.head.pieces.length)) return false;
  try {
    verifyPiece(latest.head, index, frame.subarray(3), sha256);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function framesOf(parser: BagParser, chunk: Uint8Array): BagFrame[] {
  try {
    return parser.push(chunk);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

function isBroken(parser: BagParser): boolean {
  try {
    parser.end();
    return false;
  } catch (error) {
    if (error instanceof FormatError) return true;
    throw error;
  }
}

function lengthOf(frame: BagFrame): number {
  if (frame.kind === 'piece') return pieceFrameBytes;
  return frame.kind === 'name' ? nameFrameBytes : 1 + frame.head.length;
}

/** Reads of one file, which may refuse in places. */
class Reading {
  readonly source: CardSource;
  readonly options: ScanOptions;
  lostBytes = 0;
  #unreadable = 0;
  #told = 0;
  #cause: unknown = null;

  constructor(source: CardSource, options: ScanOptions) {
    this.source = source;
    this.options = options;
  }

  /** At most `length` bytes, as far as the file goes; less where a block cannot be read; null where the first cannot. */
  async at(at: number, length: number): Promise<Uint8Array | null> {
    this.options.signal?.throwIfAborted();
    const wanted = Math.min(length, this.source.size - at);
    const bytes = (await this.#try(at, wanted)) ?? (wanted > blockBytes ? await this.#try(at, blockBytes) : null);
    if (bytes) {
      this.#unreadable = 0;
      return bytes;
    }
    this.#unreadable += 1;
    if (this.#unreadable > mostUnreadable) throw new LineError('LINE_STORAGE', this.#cause);
    return null;
  }

  async #try(at: number, length: number): Promise<Uint8Array | null> {
    try {
      return await this.source.read(at, length);
    } catch (error) {
      this.#cause = error;
      return null;
    }
  }

  told(at: number): void {
    if (at > this.#told) this.options.onBytes?.(at - this.#told);
    this.#told = Math.max(this.#told, at);
  }
}
