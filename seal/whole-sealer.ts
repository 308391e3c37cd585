/**
 * Seals an original of any size on demand, one parcel at a time, in flat memory, resumable after the phone died.
 *
 * `docs/protocol.md` sections "Part" and "Tally". The hash of the original cannot be kept on a phone, where it would
 * convict whoever carries it; so a resumed sealer reads what was sealed once more.
 */
import { formatTally, type TallyPart, tallyType } from '@zajil/format';
import { Cut } from './cut.ts';
import type { RunningHash, SealEngine } from './engine.ts';
import { SealError } from './refusal.ts';
import { sealBytesWith } from './seal-bytes.ts';
import { type SealedParcel, sealPart, type StreamHead } from './sealed-parcel.ts';

/** Where an original is read from: a `Blob` in the browser, a file in Node. */
export interface Source {
  /** Its size when it was chosen. */
  readonly bytes: number;
  /**
   * Exactly that range; fewer bytes mean that the file has become shorter. Rejects when it cannot be read any more.
   * What it gives is looked at before the next call and not after it, so that one stretch of memory can serve them all.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface WholeSealing {
  /** Of layer `whole`. */
  readonly stream: StreamHead;
  readonly source: Source;
  /** 1216 bytes. */
  readonly recipient: Uint8Array;
  /** What an earlier sealer of this file left in `done`. */
  readonly done?: readonly TallyPart[];
}

/**
 * Contract: calls are answered one after the other, in order. A call that throws has changed nothing and may be made
 * again. `done` grows only once the parcel that it names is finished.
 */
export class PartwiseSealer {
  readonly #engine: SealEngine;
  readonly #sealing: WholeSealing;
  readonly #cut: Cut;
  readonly #done: TallyPart[];
  readonly #hash: RunningHash;
  #hashed = 0;
  #digest: Uint8Array | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws SealError `SEAL_SOURCE_CHANGED` when `done` is not of a file of this size */
  constructor(engine: SealEngine, sealing: WholeSealing) {
    if (sealing.stream.layer !== 'whole') throw new RangeError('an original is sealed into the layer whole');
    this.#engine = engine;
    this.#sealing = sealing;
    this.#cut = new Cut(sealing.source.bytes, sealing.stream.type);
    this.#done = [...(sealing.done ?? [])];
    this.#hash = engine.startHash();
    const fits = this.#done.length <= this.#cut.parts && this.#done.every((part, i) => part.length === this.#cut.at(i).length);
    if (!fits) throw changed();
  }

  /** Every part sealed so far, in order; keep it to resume. A copy. */
  get done(): TallyPart[] {
    return [...this.#done];
  }

  /** How many parts there will be. */
  get parts(): number {
    return this.#cut.parts;
  }

  /**
   * The next parcel of the original; null when all are sealed.
   *
   * @throws SealError `SEAL_SOURCE_CHANGED`, `SEAL_SOURCE_GONE`, `SEAL_RECIPIENT`
   */
  next(): Promise<SealedParcel | null> {
    return this.#inTurn(() => this.#next());
  }

  /**
   * The tally that closes the original: parts, names, SHA-256. Each call seals it anew.
   *
   * @throws SealError as `next`. @throws RangeError before the last part
   */
  tally(): Promise<SealedParcel[]> {
    return this.#inTurn(() => this.#tally());
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  async #next(): Promise<SealedParcel | null> {
    if (this.#done.length === this.#cut.parts) return null;
    await this.#catchUp();
    const part = this.#cut.at(this.#done.length);
    const content = await this.#read(part.offset, part.length);
    const parcel = await sealPart(this.#engine, this.#sealing.stream, part, this.#cut.parts, content, this.#sealing.recipient);
    this.#hash.update(content);
    this.#hashed += 1;
    this.#done.push({ length: part.length, name: parcel.name });
    return parcel;
  }

  async #tally(): Promise<SealedParcel[]> {
    if (this.#done.length < this.#cut.parts) throw new RangeError('a tally comes after the last part');
    await this.#catchUp();
    this.#digest ??= this.#hash.digest();
    const content = formatTally({ bytes: this.#sealing.source.bytes, sha256: this.#digest, parts: this.#done });
    const stream: StreamHead = { ...this.#sealing.stream, layer: 'tally', type: tallyType };
    return await sealBytesWith(this.#engine, stream, content, this.#sealing.recipient);
  }

  /** Hashes what an earlier sealer has sealed. */
  async #catchUp(): Promise<void> {
    while (this.#hashed < this.#done.length) {
      const { offset, length } = this.#cut.at(this.#hashed);
      this.#hash.update(await this.#read(offset, length));
      this.#hashed += 1;
    }
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#sealing.source.read(offset, length);
    } catch (cause) {
      throw new SealError(
        'SEAL_SOURCE_GONE',
        'The file can no longer be read. What was sealed of it is safe and will still be sent. Choose the file again to go on.',
        cause,
      );
    }
    if (bytes.length !== length) throw changed();
    return bytes;
  }
}

function changed(): SealError {
  return new SealError(
    'SEAL_SOURCE_CHANGED',
    'The file is not the same any more: its size has changed since it was chosen. What was sealed of it is safe. Send it again as a new file.',
  );
}
