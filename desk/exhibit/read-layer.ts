/** Reads a layer of an exhibit out of the vault, any stretch of it, a chunk at a time. Plaintext stays in memory. */
import { type Plaintext, concatBytes, giveBack, readPlaintext, toHex } from '@zajil/format';
import { type Placement, ParcelReader } from '@zajil/open';
import { DeskError } from '../refusal.ts';
import type { ParcelStore } from '../vault/parcel-store.ts';
import type { Stream } from './exhibit.ts';

/** What is yielded at a time, in bytes: enough to be fast, little enough to keep many readers small. */
const stepBytes = 256 * 1024;

export interface ByteSpan {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Bytes that are here from the start without a gap. */
export function readableBytes(stream: Stream): number {
  const first = stream.assembler.present[0];
  return first?.from === 0 ? first.to : 0;
}

/** @throws DeskError `DESK_VANISHED`, `DESK_RANGE`; OpenError when a parcel of the vault was altered */
export async function* readStream(parcels: ParcelStore, stream: Stream, span: ByteSpan): AsyncGenerator<Plaintext> {
  if (span.from < 0 || span.from > span.to || span.to > readableBytes(stream))
    throw new DeskError('DESK_RANGE', 'That stretch is not here yet. What has arrived can be seen; the rest is still to come.');
  for (const placement of stream.assembler.placed) {
    const start = placement.head.offset;
    if (start + placement.length <= span.from) continue;
    if (start >= span.to) return;
    yield* readPart(parcels, stream, placement, Math.max(0, span.from - start), Math.min(span.to - start, placement.length));
  }
}

async function* readPart(parcels: ParcelStore, stream: Stream, placement: Placement, from: number, to: number): AsyncGenerator<Plaintext> {
  const name = toHex(placement.name);
  const filed = stream.filed.get(name);
  if (!filed) throw new RangeError('a placed part was not filed');
  // One look at the disk for a whole part; a stretch of it is read by chunks.
  const parcel = to - from === placement.length ? await parcels.get(name) : null;
  const read = async (offset: number, length: number) =>
    parcel ? parcel.subarray(offset, offset + length) : parcels.range(name, offset, length);
  const reader = await ParcelReader.open(read, filed.parcelBytes, filed.fileKey);
  try {
    for (let at = from; at < to; at += stepBytes) yield await reader.range(at, Math.min(to, at + stepBytes));
  } finally {
    reader.close();
    if (parcel) giveBack(parcel);
  }
}

/** All of a small stream, such as words or a tally. @param mostBytes - refused beyond: `DESK_TOO_LARGE` */
export async function readWhole(parcels: ParcelStore, stream: Stream, mostBytes: number): Promise<Uint8Array> {
  const bytes = readableBytes(stream);
  if (bytes > mostBytes)
    throw new DeskError('DESK_TOO_LARGE', 'This part of an exhibit is larger than it may be. It is kept, and not shown.');
  const chunks: Uint8Array[] = [];
  for await (const chunk of readStream(parcels, stream, { from: 0, to: bytes })) chunks.push(readPlaintext(chunk));
  return concatBytes(...chunks);
}
