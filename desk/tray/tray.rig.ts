/** For the tests of the tray: parcels made from a number, the same each time, and bags of them. */
import { createHash } from 'node:crypto';
import { type BagFrame, type NameHex, bagMagic, concatBytes, formatBagFrame, makeParcelHead, pieceBytes } from '@zajil/format';
import { type Piece, fastSha256 } from './pieces-on-disk.ts';

export interface TestParcel {
  readonly bytes: Uint8Array;
  readonly head: Uint8Array;
  readonly name: NameHex;
  readonly count: number;
  readonly piece: (index: number) => Piece;
}

export function testParcel(kibibytes: number, seed: number): TestParcel {
  const blocks = Array.from({ length: kibibytes * 32 }, (_, i) => createHash('sha256').update(`${seed} ${i}`).digest());
  const bytes = new Uint8Array(Buffer.concat(blocks));
  const head = makeParcelHead(bytes, fastSha256);
  const name = Buffer.from(fastSha256(head)).toString('hex');
  const piece = (index: number): Piece => ({ index, bytes: bytes.slice(index * pieceBytes, (index + 1) * pieceBytes) });
  return { bytes, head, name, count: bytes.length / pieceBytes, piece };
}

/** Head, name and these pieces of each. */
export function cardOf(
  ...visits: readonly { parcel: Pick<TestParcel, 'head' | 'name' | 'piece'>; pieces: readonly number[] }[]
): Uint8Array {
  const frames = visits.flatMap(({ parcel, pieces }): BagFrame[] => [
    { kind: 'head', head: parcel.head },
    { kind: 'name', name: new Uint8Array(Buffer.from(parcel.name, 'hex')) },
    ...pieces.map((index): BagFrame => ({ kind: 'piece', ...parcel.piece(index) })),
  ]);
  return concatBytes(bagMagic, ...frames.map(formatBagFrame));
}

/** In chunks of so many bytes. */
export async function* inChunks(bytes: Uint8Array, chunk = 50_000): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.slice(at, at + chunk);
}
