/**
 * Reads one card: proves its pieces, and gives them on parcel by parcel. Damage costs what it touches; a file cut
 * anywhere counts up to the cut. Memory is one parcel's. `docs/protocol.md` section "Courier's file".
 */
import { BagSalvage, type OrphanRun, type SalvagedParcel, type SalvagedPiece, mostPieces } from '@zajil/format';
import { fastSha256 } from './pieces-on-disk.ts';
import type { Tray } from './tray.ts';
import type { Uniter } from './uniter.ts';

export interface CardFigures {
  /** Of the file. */
  readonly bytes: number;
  /** Pieces that the desk did not have. */
  readonly fresh: number;
  /** Pieces that it had, or whose parcel it has. */
  readonly known: number;
  /** Pieces that could not be proved: altered, or of a parcel whose head was. */
  readonly damaged: number;
  /** Pieces of parcels that the card only names. */
  readonly orphans: number;
  /** Where they stand. */
  readonly orphanRuns: readonly OrphanRun[];
  /** Parcels that this card made whole. */
  readonly whole: number;
  /** Did it begin as a bag? */
  readonly isBag: boolean;
}

interface Visit {
  readonly parcel: SalvagedParcel;
  readonly pieces: SalvagedPiece[];
}

/** A card's bytes, from the beginning each time. */
export type Card = () => AsyncIterable<Uint8Array>;

/**
 * Reads cards in this order; one again whose pieces had no head before, when another brought that.
 *
 * @throws DeskError `DESK_DISK`, and what reading the cards throws
 */
export async function readCards(cards: readonly Card[], parts: { tray: Tray; uniter: Uniter }): Promise<CardFigures[]> {
  const figures: CardFigures[] = [];
  for (const card of cards) figures.push(await readCard(card(), parts));
  for (const [i, { orphanRuns, orphans, fresh, known, whole }] of figures.entries()) {
    const card = cards[i];
    if (!card || !orphanRuns.some(({ name }) => parts.tray.has(name))) continue;
    const again = await readCard(card(), parts);
    const found = Math.max(0, orphans - again.orphans);
    figures[i] = { ...again, fresh: fresh + again.fresh, known: known + Math.max(0, found - again.fresh), whole: whole + again.whole };
  }
  return figures;
}

/** @throws DeskError `DESK_DISK`, and what reading the chunks throws */
export async function readCard(chunks: AsyncIterable<Uint8Array>, { tray, uniter }: { tray: Tray; uniter: Uniter }): Promise<CardFigures> {
  const reader = new BagSalvage({ sha256: fastSha256, headOf: (name) => tray.headOf(name) });
  const sums = { bytes: 0, fresh: 0, known: 0, whole: 0 };
  let visit: Visit | null = null;
  const finish = async (): Promise<void> => {
    if (!visit) return;
    const { parcel, pieces } = visit;
    visit = null;
    const taken = await uniter.take(parcel.name, parcel.head, pieces, 'card');
    sums.fresh += taken.fresh;
    sums.known += taken.known;
    if (taken.whole) sums.whole += 1;
  };
  const takeAll = async (pieces: readonly SalvagedPiece[]): Promise<void> => {
    for (const piece of pieces) {
      if (visit && (visit.parcel.name !== piece.parcel.name || visit.pieces.length >= mostPieces)) await finish();
      visit ??= { parcel: piece.parcel, pieces: [] };
      visit.pieces.push(piece);
    }
  };
  for await (const chunk of chunks) {
    sums.bytes += chunk.length;
    await takeAll(reader.push(chunk));
  }
  await takeAll(reader.end());
  await finish();
  const { damaged, orphans, orphanRuns, begun } = reader;
  return { ...sums, damaged, orphans, orphanRuns, isBag: begun };
}
