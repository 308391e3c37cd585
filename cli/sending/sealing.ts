/** Seals what a run of `zajil send` was given, parcel by parcel: as the line asks for it, or all of it for a card. */
import { readFile } from 'node:fs/promises';
import { type KeyScope, type Words, giveBack, nameToHex } from '@zajil/format';
import type { FolderSpool, Newsroom, SuppliedParcel } from '@zajil/line';
import { DispatchSealer, SealError } from '@zajil/seal';
import type { Arguments } from '../arguments.ts';
import type { Out } from '../out.ts';
import type { ChosenFile } from './chosen-file.ts';
import type { Patience } from './patience.ts';
import { type Begun, beginDispatch } from './same-again.ts';

export interface SealingOptions {
  readonly args: Arguments;
  readonly files: readonly ChosenFile[];
  readonly newsroom: Newsroom;
  readonly spool: FolderSpool;
  readonly patience: Patience;
}

/** What is still to be sealed for this run: nothing when only what waits is to be sent. */
export class Sealing {
  readonly #what: SealingOptions;
  readonly #recipients = new Map<KeyScope, Uint8Array>();
  #begun: Begun | null = null;
  #sealer: DispatchSealer | null = null;
  /** Why sealing ended early; what was sealed before is sent all the same. */
  fault: SealError | null = null;

  constructor(what: SealingOptions) {
    this.#what = what;
  }

  get key(): string | null {
    return this.#begun?.key ?? null;
  }

  async begin(out: Out): Promise<void> {
    const { args, files, spool } = this.#what;
    const text = await wordsOf(args);
    if (text === undefined && files.length === 0) return;
    const urgent = args.flag('urgent');
    const begun = await beginDispatch(spool, { words: text ?? '', marks: files.map(({ mark }) => mark), urgent });
    this.#begun = begun;
    const line = begun.again ? 'Going on with what was begun before.' : `Sealing ${files.length} file(s).`;
    out.progress({ event: 'dispatch', dispatch: begun.key, again: begun.again, files: files.length }, line);
    if (begun.id === null) return;
    const written = `${new Date().toISOString().slice(0, 16)}Z`;
    const words: Words = {
      v: 1,
      text: text ?? '',
      written,
      place: args.text('place') ?? '',
      urgent,
      files: files.map((file) => file.words),
    };
    this.#sealer = new DispatchSealer({
      dispatch: begun.id,
      words,
      files: files.map(({ sealing }) => sealing),
      recipient: (scope) => this.#recipient(scope),
      notes: spool,
      prefix: `seal/${begun.key}`,
    });
  }

  async #recipient(scope: KeyScope): Promise<Uint8Array> {
    const { newsroom, patience } = this.#what;
    const known =
      this.#recipients.get(scope) ?? (await patience.wait(() => newsroom.intakeKey(scope, new Date().toISOString().slice(0, 10))));
    this.#recipients.set(scope, known);
    return known;
  }

  /** The next parcel; null when there is none, or when sealing had to end. */
  async next(): Promise<SuppliedParcel | null> {
    if (!this.#sealer || !this.#begun || this.fault) return null;
    const { key, urgent, order } = this.#begun;
    try {
      const parcel = await this.#sealer.next();
      return parcel && { ...parcel, dispatch: key, urgent, order };
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.fault = error;
      return null;
    }
  }

  /** Seals everything into the spool, one parcel in memory at a time. @throws LineError `LINE_STORAGE` */
  async all(onBytes: (bytes: number) => void): Promise<void> {
    const { spool } = this.#what;
    for (let parcel = await this.next(); parcel; parcel = await this.next()) {
      const { head, bytes, dispatch, urgent, order, layer, file, view, part } = parcel;
      const note = { name: nameToHex(parcel.name), dispatch, urgent, order, layer, file, view, part, bytes: bytes.length };
      await spool.put(note, head, bytes);
      giveBack(bytes);
      onBytes(note.bytes);
    }
  }
}

async function wordsOf(args: Arguments): Promise<string | undefined> {
  const file = args.text('words-file');
  return file === undefined ? args.text('words') : (await readFile(file, 'utf8')).trim();
}
