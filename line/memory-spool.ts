/** A spool that lasts as long as the page: for private windows without storage, and for tests. */
import { type NameHex, pieceBytes } from '@zajil/format';
import type { ParcelNote } from './order.ts';
import { type Carried, type Spool, type SpooledParcel, checkName, checkNoteKey } from './spool.ts';

interface Entry {
  readonly parcel: SpooledParcel;
  readonly sealed: { readonly head: Uint8Array; readonly bytes: Uint8Array } | null;
}

export class MemorySpool implements Spool {
  readonly #entries = new Map<NameHex, Entry>();
  readonly #notes = new Map<string, string>();

  async put(note: ParcelNote, head: Uint8Array, bytes: Uint8Array): Promise<void> {
    const name = checkName(note.name);
    if (this.#entries.has(name)) return;
    this.#entries.set(name, { parcel: { ...note, carried: null }, sealed: { head: head.slice(), bytes: bytes.slice() } });
  }

  async list(): Promise<SpooledParcel[]> {
    return [...this.#entries.values()].map((entry) => entry.parcel);
  }

  async readHead(name: NameHex): Promise<Uint8Array | null> {
    return this.#entries.get(name)?.sealed?.head ?? null;
  }

  async readPieces(name: NameHex, indices: readonly number[]): Promise<Uint8Array[] | null> {
    const sealed = this.#entries.get(name)?.sealed;
    return sealed ? indices.map((index) => sealed.bytes.slice(index * pieceBytes, (index + 1) * pieceBytes)) : null;
  }

  async keep(name: NameHex, carried: Carried): Promise<void> {
    const entry = this.#entries.get(name);
    if (entry) this.#entries.set(name, { parcel: { ...entry.parcel, carried }, sealed: null });
  }

  async remove(name: NameHex): Promise<void> {
    this.#entries.delete(name);
  }

  async getNote(key: string): Promise<string | null> {
    return this.#notes.get(checkNoteKey(key)) ?? null;
  }

  async setNote(key: string, text: string | null): Promise<void> {
    if (text === null) this.#notes.delete(checkNoteKey(key));
    else this.#notes.set(checkNoteKey(key), text);
  }

  async listNotes(prefix: string): Promise<string[]> {
    return [...this.#notes.keys()].filter((key) => key.startsWith(prefix));
  }
}
