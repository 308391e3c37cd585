/**
 * `POST /v1/bag` and `POST /v1/desk/bag`: heads and pieces in, what is now held out. The body may end anywhere; every whole piece before the
 * end counts. `docs/protocol.md` sections "Bag" and "Relay".
 */
import {
  BagParser,
  type BagFrame,
  FormatError,
  type HeldEntry,
  type NameHex,
  formatHeld,
  fromHex,
  giveBack,
  mostAnswered,
  nameToHex,
} from '@zajil/format';
import type { Allowance } from './allowance.ts';
import type { Mailbox } from './mailbox.ts';
import { RelayError } from './relay-error.ts';
import type { Piece } from './staging.ts';

/** Each receipt costs a proof and a kilobyte on the line; who wants more asks `have`. */
const mostReceipts = 16;
/** As many runs of pieces wait for the disk while the next are read: a parcel is flushed while the one behind it arrives. */
const mostAtWork = 8;

/** Who counts what a bag begins. A desk's is counted by nobody: it is under the relay's quota alone. */
export type Meter = Pick<Allowance, 'begin' | 'whole'>;

export class BagReader {
  readonly #mailbox: Mailbox;
  readonly #allowance: Meter;
  readonly #token: string;
  readonly #touched = new Set<NameHex>();
  #current: NameHex | null = null;
  #run: Piece[] = [];
  readonly #atWork = new Set<Promise<void>>();
  #fault: unknown = null;

  /** @param token - hash of the drop token; used for sums only */
  constructor(mailbox: Mailbox, allowance: Meter, token: string) {
    this.#mailbox = mailbox;
    this.#allowance = allowance;
    this.#token = token;
  }

  /**
   * Reads a bag to its end and answers what is held of every parcel it touched. What it answers is durable. The chunks
   * are given away.
   *
   * @throws RelayError `RELAY_BAG` when nothing could be read; `RELAY_FULL`, `RELAY_TOO_MUCH`
   */
  async read(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    try {
      await this.#readFrames(chunks);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      if (this.#touched.size === 0)
        throw new RelayError('RELAY_BAG', 'This is not a bag, or its first bytes were lost. Nothing was taken. Send it again.', error);
    } finally {
      await Promise.all(this.#atWork);
    }
    if (this.#fault !== null) throw this.#fault;
    return formatHeld(await this.#answer());
  }

  async #readFrames(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const parser = new BagParser();
    for await (const chunk of chunks) {
      const frames = parser.push(chunk);
      giveBack(chunk);
      for (const frame of frames) await this.#take(frame);
      await this.#writeRun();
    }
    parser.end();
  }

  async #take(frame: BagFrame): Promise<void> {
    if (frame.kind === 'piece') {
      this.#run.push(frame);
      return;
    }
    await this.#writeRun();
    this.#current = frame.kind === 'name' ? nameToHex(frame.name) : await this.#begin(frame.head);
    if (this.#touched.size < mostAnswered) this.#touched.add(this.#current);
  }

  async #begin(head: Uint8Array): Promise<NameHex> {
    const begin = async () => await this.#mailbox.begin(head, (bytes) => this.#allowance.begin(this.#token, bytes));
    try {
      return await begin();
    } catch (error) {
      if (this.#atWork.size === 0) throw error;
    }
    // The parcels before this one leave their allowance once they are whole.
    await Promise.all(this.#atWork);
    return await begin();
  }

  /** Pieces are written as many as came together; those before any head have no parcel and are dropped. */
  async #writeRun(): Promise<void> {
    const run = this.#run;
    this.#run = [];
    if (this.#current === null || run.length === 0) return;
    const work = this.#write(this.#current, run).finally(() => this.#atWork.delete(work));
    this.#atWork.add(work);
    if (this.#atWork.size >= mostAtWork) await Promise.race(this.#atWork);
    if (this.#fault !== null) throw this.#fault;
  }

  /** Never rejects: a fault is told by whoever reads on, or at the end. */
  async #write(name: NameHex, run: readonly Piece[]): Promise<void> {
    try {
      const taken = await this.#mailbox.write(name, run);
      if (taken > 0) this.#allowance.whole(this.#token, taken);
    } catch (error) {
      this.#fault ??= error;
    }
    // A frame has memory of its own, its opening included.
    for (const { bytes } of run) giveBack(new Uint8Array(bytes.buffer));
  }

  async #answer(): Promise<HeldEntry[]> {
    const entries: HeldEntry[] = [];
    for (const name of this.#touched) {
      const id = fromHex(name);
      entries.push({ id, held: await this.#mailbox.held(id, entries.length < mostReceipts) });
    }
    return entries;
  }
}
