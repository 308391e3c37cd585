/**
 * Courier's files as a spool: what stands on the cards waits to be carried on, read from them piece by piece and never
 * copied. `docs/protocol.md` section "Courier's file".
 *
 * A courier holds no dispatch: nothing here opens anything, and nothing is written down anywhere. What was carried is
 * known until this is dropped; whoever begins anew asks the relay first, which holds what was carried.
 */
import type { NameHex, Sha256 } from '@zajil/format';
import { CardIndex, type CardFound, type CardParcel, piecesOfCard } from './card-index.ts';
import type { CardSource } from './card-source.ts';
import { LineError } from './refusal.ts';
import { type Carried, type Spool, type SpooledParcel, checkName, checkNoteKey } from './spool.ts';

export interface CardSpoolOptions {
  /** The platform's SHA-256 where that is faster. */
  readonly sha256?: Sha256;
  /** Bytes read so far, of all. */
  readonly onProgress?: (bytes: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** All that a courier's parcels have in common with a dispatch: none tells what layer or file it is of. */
const unknown = { dispatch: 'card', urgent: false, layer: 'whole', file: 0, view: 0, part: 0 } as const;

export class CardSpool implements Spool {
  readonly #index: CardIndex;
  readonly #carried = new Map<NameHex, Carried>();
  readonly #notes = new Map<string, string>();

  private constructor(index: CardIndex) {
    this.#index = index;
  }

  /**
   * Reads the files once, in any order, with duplicates and damage.
   *
   * @throws LineError `LINE_STORAGE` when a card is gone
   */
  static async open(sources: readonly CardSource[], { sha256, onProgress, signal }: CardSpoolOptions = {}): Promise<CardSpool> {
    const index = new CardIndex();
    const all = sources.reduce((sum, source) => sum + source.size, 0);
    let done = 0;
    const onBytes = (bytes: number): void => onProgress?.((done += bytes), all);
    const options = { onBytes, ...(sha256 && { sha256 }), ...(signal && { signal }) };
    for (const source of sources) await index.add(source, options);
    await index.settle(options).catch((cause: unknown) => {
      signal?.throwIfAborted();
      throw new LineError('LINE_STORAGE', cause);
    });
    return new CardSpool(index);
  }

  get found(): CardFound {
    return this.#index.found;
  }

  /** Parcels for which a promise was verified. */
  get taken(): number {
    return this.#carried.size;
  }

  /** Nobody seals onto a card through here. */
  put(): Promise<never> {
    return Promise.reject(new RangeError('a card is only read'));
  }

  async list(): Promise<SpooledParcel[]> {
    return [...this.#index.parcels.values()].filter((parcel) => parcel.here > 0).map((parcel) => this.#noteOf(parcel));
  }

  async readHead(name: NameHex): Promise<Uint8Array | null> {
    const parcel = this.#waiting(name);
    return parcel ? await this.#read(() => this.#index.readHead(parcel)) : null;
  }

  async readPieces(name: NameHex, indices: readonly number[]): Promise<Uint8Array[] | null> {
    const parcel = this.#waiting(name);
    return parcel ? await this.#read(() => this.#index.readPieces(parcel, indices)) : null;
  }

  async keep(name: NameHex, carried: Carried): Promise<void> {
    if (this.#index.parcels.has(checkName(name))) this.#carried.set(name, carried);
  }

  async remove(name: NameHex): Promise<void> {
    this.#index.parcels.delete(checkName(name));
    this.#carried.delete(name);
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

  #waiting(name: NameHex): CardParcel | null {
    return this.#carried.has(checkName(name)) ? null : (this.#index.parcels.get(name) ?? null);
  }

  #noteOf(parcel: CardParcel): SpooledParcel {
    const { name, bytes, order } = parcel;
    const pieces = piecesOfCard(parcel);
    return { ...unknown, name, bytes, order, ...(pieces && { pieces }), carried: this.#carried.get(name) ?? null };
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw new LineError('LINE_STORAGE', cause);
    }
  }
}
