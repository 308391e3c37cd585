/**
 * Reads any stretch of a parcel's content without opening the rest: by whole 64 KiB chunks, each released only once its
 * tag holds. The last chunk is verified first, so that a file which was cut short is never taken for a whole one.
 *
 * Source: C2SP age.md, "The payload": seeking relative to the end must first verify the last chunk.
 */
import {
  chunkBytes,
  concatBytes,
  FormatError,
  hybridHeaderBytes,
  isBucket,
  type PartHead,
  parsePartStart,
  Plaintext,
  type Secret,
  streamNonceBytes,
} from '@zajil/format';
import { wrongSize } from './parcel.ts';
import { type ChunkMap, mapChunks, PayloadKey, sealedChunkBytes, truncated } from './payload.ts';
import { OpenError } from './refusal.ts';

/** Bytes of the stored parcel, from its beginning; fewer than asked for means that the parcel ends there. */
export type ReadParcel = (offset: number, length: number) => Promise<Uint8Array>;

const payloadAt = hybridHeaderBytes + streamNonceBytes;

export class ParcelReader {
  readonly head: PartHead;
  readonly contentBytes: number;
  readonly #read: ReadParcel;
  readonly #key: PayloadKey;
  readonly #map: ChunkMap;
  readonly #sealedBytes: number;
  readonly #contentAt: number;

  private constructor(read: ReadParcel, key: PayloadKey, sealedBytes: number, first: Uint8Array) {
    const { head, headBytes, contentBytes } = readStart(first);
    this.#read = read;
    this.#key = key;
    this.#sealedBytes = sealedBytes;
    this.#map = mapChunks(sealedBytes);
    this.#contentAt = headBytes;
    this.head = head;
    this.contentBytes = contentBytes;
    if (headBytes + contentBytes > this.#map.plainBytes) throw noPart();
  }

  /**
   * Verifies the last chunk and reads the part's head. The header is not read: whoever has the file key has opened it.
   *
   * @param bytes - length of the parcel
   * @throws OpenError `OPEN_SIZE`, `OPEN_TRUNCATED`, `OPEN_ALTERED`, `OPEN_PART`
   */
  static async open(read: ReadParcel, bytes: number, fileKey: Secret): Promise<ParcelReader> {
    if (!isBucket(bytes)) throw wrongSize();
    const key = new PayloadKey(fileKey, await exactly(read, hybridHeaderBytes, streamNonceBytes));
    const sealedBytes = bytes - payloadAt;
    const { chunks } = mapChunks(sealedBytes);
    const last = await openChunks(read, key, sealedBytes, chunks - 1, chunks - 1);
    const first = chunks === 1 ? last : await openChunks(read, key, sealedBytes, 0, 0);
    return new ParcelReader(read, key, sealedBytes, first);
  }

  /** Content bytes `from` up to, not including, `to`. @throws OpenError as `open`. @throws RangeError beyond the content */
  async range(from: number, to: number): Promise<Plaintext> {
    const sane = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to && to <= this.contentBytes;
    if (!sane) throw new RangeError('range is outside the content');
    if (from === to) return new Plaintext(new Uint8Array(0));
    const start = this.#contentAt + from;
    const firstChunk = Math.floor(start / chunkBytes);
    const lastChunk = Math.floor((this.#contentAt + to - 1) / chunkBytes);
    const plain = await openChunks(this.#read, this.#key, this.#sealedBytes, firstChunk, lastChunk);
    const at = start - firstChunk * chunkBytes;
    return new Plaintext(plain.subarray(at, at + to - from));
  }

  /** Zeroes the key; the reader is of no use afterwards. */
  close(): void {
    this.#key.wipe();
  }
}

/** One stretch of the content; see `ParcelReader`, which serves many. */
export async function openRange(read: ReadParcel, bytes: number, fileKey: Secret, from: number, to: number): Promise<Plaintext> {
  const reader = await ParcelReader.open(read, bytes, fileKey);
  try {
    return await reader.range(from, to);
  } finally {
    reader.close();
  }
}

async function openChunks(read: ReadParcel, key: PayloadKey, sealedBytes: number, from: number, to: number): Promise<Uint8Array> {
  const { chunks } = mapChunks(sealedBytes);
  const start = from * sealedChunkBytes;
  const sealed = await exactly(read, payloadAt + start, Math.min(sealedBytes, (to + 1) * sealedChunkBytes) - start);
  const opened: Uint8Array[] = [];
  for (let i = from; i <= to; i += 1) {
    const at = (i - from) * sealedChunkBytes;
    opened.push(key.open(i, i === chunks - 1, sealed.subarray(at, at + sealedChunkBytes)));
  }
  return opened.length === 1 && opened[0] ? opened[0] : concatBytes(...opened);
}

async function exactly(read: ReadParcel, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await read(offset, length);
  if (bytes.length !== length) throw truncated();
  return bytes;
}

function readStart(plain: Uint8Array): ReturnType<typeof parsePartStart> {
  try {
    return parsePartStart(plain);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw noPart(cause);
  }
}

function noPart(cause?: unknown): OpenError {
  return new OpenError('OPEN_PART', 'What is in this parcel is no part of a dispatch. It was not read.', cause);
}
