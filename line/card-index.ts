/**
 * Where on one or several cards each piece stands. 8 bytes for each piece and a few hundred for each parcel: a card of
 * 2 GB costs some 5 MB. Every piece is checked against its head once, here.
 */
import {
  BagSalvage,
  Bitmap,
  type NameHex,
  type OrphanRun,
  type SalvageOptions,
  type SalvagedPiece,
  type Sha256,
  parcelHeadBytes,
  parseParcelHead,
  pieceBytes,
  pieceFrameBytes,
  piecesOf,
} from '@zajil/format';
import { type Stretch, readCardChunks } from './card-chunks.ts';
import type { CardSource } from './card-source.ts';

/** Places count through all files, one after the other. */
export interface CardParcel {
  readonly name: NameHex;
  /** Length of the parcel: a bucket. */
  readonly bytes: number;
  /** Where in its file the first piece of it stands: the most telling stand first. */
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
  /** Pieces that could not be read or proved, or whose head is on none of the cards. As many as their bytes would make. */
  readonly damaged: number;
}

export interface ReadingOptions {
  readonly sha256?: Sha256;
  /** Called for every chunk. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

interface CardFile {
  readonly source: CardSource;
  /** Its place through all files. */
  readonly base: number;
}

export class CardIndex {
  readonly parcels = new Map<NameHex, CardParcel>();
  readonly #files: CardFile[] = [];
  readonly #orphans: { readonly file: CardFile; readonly run: OrphanRun }[] = [];
  #end = 0;
  #doubled = 0;
  #damaged = 0;

  /** Reads a file to its end and adds what it holds. @throws LineError `LINE_STORAGE` when it is gone */
  async add(source: CardSource, options: ReadingOptions): Promise<void> {
    const file = { source, base: this.#end };
    this.#files.push(file);
    this.#end += source.size;
    const { damaged, orphans, orphanRuns } = await this.#salvage(file, {}, options);
    this.#damaged += damaged + orphans;
    for (const run of orphanRuns) this.#orphans.push({ file, run });
  }

  /** When all files were added: takes the pieces whose head stands on another of them, or too far before them. */
  async settle({ sha256, signal }: ReadingOptions): Promise<void> {
    for (const { file, run } of this.#orphans.splice(0)) {
      const parcel = this.parcels.get(run.name);
      if (!parcel) continue;
      const head = await this.readHead(parcel);
      const headOf = (name: NameHex): Uint8Array | null => (name === run.name ? head : null);
      const { proved } = await this.#salvage(file, run, { headOf, ...(sha256 && { sha256 }), ...(signal && { signal }) });
      this.#damaged -= proved;
    }
  }

  async #salvage(file: CardFile, stretch: Stretch, options: ReadingOptions & SalvageOptions): Promise<BagSalvage> {
    const reader = new BagSalvage(options);
    const base = file.base + (stretch.from ?? 0);
    for await (const chunk of readCardChunks(file.source, stretch)) {
      options.signal?.throwIfAborted();
      for (const piece of reader.push(chunk)) this.#place(piece, base);
      options.onBytes?.(chunk.length);
    }
    for (const piece of reader.end()) this.#place(piece, base);
    return reader;
  }

  /** @param base - place of what was read through all files */
  #place({ parcel: { name, head, headAt }, index, at }: SalvagedPiece, base: number): void {
    let parcel = this.parcels.get(name);
    if (!parcel) {
      if (headAt === null) return;
      const { bytes } = parseParcelHead(head);
      parcel = { name, bytes, order: at, headAt: base + headAt, pieceAt: new Float64Array(piecesOf(bytes)), here: 0 };
      this.parcels.set(name, parcel);
    }
    parcel.order = Math.min(parcel.order, at);
    if ((parcel.pieceAt[index] ?? 0) > 0) this.#doubled += 1;
    else {
      parcel.pieceAt[index] = base + at;
      parcel.here += 1;
    }
  }

  get found(): CardFound {
    const all = [...this.parcels.values()];
    return {
      parcels: all.length,
      whole: all.filter((parcel) => parcel.here === parcel.pieceAt.length).length,
      pieces: all.reduce((sum, parcel) => sum + parcel.here, 0),
      doubled: this.#doubled,
      damaged: this.#damaged,
    };
  }

  /** @param at - place through all files */
  async read(at: number, length: number): Promise<Uint8Array> {
    const { source, base } = this.#files.findLast((one) => one.base <= at) ?? this.#missing();
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
