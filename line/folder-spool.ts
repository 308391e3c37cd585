/**
 * The spool in a folder: for the command line and for journeys. Node only.
 *
 * `<name>.sealed` is one line of JSON, the head and the bytes; `<name>.kept` is the line of JSON alone and outranks
 * it. Every file is written whole under another name and then renamed, so a kill leaves the state before or after.
 */
import { type FileHandle, mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type NameHex, concatBytes, fromUtf8, giveBack, parcelHeadBytes, pieceBytes, utf8 } from '@zajil/format';
import { writeDurably } from '@zajil/log';
import type { ParcelNote } from './order.ts';
import { LineError } from './refusal.ts';
import { type Carried, type Spool, type SpooledParcel, checkName, checkNoteKey } from './spool.ts';

/** Room for the line of JSON before the sealed bytes, padded with spaces, so that offsets are known without reading it. */
const noteBytes = 512;
const sealedName = /^([0-9a-f]{64})\.sealed$/;
const keptName = /^([0-9a-f]{64})\.kept$/;

export class FolderSpool implements Spool {
  readonly #parcels: string;
  readonly #notes: string;
  readonly #sizes = new Map<NameHex, number>();

  private constructor(folder: string) {
    this.#parcels = join(folder, 'parcels');
    this.#notes = join(folder, 'notes');
  }

  /** Creates the folder when it is not there, and clears what a kill left half written. One process at a time. */
  static async open(folder: string): Promise<FolderSpool> {
    const spool = new FolderSpool(folder);
    await mkdir(spool.#parcels, { recursive: true, mode: 0o700 });
    await mkdir(spool.#notes, { recursive: true, mode: 0o700 });
    await spool.#clear();
    for (const parcel of await spool.list()) spool.#sizes.set(parcel.name, parcel.bytes);
    return spool;
  }

  async put(note: ParcelNote, head: Uint8Array, bytes: Uint8Array): Promise<void> {
    const name = checkName(note.name);
    if (this.#sizes.has(name)) return;
    const line = JSON.stringify({ ...note, carried: null } satisfies SpooledParcel).padEnd(noteBytes - 1);
    if (line.length >= noteBytes) throw new RangeError('the note of a parcel is short');
    const file = concatBytes(utf8(`${line}\n`), head, bytes);
    await this.#write(this.#path(name, 'sealed'), file);
    giveBack(file);
    this.#sizes.set(name, note.bytes);
  }

  async list(): Promise<SpooledParcel[]> {
    const files = await readdir(this.#parcels);
    const kept = new Set(files.filter((file) => keptName.test(file)));
    const sealed = files.filter((file) => sealedName.test(file) && !kept.has(file.replace('.sealed', '.kept')));
    const parcels: SpooledParcel[] = [];
    for (const file of [...kept, ...sealed]) parcels.push(await readNote(join(this.#parcels, file)));
    return parcels;
  }

  async readHead(name: NameHex): Promise<Uint8Array | null> {
    return this.#read(name, (file, size) => readAt(file, noteBytes, parcelHeadBytes(size)));
  }

  async readPieces(name: NameHex, indices: readonly number[]): Promise<Uint8Array[] | null> {
    return this.#read(name, async (file, size) => {
      const start = noteBytes + parcelHeadBytes(size);
      const pieces: Uint8Array[] = [];
      for (const { first, count } of runs(indices)) {
        const run = await readAt(file, start + first * pieceBytes, count * pieceBytes);
        for (let i = 0; i < count; i += 1) pieces.push(run.subarray(i * pieceBytes, (i + 1) * pieceBytes));
      }
      return pieces;
    });
  }

  async keep(name: NameHex, carried: Carried): Promise<void> {
    if (!this.#sizes.has(name)) return;
    const { carried: _, ...note } = await this.#noteOf(name);
    await this.#write(this.#path(name, 'kept'), utf8(`${JSON.stringify({ ...note, carried } satisfies SpooledParcel)}\n`));
    await rm(this.#path(name, 'sealed'), { force: true });
  }

  async remove(name: NameHex): Promise<void> {
    // Bytes first: a kill in between must not bring back as waiting what was known to be carried.
    await rm(this.#path(name, 'sealed'), { force: true });
    await rm(this.#path(name, 'kept'), { force: true });
    this.#sizes.delete(name);
  }

  async getNote(key: string): Promise<string | null> {
    try {
      return fromUtf8(await readFile(this.#notePath(key)));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async setNote(key: string, text: string | null): Promise<void> {
    if (text === null) await rm(this.#notePath(key), { force: true });
    else await this.#write(this.#notePath(key), utf8(text));
  }

  async listNotes(prefix: string): Promise<string[]> {
    const files = await readdir(this.#notes);
    const keys = files.filter((file) => file.endsWith('.note')).map((file) => file.slice(0, -5).replaceAll('_', '/'));
    return keys.filter((key) => key.startsWith(prefix));
  }

  async #noteOf(name: NameHex): Promise<SpooledParcel> {
    try {
      return await readNote(this.#path(name, 'kept'));
    } catch (error) {
      if (isAbsent(error)) return readNote(this.#path(name, 'sealed'));
      throw error;
    }
  }

  async #read<T>(name: NameHex, use: (file: FileHandle, size: number) => Promise<T>): Promise<T | null> {
    const size = this.#sizes.get(checkName(name));
    if (size === undefined) return null;
    let file: FileHandle;
    try {
      file = await open(this.#path(name, 'sealed'));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
    try {
      return await use(file, size);
    } finally {
      await file.close();
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    try {
      await writeDurably(path, bytes);
    } catch (cause) {
      throw new LineError('LINE_STORAGE', cause);
    }
  }

  async #clear(): Promise<void> {
    for (const [folder, whole] of [
      [this.#parcels, /^[0-9a-f]{64}\.(?:sealed|kept)$/],
      [this.#notes, /\.note$/],
    ] as const) {
      for (const file of await readdir(folder)) if (!whole.test(file)) await rm(join(folder, file), { force: true });
    }
    const files = new Set(await readdir(this.#parcels));
    for (const file of files) if (keptName.test(file)) await rm(join(this.#parcels, file.replace('.kept', '.sealed')), { force: true });
  }

  #path(name: NameHex, form: 'sealed' | 'kept'): string {
    return join(this.#parcels, `${checkName(name)}.${form}`);
  }

  #notePath(key: string): string {
    return join(this.#notes, `${checkNoteKey(key).replaceAll('/', '_')}.note`);
  }
}

async function readNote(path: string): Promise<SpooledParcel> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(2 * noteBytes), 0, 2 * noteBytes, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return JSON.parse(fromUtf8(buffer.subarray(0, end < 0 ? bytesRead : end))) as SpooledParcel;
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new LineError('LINE_DAMAGED');
  return bytes;
}

/** Neighbouring indices as runs, so that a whole parcel is one read. */
function runs(indices: readonly number[]): { first: number; count: number }[] {
  const found: { first: number; count: number }[] = [];
  for (const index of indices) {
    const last = found.at(-1);
    if (last && last.first + last.count === index) last.count += 1;
    else found.push({ first: index, count: 1 });
  }
  return found;
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
