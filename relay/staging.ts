/**
 * Parcels that are not whole yet: for each, a file of its head and a file of its pieces at their places. Nothing on
 * the disk says which pieces are there: whoever looks again checks each against the head, so no record can go stale.
 * `docs/protocol.md` sections "Bag" and "Relay".
 */
import { createHash, hash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Bitmap,
  FormatError,
  type NameHex,
  type ParcelHead,
  nameToHex,
  parcelHeadBytes,
  parcelName,
  parseParcelHead,
  pieceBytes,
  piecesOf,
  quarterToDate,
  verifyPiece,
} from '@zajil/format';
import { flushFolder, orNullWhenMissing } from './durable.ts';

/** SHA-256 by OpenSSL, fifteen times faster than the portable one. */
export function fastSha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

export interface Piece {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** One parcel on its way to being whole. Open files are its cost; `Staging` bounds how many there are. */
export interface StagedParcel {
  readonly name: NameHex;
  readonly head: ParcelHead;
  readonly pieces: Bitmap;
  /** How many pieces are missing. */
  missing: number;
  /** Are all pieces on the disk for good, as far as this process knows? */
  flushed: boolean;
  readonly file: FileHandle;
}

/** As many parcels keep their file open and their head in memory: 8 KiB each. */
const mostOpen = 64;

/**
 * Callers see to it that no two work on one parcel at once (`NameLocks`), and that what they hold is not forgotten
 * while they use it: they ask again under each lock.
 */
export class Staging {
  readonly #folder: string;
  /** Every staged parcel and its length. */
  readonly #lengths = new Map<NameHex, number>();
  #bytes = 0;
  readonly #open = new Map<NameHex, StagedParcel>();
  /** Which pieces are there, of every parcel that this process opened once: 32 bytes each. */
  readonly #seen = new Map<NameHex, Bitmap>();
  readonly #busy: (name: NameHex) => boolean;

  protected constructor(folder: string, busy: (name: NameHex) => boolean) {
    this.#folder = folder;
    this.#busy = busy;
  }

  /** @param busy - is somebody working on this parcel, so that its file has to stay open? */
  static async open(folder: string, busy: (name: NameHex) => boolean): Promise<Staging> {
    const staging = new Staging(folder, busy);
    await staging.list();
    return staging;
  }

  /** Finds what an earlier process left. Pieces without a head tell nothing and are removed. */
  protected async list(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const files = await readdir(this.#folder);
    for (const file of files.filter((file) => file.endsWith(headEnding))) {
      const name = file.slice(0, -headEnding.length);
      const head = await this.#readHead(name);
      if (head) this.#note(name, head.bytes);
      else await this.drop(name);
    }
    const known = new Set([...this.#lengths.keys()].flatMap((name) => [name + headEnding, name + piecesEnding]));
    for (const file of files) if (!known.has(file)) await rm(join(this.#folder, file), { force: true });
  }

  names(): NameHex[] {
    return [...this.#lengths.keys()];
  }

  has(name: NameHex): boolean {
    return this.#lengths.has(name);
  }

  /** Is its file open, so that this process knows which pieces are there? */
  isOpen(name: NameHex): boolean {
    return this.#open.has(name);
  }

  /** Which pieces are there; null when this process did not look yet. Not to be changed. */
  seen(name: NameHex): Bitmap | null {
    return this.#seen.get(name) ?? null;
  }

  /** Bytes that the staged parcels will have when they are whole. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the pieces that are there, of the parcels whose files are open: the others it would have to read. */
  get pieceBytes(): number {
    let pieces = 0;
    for (const { pieces: held, missing } of this.#open.values()) pieces += held.size - missing;
    return pieces * pieceBytes;
  }

  /** Makes room for a parcel. @throws FormatError when it is no head */
  async begin(headFile: Uint8Array): Promise<StagedParcel> {
    const head = parseParcelHead(headFile);
    const name = nameToHex(parcelName(headFile, fastSha256));
    const known = await this.find(name);
    if (known) return known;
    try {
      await writeFile(this.#path(name, headEnding), headFile);
      this.#note(name, head.bytes);
      return await this.#openParcel(name, head);
    } catch (error) {
      await this.drop(name);
      throw error;
    }
  }

  /** The parcel, its pieces checked against its head if an earlier process brought them; null when nothing is staged. */
  async find(name: NameHex): Promise<StagedParcel | null> {
    if (!this.#lengths.has(name)) return null;
    const open = this.#open.get(name);
    if (open) {
      this.#open.delete(name);
      this.#open.set(name, open);
      return open;
    }
    const head = await this.#readHead(name);
    if (head) return await this.#openParcel(name, head);
    await this.drop(name);
    return null;
  }

  /** Writes the pieces that are missing and prove themselves, others not. Answers how many were new. */
  async write(parcel: StagedParcel, pieces: readonly Piece[]): Promise<number> {
    const runs = joinRuns(pieces.filter((piece) => isWanted(parcel, piece)));
    let added = 0;
    for (const run of runs) {
      await this.writeRun(parcel.file, run);
      parcel.flushed = false;
      for (const { index } of run) {
        if (parcel.pieces.has(index)) continue;
        parcel.pieces.add(index);
        parcel.missing -= 1;
        added += 1;
      }
    }
    return added;
  }

  protected async writeRun(file: FileHandle, run: readonly Piece[]): Promise<void> {
    const at = (run[0]?.index ?? 0) * pieceBytes;
    const { bytesWritten } = await file.writev(
      run.map(({ bytes }) => bytes),
      at,
    );
    if (bytesWritten !== run.length * pieceBytes) throw Object.assign(new Error('write was cut short'), { code: 'ENOSPC' });
  }

  /** Makes what was written durable, head and all. */
  async flush(parcel: StagedParcel): Promise<void> {
    if (parcel.flushed) return;
    const head = await open(this.#path(parcel.name, headEnding), 'r+');
    try {
      await head.datasync();
    } finally {
      await head.close();
    }
    await parcel.file.datasync();
    await flushFolder(this.#folder);
    parcel.flushed = true;
  }

  /** Was no piece of this parcel written since then? @param ms - milliseconds since 1970 */
  async isIdleSince(name: NameHex, ms: number): Promise<boolean> {
    if (this.#open.has(name) && this.#busy(name)) return false;
    const found = await orNullWhenMissing(stat(this.#path(name, piecesEnding)));
    return found !== null && found.mtimeMs < ms;
  }

  /** Flushes a whole parcel's bytes and lets go of its file. Its time on the disk is rounded. Answers the file's path. */
  async finish(parcel: StagedParcel, quarter: number): Promise<string> {
    await parcel.file.utimes(quarterToDate(quarter), quarterToDate(quarter));
    await parcel.file.sync();
    await this.#close(parcel.name);
    return this.#path(parcel.name, piecesEnding);
  }

  /** Forgets a parcel and removes what is left of its files. */
  async drop(name: NameHex): Promise<void> {
    await this.#close(name);
    this.#bytes -= this.#lengths.get(name) ?? 0;
    this.#lengths.delete(name);
    this.#seen.delete(name);
    await rm(this.#path(name, piecesEnding), { force: true });
    await rm(this.#path(name, headEnding), { force: true });
  }

  async close(): Promise<void> {
    for (const name of this.#open.keys()) await this.#close(name);
  }

  #note(name: NameHex, length: number): void {
    this.#bytes += length - (this.#lengths.get(name) ?? 0);
    this.#lengths.set(name, length);
  }

  async #close(name: NameHex): Promise<void> {
    const parcel = this.#open.get(name);
    this.#open.delete(name);
    await parcel?.file.close();
  }

  async #openParcel(name: NameHex, head: ParcelHead): Promise<StagedParcel> {
    const path = this.#path(name, piecesEnding);
    const before = await orNullWhenMissing(open(path, 'r+'));
    const file = before ?? (await open(path, 'w+'));
    const pieces = new Bitmap(piecesOf(head.bytes));
    if (before) await checkPieces(file, head, pieces);
    const parcel = { name, head, pieces, missing: pieces.size - pieces.count, flushed: false, file };
    this.#open.set(name, parcel);
    this.#seen.set(name, pieces);
    await this.#closeIdle();
    return parcel;
  }

  async #closeIdle(): Promise<void> {
    for (const name of this.#open.keys()) {
      if (this.#open.size <= mostOpen) return;
      if (!this.#busy(name)) await this.#close(name);
    }
  }

  async #readHead(name: NameHex): Promise<ParcelHead | null> {
    const bytes = await orNullWhenMissing(readFile(this.#path(name, headEnding)));
    if (!bytes || bytes.length > parcelHeadBytes(1024 * 1024) || createHash('sha256').update(bytes).digest('hex') !== name) return null;
    return parseParcelHead(bytes);
  }

  #path(name: NameHex, ending: string): string {
    return join(this.#folder, name + ending);
  }
}

const headEnding = '.head';
const piecesEnding = '.pieces';

function isWanted(parcel: StagedParcel, { index, bytes }: Piece): boolean {
  if (index >= parcel.pieces.size || parcel.pieces.has(index)) return false;
  try {
    verifyPiece(parcel.head, index, bytes, fastSha256);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

/** Pieces that follow one another are written with one call. */
function joinRuns(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run && run.at(-1)?.index === piece.index - 1) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

async function checkPieces(file: FileHandle, head: ParcelHead, pieces: Bitmap): Promise<void> {
  const bytes = new Uint8Array(head.bytes);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  for (let index = 0; (index + 1) * pieceBytes <= bytesRead; index += 1) {
    const piece = bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    const digest = fastSha256(piece);
    if (head.pieces[index]?.every((byte, i) => byte === digest[i])) pieces.add(index);
  }
}
