/**
 * A bag of what is here of a parcel that is not whole yet: its head, and every held piece that is wanted. The pieces are
 * read as they lie on the disk: whoever gets them checks each against the head. `docs/protocol.md` sections "Bag", "Relay".
 */
import { type Bitmap, type ParcelHead, Writer, bagMagic, formatBagFrame, giveBack, parcelHeadMagic, pieceBytes } from '@zajil/format';
import type { StagedParcel } from './staging.ts';

/** At most 1 MiB and a head of 8 KiB. @param but - these pieces are left out */
export async function stagedBag(parcel: StagedParcel, but: Bitmap | null): Promise<Uint8Array> {
  const bytes = new Uint8Array(parcel.head.bytes);
  const { bytesRead } = await parcel.file.read(bytes, 0, bytes.length, 0);
  const bag = new Writer().put(bagMagic).put(formatBagFrame({ kind: 'head', head: headFile(parcel.head) }));
  for (let index = 0; (index + 1) * pieceBytes <= bytesRead; index += 1) {
    if (!parcel.pieces.has(index) || but?.has(index)) continue;
    const piece = bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    bag.put(formatBagFrame({ kind: 'piece', index, bytes: piece }));
  }
  giveBack(bytes);
  return bag.bytes();
}

/** As it was parsed: it has one spelling. */
function headFile(head: ParcelHead): Uint8Array {
  const writer = new Writer().put(parcelHeadMagic).u32(head.bytes);
  for (const hash of head.pieces) writer.put(hash);
  return writer.bytes();
}
