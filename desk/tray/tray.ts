/**
 * The tray: parcels of which only pieces are here, from cards and relays, as they were sealed. For each a file of its
 * head and a file of its pieces at their places. Nothing on the disk says which pieces are there: whoever looks again
 * checks each against the head, so that no record can go stale. `docs/protocol.md` section "Collect".
 *
 * The order: a caller that made a parcel whole files it, saves, and only then drops it here.
 */
import { readFileSync } from 'node:fs';
import { type FileHandle, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bitmap, type NameHex, pieceBytes, piecesOf, toHex } from '@zajil/format';
import { makeFolderDurably } from '@zajil/log';
import { flushFiles, flushFolders } from '../flush-path.ts';
import { writing } from '../refusal.ts';
import { type Piece, fastSha256, isHeadOf, isPiece, joined, lengthIn, writePieces } from './pieces-on-disk.ts';

export interface Added {
  /** Pieces that were not here. */
  readonly fresh: number;
  /** Pieces that were. */
  readonly known: number;
  /** The parcel, when every piece is here. */
  readonly parcel: Uint8Array | null;
}

interface Row {
  readonly bytes: number;
  /** Milliseconds since 1970 of the last piece. */
  touched: number;
  /** Null until this process looked. */
  pieces: Bitmap | null;
}

export interface TrayOptions {
  readonly folder: string;
  readonly now: () => number;
  /** Most bytes that the parcels here may have once they are whole. */
  readonly quotaBytes?: number;
}

const usualQuotaBytes = 8 * 2 ** 30;
const headEnding = '.head';
const piecesEnding = '.pieces';
/** So many parcels may wait to be flushed: if the machine stops before, the card has them still. */
const mostDirty = 4096;

export class Tray {
  readonly #folder: string;
  readonly #now: () => number;
  readonly quotaBytes: number;
  readonly #rows = new Map<NameHex, Row>();
  readonly #dirty = new Set<NameHex>();
  /** Of those, whose heads were written too. */
  readonly #fresh = new Set<NameHex>();
  #bytes = 0;
  #dropped: NameHex[] = [];

  private constructor(options: TrayOptions) {
    this.#folder = options.folder;
    this.#now = options.now;
    this.quotaBytes = options.quotaBytes ?? usualQuotaBytes;
  }

  /** Finds what an earlier process left. Pieces without a head tell nothing and are removed. @throws DeskError `DESK_DISK` */
  static async open(options: TrayOptions): Promise<Tray> {
    const tray = new Tray(options);
    await writing(async () => tray.#list());
    return tray;
  }

  async #list(): Promise<void> {
    const files = await readdir(this.#folder).catch(() => []);
    for (const file of files.filter((name) => name.endsWith(headEnding))) {
      const name = file.slice(0, -headEnding.length);
      const head = await readFile(join(this.#folder, file));
      if (!isHeadOf(name, head)) continue;
      const touched = await stat(this.#path(name, piecesEnding)).catch(() => null);
      this.#note(name, { bytes: lengthIn(head), touched: touched?.mtimeMs ?? 0, pieces: null });
    }
    const known = new Set([...this.#rows.keys()].flatMap((name) => [name + headEnding, name + piecesEnding]));
    const ours = files.filter((file) => file.endsWith(headEnding) || file.endsWith(piecesEnding));
    for (const file of ours) if (!known.has(file)) await rm(join(this.#folder, file), { force: true });
  }

  #note(name: NameHex, row: Row): void {
    this.#rows.set(name, row);
    this.#bytes += row.bytes;
  }

  names(): NameHex[] {
    return [...this.#rows.keys()];
  }

  has(name: NameHex): boolean {
    return this.#rows.has(name);
  }

  /** Bytes that the parcels here will have once they are whole. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The head's file; null when nothing of this parcel is here. Reads the disk at once: for readers that cannot wait. */
  headOf(name: NameHex): Uint8Array | null {
    if (!this.#rows.has(name)) return null;
    try {
      const head = new Uint8Array(readFileSync(this.#path(name, headEnding)));
      return isHeadOf(name, head) ? head : null;
    } catch {
      return null;
    }
  }

  /** Which pieces are here; null when nothing of this parcel is. Not to be changed. @throws DeskError `DESK_DISK` */
  async pieces(name: NameHex): Promise<Bitmap | null> {
    const row = this.#rows.get(name);
    if (!row) return null;
    const head = row.pieces ? null : this.headOf(name);
    if (head) row.pieces = await writing(async () => this.#check(name, head));
    return row.pieces ?? new Bitmap(piecesOf(row.bytes));
  }

  /** The file may be there in part, or not at all. */
  async #check(name: NameHex, head: Uint8Array): Promise<Bitmap> {
    const bytes = await readFile(this.#path(name, piecesEnding)).catch(() => new Uint8Array(0));
    const pieces = new Bitmap(piecesOf(lengthIn(head)));
    for (let index = 0; index < pieces.size && (index + 1) * pieceBytes <= bytes.length; index += 1)
      if (isPiece(head, index, bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes))) pieces.add(index);
    return pieces;
  }

  /**
   * Takes pieces of a parcel. One that comes whole at once is given back and touches no disk. Durable after `flush`.
   *
   * @param head - a head's file
   * @param pieces - proved by whoever read them (`BagSalvage`): they are not hashed again. Whoever opens the tray, and
   *   whoever files the parcel, does. @throws DeskError `DESK_DISK`
   */
  async add(head: Uint8Array, pieces: readonly Piece[]): Promise<Added> {
    const name = toHex(fastSha256(head));
    const before = await this.pieces(name);
    const after = before?.copy() ?? new Bitmap(piecesOf(lengthIn(head)));
    const fresh: Piece[] = [];
    for (const piece of pieces) {
      if (after.has(piece.index)) continue;
      after.add(piece.index);
      fresh.push(piece);
    }
    const counts = { fresh: fresh.length, known: pieces.length - fresh.length };
    if (before === null && fresh.length > 0 && after.full) return { ...counts, parcel: joined(fresh) };
    if (fresh.length > 0) await writing(async () => this.#write(name, head, fresh, after));
    return { ...counts, parcel: after.full ? await this.#whole(name, head) : null };
  }

  async #write(name: NameHex, head: Uint8Array, fresh: readonly Piece[], after: Bitmap): Promise<void> {
    await this.#begin(name, head);
    await this.#with(name, async (file) => {
      await writePieces(file, fresh);
    });
    const row = this.#rows.get(name);
    if (row) Object.assign(row, { pieces: after, touched: this.#now() });
    this.#dirty.add(name);
    if (this.#dirty.size >= mostDirty) await this.flush();
  }

  async #begin(name: NameHex, head: Uint8Array): Promise<void> {
    if (this.#rows.has(name)) return;
    if (this.#rows.size === 0) await makeFolderDurably(this.#folder);
    await this.#makeRoom(lengthIn(head));
    await writeFile(this.#path(name, headEnding), head, { mode: 0o600 });
    this.#fresh.add(name);
    this.#note(name, { bytes: lengthIn(head), touched: this.#now(), pieces: new Bitmap(piecesOf(lengthIn(head))) });
  }

  /** What was touched longest ago goes. */
  async #makeRoom(bytes: number): Promise<void> {
    if (this.#bytes + bytes <= this.quotaBytes) return;
    const oldest = [...this.#rows].sort(([, a], [, b]) => a.touched - b.touched).map(([name]) => name);
    for (const name of oldest) {
      if (this.#bytes + bytes <= this.quotaBytes) return;
      await this.drop(name);
      this.#dropped.push(name);
    }
  }

  /** Names that had to make room since the last call: whoever asks writes them down. */
  takeDropped(): NameHex[] {
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** Null when the disk no longer gives back what was written: the next look finds what is left. */
  async #whole(name: NameHex, head: Uint8Array): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(await readFile(this.#path(name, piecesEnding)).catch(() => new Uint8Array(0)));
    const row = this.#rows.get(name);
    const pieces = await this.#check(name, head);
    if (row) row.pieces = pieces;
    return pieces.full ? bytes : null;
  }

  /** These pieces, in this order; fewer when the disk lost some. @throws DeskError `DESK_DISK` */
  async read(name: NameHex, indexes: readonly number[]): Promise<Piece[]> {
    const head = this.headOf(name);
    if (!head) return [];
    const pieces: Piece[] = [];
    await this.#with(name, async (file) => {
      for (const index of indexes) {
        const bytes = new Uint8Array(pieceBytes);
        await file.read(bytes, 0, pieceBytes, index * pieceBytes);
        if (isPiece(head, index, bytes)) pieces.push({ index, bytes });
      }
    });
    return pieces;
  }

  /** Makes everything durable that was added. @throws DeskError `DESK_DISK` */
  async flush(): Promise<void> {
    const [dirty, fresh] = [[...this.#dirty], [...this.#fresh]];
    if (dirty.length === 0) return;
    await writing(async () => {
      await flushFiles([...dirty.map((name) => this.#path(name, piecesEnding)), ...fresh.map((name) => this.#path(name, headEnding))]);
      await flushFolders([this.#folder]);
    });
    // Whoever adds waits for this.
    for (const name of dirty) this.#dirty.delete(name);
    for (const name of fresh) this.#fresh.delete(name);
  }

  /** Forgets a parcel: it was filed, or refused. */
  async drop(name: NameHex): Promise<void> {
    this.#bytes -= this.#rows.get(name)?.bytes ?? 0;
    this.#rows.delete(name);
    this.#dirty.delete(name);
    this.#fresh.delete(name);
    await rm(this.#path(name, piecesEnding), { force: true });
    await rm(this.#path(name, headEnding), { force: true });
  }

  async #with<T>(name: NameHex, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const path = this.#path(name, piecesEnding);
    const file = await open(path, 'r+').catch(async () => open(path, 'w+', 0o600));
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  #path(name: NameHex, ending: string): string {
    return join(this.#folder, name + ending);
  }
}
