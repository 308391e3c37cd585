/**
 * By hand: carries on what stands on cards that somebody handed over, and gives what waits here to a card, the most
 * telling first. `docs/protocol.md` section "Courier's file". Nothing of other people's cards is kept on this phone.
 */
import { type Invitation, pieceBytes } from '@zajil/format';
import {
  blobSource,
  cardBytes,
  CardSpool,
  type Fetch,
  forwardCards,
  LineError,
  type Newsroom,
  noteOnCard,
  planCard,
  type Spool,
  type SuppliedParcel,
} from '@zajil/line';
import type { CardState, FromEngine } from './protocol.ts';

const waitForWayMs = 2000;
const tellEveryBytes = 4 * 1024 * 1024;

export interface CarryingOptions {
  readonly spool: Spool;
  readonly fetch: Fetch;
  readonly random: () => number;
  readonly tell: (message: FromEngine) => void;
  /** Seals the next part of an original into the spool; null when there is none. */
  readonly supply: () => Promise<SuppliedParcel | null>;
  /** To whom; null while that is not known. */
  readonly way: () => { readonly invitation: Invitation; readonly newsroom: Newsroom } | null;
  readonly pause: (ms: number) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export class Carrying {
  readonly #options: CarryingOptions;
  #forwarding: Promise<void> = Promise.resolve();
  #isSaving = false;
  /** Called with whether the page took the chunk. */
  #answer: ((goesOn: boolean) => void) | null = null;

  constructor(options: CarryingOptions) {
    this.#options = options;
  }

  /** One after the other, in the order in which they were chosen. */
  forward(files: readonly File[]): Promise<void> {
    this.#forwarding = this.#forwarding.then(() => this.#forward(files)).catch((error: unknown) => this.#onFault(error));
    return this.#forwarding;
  }

  /** Seals ahead as much as the card may hold, then gives it to the page chunk by chunk. */
  async save(fillBytes: number): Promise<void> {
    if (this.#isSaving) return;
    this.#isSaving = true;
    try {
      await this.#sealAhead(fillBytes);
      await this.#save(fillBytes);
    } catch (error) {
      this.#tell({ step: 'unsaved' });
      this.#options.onFault(error);
    } finally {
      this.#isSaving = false;
    }
  }

  /** The page took the last chunk. */
  next(): void {
    this.#answer?.(true);
  }

  /** The page cannot take more. */
  stop(): void {
    this.#answer?.(false);
  }

  async #forward(files: readonly File[]): Promise<void> {
    const onProgress = throttled((bytes, of) => this.#tell({ step: 'reading', bytes, of }));
    const cards = await CardSpool.open(files.map(blobSource), { onProgress });
    const { pieces, parcels, whole } = cards.found;
    if (pieces === 0) return this.#tell({ step: 'unknown' });
    const bytes = pieces * pieceBytes;
    this.#tell({ step: 'going', bytes: 0, of: bytes });
    const { invitation, newsroom } = await this.#findWay();
    await forwardCards(cards, {
      invitation,
      roster: newsroom.roster,
      fetch: this.#options.fetch,
      random: this.#options.random,
      onProgress: ({ bytesWaiting }) => this.#tell({ step: 'going', bytes: Math.max(0, bytes - bytesWaiting), of: bytes }),
    });
    this.#tell({ step: 'taken', bytes, all: whole === parcels && cards.taken === parcels });
  }

  async #findWay(): Promise<{ invitation: Invitation; newsroom: Newsroom }> {
    for (;;) {
      const way = this.#options.way();
      if (way) return way;
      await this.#options.pause(waitForWayMs);
    }
  }

  /** Otherwise an original would be on the card only as far as it was sealed for the line. */
  async #sealAhead(fillBytes: number): Promise<void> {
    this.#tell({ step: 'saving', bytes: 0, of: fillBytes });
    try {
      while ((await this.#waitingBytes()) < fillBytes) if (!(await this.#options.supply())) return;
    } catch (error) {
      // The phone is full: what is sealed goes onto the card.
      if (!(error instanceof LineError && error.code === 'LINE_STORAGE')) throw error;
    }
  }

  async #waitingBytes(): Promise<number> {
    return (await this.#waiting()).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #waiting() {
    return (await this.#options.spool.list()).filter(({ carried }) => carried === null);
  }

  async #save(fillBytes: number): Promise<void> {
    const plan = planCard(await this.#waiting(), { fillBytes });
    const [file] = plan.files;
    if (!file) return this.#tell({ step: 'nothing' });
    let bytes = 0;
    for await (const chunk of cardBytes(file, this.#options.spool)) {
      bytes += chunk.length;
      if (!(await this.#give(new Uint8Array(chunk)))) return this.#tell({ step: 'unsaved' });
      this.#tell({ step: 'saving', bytes, of: file.bytes });
    }
    if (!(await this.#give(null))) return this.#tell({ step: 'unsaved' });
    await noteOnCard(this.#options.spool, [...new Set(file.entries.map(({ name }) => name))]);
    this.#tell({ step: 'saved', bytes, left: plan.piecesLeft * pieceBytes });
  }

  #give(bytes: Uint8Array<ArrayBuffer> | null): Promise<boolean> {
    return new Promise((resolve) => {
      this.#answer = (goesOn) => {
        this.#answer = null;
        resolve(goesOn);
      };
      this.#options.tell({ kind: 'chunk', bytes });
    });
  }

  #onFault(error: unknown): void {
    // Nothing is ever stored of a card: what cannot be read is the card.
    if (error instanceof LineError && error.code === 'LINE_STORAGE') this.#tell({ step: 'gone' });
    else this.#options.onFault(error);
  }

  #tell(card: CardState): void {
    this.#options.tell({ kind: 'card', card });
  }
}

/** A screen need not know of every megabyte. */
function throttled(tell: (bytes: number, of: number) => void): (bytes: number, of: number) => void {
  let told = -Infinity;
  return (bytes, of) => {
    if (bytes < told + tellEveryBytes && bytes < of) return;
    told = bytes;
    tell(bytes, of);
  };
}
