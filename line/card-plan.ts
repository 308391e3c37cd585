/**
 * What goes onto a memory card, and in which order: pure choice. `docs/protocol.md` section "Courier's file".
 *
 * MUST: the most telling first, inside a layer what the newsroom wants, and what it has enough of last; never more than was allowed; in every file a head before the pieces under it. Where
 * several cards share what one cannot hold, each begins with another share of the pieces.
 */
import { type NameHex, bagMagic, nameFrameBytes, pieceFrameBytes, piecesOf } from '@zajil/format';
import { headBytesOf } from './machine.ts';
import type { ParcelNote } from './order.ts';
import { type WantsView, compareIn, isEnough, noWants } from './wants.ts';

/** Which of several cards this one is. */
export interface CardShare {
  /** From 1. */
  readonly number: number;
  /** 1 to 16. */
  readonly of: number;
}

/** One stretch of a card's file: pieces of one parcel. */
export interface CardEntry {
  readonly name: NameHex;
  /** The head goes along: this is the parcel's first place in this file. */
  readonly head: boolean;
  /** Ascending; at least one. */
  readonly pieces: readonly number[];
}

export interface CardFilePlan {
  readonly entries: readonly CardEntry[];
  /** Exact length. */
  readonly bytes: number;
}

export interface CardPlan {
  readonly files: readonly CardFilePlan[];
  readonly bytes: number;
  /** Parcels of which anything is on the card. */
  readonly parcels: number;
  readonly pieces: number;
  /** Pieces that wait and found no room on this card. */
  readonly piecesLeft: number;
}

export interface CardLimits {
  /** All files together are never longer. */
  readonly fillBytes: number;
  readonly share?: CardShare;
  /** No file is longer; the default is what FAT takes. */
  readonly mostFileBytes?: number;
  /** What the newsroom asked for, as far as this phone heard. */
  readonly wants?: WantsView;
}

export const mostSharing = 16;
/** A file on a FAT card is shorter than 4 GiB. */
export const mostCardFileBytes = 2 ** 32 - 1;

/** @throws RangeError for a share that there is not */
export function planCard(
  parcels: readonly ParcelNote[],
  { fillBytes, share = { number: 1, of: 1 }, mostFileBytes = mostCardFileBytes, wants = noWants }: CardLimits,
): CardPlan {
  const { number, of } = share;
  if (!Number.isInteger(of) || of < 1 || of > mostSharing || !Number.isInteger(number) || number < 1 || number > of)
    throw new RangeError('a share is a number from 1 to its count, at most 16');
  const sorted = [...parcels].sort(compareIn({ wants }));
  // A card costs no line: what is enough fills the room that is left, for the day on which somebody asks for it again.
  const { true: enough = [], false: asked = [] } = Object.groupBy(sorted, (parcel) => (isEnough({ wants }, parcel) ? 'true' : 'false'));
  const whole = new Set(ontoEveryCard(asked, fillBytes / 2).map((parcel) => parcel.name));
  const filling = new Filling(fillBytes, mostFileBytes);
  for (const group of [asked, enough]) fill(filling, group, { number, of }, whole);
  return filling.plan(sorted.reduce((sum, parcel) => sum + piecesHere(parcel).length, 0));
}

/** In as many rounds as there are cards. @param whole - parcels that are not shared out */
function fill(filling: Filling, sorted: readonly ParcelNote[], { number, of }: CardShare, whole: ReadonlySet<NameHex>): void {
  for (let turn = 0; turn < of && !filling.full; turn += 1) {
    for (const parcel of sorted) {
      const all = whole.has(parcel.name);
      if (all && turn > 0) continue;
      filling.add(
        parcel,
        all ? piecesHere(parcel) : piecesHere(parcel).filter((piece) => turnOf(parcel.name, piece, number - 1, of) === turn),
      );
      if (filling.full) return;
    }
  }
}

/** A card alone must tell something: what tells more than a whole, and tallies, is never shared out, while it leaves half of the card. */
function ontoEveryCard(sorted: readonly ParcelNote[], mostBytes: number): ParcelNote[] {
  let bytes = 0;
  return sorted.filter((parcel) => {
    if (parcel.layer === 'whole') return false;
    bytes += openingBytes(parcel) + piecesOf(parcel.bytes) * pieceFrameBytes;
    return bytes <= mostBytes;
  });
}

function piecesHere(parcel: ParcelNote): number[] {
  const all = Array.from({ length: piecesOf(parcel.bytes) }, (_, i) => i);
  return parcel.pieces ? all.filter((piece) => parcel.pieces?.has(piece)) : all;
}

/**
 * In which round the card takes this piece, 0 to `of` − 1. Neighbouring pieces begin on neighbouring cards; further
 * copies fall evenly on all others, so that any two cards hold as few pieces twice as they can. It follows from name and
 * number alone: cards written on different days still add up.
 */
export function turnOf(name: NameHex, piece: number, card: number, of: number): number {
  const first = (Number.parseInt(name.slice(0, 2), 16) + piece) % of;
  if (card === first) return 0;
  const others = of - 1;
  const place = (card - first - 1 + of) % of;
  return 1 + ((((place - Math.floor(piece / of)) % others) + others) % others);
}

function openingBytes(parcel: ParcelNote): number {
  return 1 + headBytesOf(parcel) + nameFrameBytes;
}

class Filling {
  readonly #files: { entries: CardEntry[]; bytes: number; heads: Set<NameHex> }[] = [];
  readonly #parcels = new Set<NameHex>();
  readonly #fillBytes: number;
  readonly #mostFileBytes: number;
  #bytes = 0;
  #pieces = 0;
  full = false;

  constructor(fillBytes: number, mostFileBytes: number) {
    this.#fillBytes = fillBytes;
    this.#mostFileBytes = mostFileBytes;
  }

  /** As much as there is room for; then the card is full, and nothing overtakes by being smaller. */
  add(parcel: ParcelNote, pieces: readonly number[]): void {
    for (let rest = pieces; rest.length > 0;) {
      const file = this.#files.at(-1);
      const opening = file?.heads.has(parcel.name) ? nameFrameBytes : openingBytes(parcel);
      const count = file ? roomFor(opening, Math.min(this.#mostFileBytes - file.bytes, this.#fillBytes - this.#bytes)) : 0;
      if (file && count > 0) rest = this.#put(file, parcel, rest, Math.min(count, rest.length), opening);
      else if (roomFor(bagMagic.length + openingBytes(parcel), Math.min(this.#mostFileBytes, this.#fillBytes - this.#bytes)) > 0)
        this.#open();
      else {
        this.full = true;
        return;
      }
    }
  }

  #open(): void {
    this.#files.push({ entries: [], bytes: bagMagic.length, heads: new Set() });
    this.#bytes += bagMagic.length;
  }

  #put(
    file: { entries: CardEntry[]; bytes: number; heads: Set<NameHex> },
    { name }: ParcelNote,
    pieces: readonly number[],
    count: number,
    opening: number,
  ): readonly number[] {
    const bytes = opening + count * pieceFrameBytes;
    file.entries.push({ name, head: !file.heads.has(name), pieces: pieces.slice(0, count) });
    file.heads.add(name);
    file.bytes += bytes;
    this.#bytes += bytes;
    this.#pieces += count;
    this.#parcels.add(name);
    return pieces.slice(count);
  }

  plan(all: number): CardPlan {
    const files = this.#files.map(({ entries, bytes }) => ({ entries, bytes }));
    return { files, bytes: this.#bytes, parcels: this.#parcels.size, pieces: this.#pieces, piecesLeft: all - this.#pieces };
  }
}

function roomFor(opening: number, room: number): number {
  return Math.max(0, Math.floor((room - opening) / pieceFrameBytes));
}
