/**
 * Seals a dispatch in the order in which it tells: the words, every file's glance, every file's cut, then the originals,
 * each closed by its tally. On demand, one parcel at a time, so that a file of any size flows in flat memory.
 *
 * What was sealed is remembered in notes that say nothing of the content; a sealer made again over the same notes goes
 * on where the last one was cut off. A parcel counts as sealed once the next one is asked for: by then whoever asked has
 * stored it.
 */
import { formatWords, fromHex, type KeyScope, type Layer, scopeOfLayer, type TallyPart, toHex, type Words, wordsType } from '@zajil/format';
import type { SealEngine } from './engine.ts';
import { sealBytesWith } from './seal-bytes.ts';
import type { SealedParcel } from './sealed-parcel.ts';
import { PartwiseSealer, type Source } from './whole-sealer.ts';

/** Small durable texts by key; `line`'s spool keeps them. */
export interface ProgressNotes {
  getNote(key: string): Promise<string | null>;
  setNote(key: string, text: string | null): Promise<void>;
  listNotes(prefix: string): Promise<string[]>;
}

/** A small layer of a file, made on the phone. */
export interface MadeLayer {
  readonly view: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface DispatchFile {
  /** Media type of the original. */
  readonly type: string;
  readonly source: Source;
  /** Makes a small layer; yields nothing where the platform cannot. May take long: the layers before it have left by then. */
  make(layer: 'glance' | 'cut'): AsyncIterable<MadeLayer>;
}

export interface DispatchSealing {
  /** 16 random bytes, the same at every resumption. */
  readonly dispatch: Uint8Array;
  /** Null when resumed: the words were sealed first and are gone. */
  readonly words: Words | null;
  readonly files: readonly DispatchFile[];
  /** The public key for a scope: 1216 bytes. */
  readonly recipient: (scope: KeyScope) => Promise<Uint8Array>;
  readonly notes: ProgressNotes;
  /** Keys of this dispatch's notes begin with this. */
  readonly prefix: string;
}

export class OrderedSealer {
  readonly #engine: SealEngine;
  readonly #sealing: DispatchSealing;
  #parcels: AsyncGenerator<SealedParcel, void>;

  constructor(engine: SealEngine, sealing: DispatchSealing) {
    this.#engine = engine;
    this.#sealing = sealing;
    this.#parcels = this.#inOrder();
  }

  /**
   * The next parcel, or null when all is sealed. Asking says that the parcel before is stored.
   *
   * @throws SealError; asking again then goes on where it stopped, and never takes a broken stream for a finished one
   */
  async next(): Promise<SealedParcel | null> {
    try {
      const { value, done } = await this.#parcels.next();
      return done ? null : value;
    } catch (error) {
      // A generator that threw has ended, and would answer "all is sealed" from now on.
      this.#parcels = this.#inOrder();
      throw error;
    }
  }

  async *#inOrder(): AsyncGenerator<SealedParcel, void> {
    const { words, files } = this.#sealing;
    if (words) yield* this.#once('words', () => this.#bytes('words', 0, 0, wordsType, formatWords(words)));
    for (const layer of ['glance', 'cut'] as const) {
      for (const [file, source] of files.entries())
        yield* this.#once(`${file}/${layer}`, () => this.#made(layer, file, source.make(layer)));
    }
    for (const file of files.keys()) yield* this.#once(`${file}/closed`, () => this.#whole(file));
  }

  /** Does what its note does not yet say was done. */
  async *#once(key: string, work: () => AsyncGenerator<SealedParcel, void>): AsyncGenerator<SealedParcel, void> {
    const { notes, prefix } = this.#sealing;
    if ((await notes.getNote(`${prefix}/${key}`)) !== null) return;
    yield* work();
    await notes.setNote(`${prefix}/${key}`, '1');
  }

  async *#bytes(layer: Layer, file: number, view: number, type: string, content: Uint8Array): AsyncGenerator<SealedParcel, void> {
    const recipient = await this.#sealing.recipient(scopeOfLayer(layer));
    yield* await sealBytesWith(this.#engine, { dispatch: this.#sealing.dispatch, layer, file, view, type }, content, recipient);
  }

  async *#made(layer: Layer, file: number, made: AsyncIterable<MadeLayer>): AsyncGenerator<SealedParcel, void> {
    for await (const { view, type, bytes } of made) yield* this.#bytes(layer, file, view, type, bytes);
  }

  async *#whole(file: number): AsyncGenerator<SealedParcel, void> {
    const { dispatch, files, notes, prefix } = this.#sealing;
    const chosen = files[file];
    if (!chosen) throw new RangeError('no such file in this dispatch');
    const done = await this.#done(`${prefix}/${file}/whole/`);
    const stream = { dispatch, layer: 'whole', file, view: 0, type: chosen.type } as const;
    const recipient = await this.#sealing.recipient(scopeOfLayer('whole'));
    const sealer = new PartwiseSealer(this.#engine, { stream, source: chosen.source, recipient, done });
    let parcel = await sealer.next();
    while (parcel) {
      yield parcel;
      // Sealing need not wait for the disk; what is sealed is not given out before the note is written.
      const following = sealer.next();
      following.catch(() => undefined);
      await notes.setNote(`${prefix}/${file}/whole/${parcel.part}`, `${parcel.contentBytes} ${toHex(parcel.name)}`);
      parcel = await following;
    }
    yield* await sealer.tally();
  }

  /** The parts that an earlier sealer sealed, up to the first gap. */
  async #done(prefix: string): Promise<TallyPart[]> {
    const count = (await this.#sealing.notes.listNotes(prefix)).length;
    const done: TallyPart[] = [];
    while (done.length < count) {
      const [length, name] = (await this.#sealing.notes.getNote(`${prefix}${done.length}`))?.split(' ') ?? [];
      if (length === undefined || name === undefined) break;
      done.push({ length: Number(length), name: fromHex(name, 32) });
    }
    return done;
  }
}

/** Forgets how far a dispatch was sealed; call when nothing of it will be sealed any more. */
export async function forgetProgress(notes: ProgressNotes, prefix: string): Promise<void> {
  for (const key of await notes.listNotes(`${prefix}/`)) await notes.setNote(key, null);
}
