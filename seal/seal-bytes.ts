/** Seals a stream that is wholly in memory: words, a glance, a cut, a tally. */
import { Cut } from './cut.ts';
import type { SealEngine } from './engine.ts';
import { type SealedParcel, sealPart, type StreamHead } from './sealed-parcel.ts';

/** @returns its parcels in order, each saying how many there are. @throws SealError `SEAL_RECIPIENT` */
export async function sealBytesWith(
  engine: SealEngine,
  stream: StreamHead,
  content: Uint8Array,
  recipient: Uint8Array,
): Promise<SealedParcel[]> {
  const cut = new Cut(content.length, stream.type);
  const parcels: SealedParcel[] = [];
  for (let i = 0; i < cut.parts; i += 1) {
    const part = cut.at(i);
    const bytes = content.subarray(part.offset, part.offset + part.length);
    parcels.push(await sealPart(engine, stream, part, cut.parts, bytes, recipient));
  }
  return parcels;
}
