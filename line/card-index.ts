/**
 * Where on one or several cards each piece stands. 8 bytes for each piece and a few hundred for each parcel: a card of
 * 2 GB costs some 5 MB. Every piece is checked against its head once, here.
 */
import {
  type BagFrame,
  Bitmap,
  FormatError,
  type NameHex,
  type ParcelHead,
  type Sha256,
  nameToHex,
  parcelName,
  parcelHeadBytes,
  parseParcelHead,
  pieceBytes,
  pieceFrameBytes,
  piecesOf,
  verifyPiece,
} from '@zajil/format';
import { type CardReader, type ScanOptions, scanCard } from './card-scan.ts';
import type { CardSource } from './card-source.ts';

/** Places count through all files, one after the other. */
export interface CardParcel {
  readonly name: NameHex;
  /** Length of the parcel: a bucket. */
  readonly bytes: number;
  /** Where in its file it first appeared: the most telling stand first. */
  order: number;
  /** Place of its head's bytes. */
  readonly headAt: number;
  /** Place of each piece's bytes; 0 while it is not here. */
  readonly pieceAt: Float64Array;
  here: number;
}

/** What was found on the cards. */
export interface CardFound {
  readonly parcels: number;
  /** Parcels with every piece. */
  readonly whole: number;
  readonly pieces: number;
  /** Pieces that stand on the cards more than once. */
  readonly doubled: number;
  /** Pieces that were not the ones announced, or whose head is on none of the cards. */
  readonly damaged: number;
  /** Bytes that could not be read, or were no bag. */
  readonly lostBytes: number;
}

interface Opened {
  readonly parcel: CardParcel;
  readonly name: Uint8Array;
  readonly head: ParcelHead;
}

export class CardIndex {
  readonly parcels = new Map<NameHex, CardParcel>();
  readonly #sources: { readonly source: CardSource; readonly base: number }[] = [];
  #end = 0;
  #doubled = 0;
  #damaged = 0;
  #lostBytes = 0;

  /** Reads a file to its end and adds what it holds. @throws LineError `LINE_STORAGE` when it is gone */
  async add(source: CardSource, options: ScanOptions): Promise<void> {
    const base = this.#end;
    this.#sources.push({ source, base });
    this.#end += source.size;
    const { lostBytes } = await scanCard(source, new BagReader(this, base, options.sha256), options);
    this.#lostBytes += lostBytes;
  }

  get found(): CardFound {
    const all = [...this.parcels.values()];
    return {
      parcels: all.filter((parcel) => parcel.here > 0).length,
      whole: all.filter((parcel) => parcel.here === parcel.pieceAt.length).length,
      pieces: all.reduce((sum, parcel) => sum + parcel.here, 0),
      doubled: this.#doubled,
      damaged: this.#damaged,
      lostBytes: this.#lostBytes,
    };
  }

  /** @param at - place through all files */
  async read(at: number, length: number): Promise<Uint8Array> {
    const { source, base } = this.#sources.findLast((one) => one.base <= at) ?? this.#missing();
    return source.read(at - base, length);
  }

  async readHead(parcel: CardParcel): Promise<Uint8Array> {
    return await this.read(parcel.headAt, parcelHeadBytes(parcel.bytes));
  }

  /** Neighbours in one read; the arrays may share memory. Null where a piece is not here. */
  async readPieces(parcel: CardParcel, indices: readonly number[]): Promise<Uint8Array[] | null> {
    const places = indices.map((index) => parcel.pieceAt[index] ?? 0);
    if (places.includes(0)) return null;
    const pieces: Uint8Array[] = [];
    for (const { at, count } of runs(places)) {
      const run = await this.read(at, (count - 1) * pieceFrameBytes + pieceBytes);
      for (let i = 0; i < count; i += 1) pieces.push(run.subarray(i * pieceFrameBytes, i * pieceFrameBytes + pieceBytes));
    }
    return pieces;
  }

  /** A head, where it was first seen. */
  open(headBytes: Uint8Array, name: Uint8Array, headAt: number, order: number): Opened {
    const head = parseParcelHead(headBytes);
    const hex = nameToHex(name);
    const known = this.parcels.get(hex);
    if (known) known.order = Math.min(known.order, order);
    const parcel = known ?? { name: hex, bytes: head.bytes, order, headAt, pieceAt: new Float64Array(piecesOf(head.bytes)), here: 0 };
    this.parcels.set(hex, parcel);
    return { parcel, name, head };
  }

  place({ parcel, head }: Opened, index: number, piece: Uint8Array, at: number, sha256: Sha256 | undefined): void {
    if ((parcel.pieceAt[index] ?? 0) > 0) this.#doubled += 1;
    else if (isPieceOf(head, index, piece, sha256)) {
      parcel.pieceAt[index] = at;
      parcel.here += 1;
    } else this.#damaged += 1;
  }

  orphan(): void {
    this.#damaged += 1;
  }

  #missing(): never {
    throw new RangeError('no such place on these cards');
  }
}

/** The pieces that are here; undefined when all are. */
export function piecesOfCard({ pieceAt, here }: CardParcel): Bitmap | undefined {
  if (here === pieceAt.length) return undefined;
  const bitmap = new Bitmap(pieceAt.length);
  for (const [index, at] of pieceAt.entries()) if (at > 0) bitmap.add(index);
  return bitmap;
}

/** Follows the frames of one file. */
class BagReader implements CardReader {
  readonly #index: CardIndex;
  readonly #base: number;
  readonly #sha256: Sha256 | undefined;
  #current: Opened | null = null;
  /** Opened by the frame before this one. */
  #fresh: Opened | null = null;
  latest: Opened | null = null;

  constructor(index: CardIndex, base: number, sha256: Sha256 | undefined) {
    this.#index = index;
    this.#base = base;
    this.#sha256 = sha256;
  }

  knows(name: Uint8Array): boolean {
    return this.#index.parcels.has(nameToHex(name));
  }

  async frame(frame: BagFrame, at: number): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = null;
    if (frame.kind === 'piece') this.#piece(frame.index, frame.bytes, at);
    else if (frame.kind === 'name') await this.#name(frame.name, at, fresh);
    else {
      this.#current = this.#index.open(frame.head, parcelName(frame.head, this.#sha256), this.#base + at + 1, at);
      this.#fresh = this.latest = this.#current;
    }
  }

  #piece(index: number, bytes: Uint8Array, at: number): void {
    if (!this.#current) this.#index.orphan();
    else this.#index.place(this.#current, index, bytes, this.#base + at + pieceFrameBytes - pieceBytes, this.#sha256);
  }

  async #name(name: Uint8Array, at: number, fresh: Opened | null): Promise<void> {
    const hex = nameToHex(name);
    if (this.#current?.parcel.name === hex) return;
    // The writer's own word says that the head before it is not what was written.
    if (fresh?.parcel.here === 0) this.#index.parcels.delete(fresh.parcel.name);
    const known = this.#index.parcels.get(hex);
    this.#current = known ? this.#index.open(await this.#index.readHead(known), name, known.headAt, at) : null;
    this.latest = this.#current ?? (fresh ? null : this.latest);
  }
}

function isPieceOf(head: ParcelHead, index: number, piece: Uint8Array, sha256: Sha256 | undefined): boolean {
  try {
    verifyPiece(head, index, piece, sha256);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Places that follow each other frame by frame, as one read. */
function runs(places: readonly number[]): { at: number; count: number }[] {
  const found: { at: number; count: number }[] = [];
  for (const at of places) {
    const last = found.at(-1);
    if (last && last.at + last.count * pieceFrameBytes === at) last.count += 1;
    else found.push({ at, count: 1 });
  }
  return found;
}
