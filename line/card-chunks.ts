/**
 * A courier's file from one place to another, also over what the card no longer gives: that comes as zeros, so that
 * every byte stands at its place, and `BagSalvage` passes over it. `docs/protocol.md` section "Courier's file".
 */
import type { CardSource } from './card-source.ts';
import { LineError } from './refusal.ts';

export interface Stretch {
  /** Place of the first byte; the default is the beginning. */
  readonly from?: number;
  /** Behind the last byte; the default is the end. */
  readonly to?: number;
}

const chunkBytes = 1024 * 1024;
/** The block in which a card's controller groups sectors is seldom smaller: one that is dead has dead neighbours. */
const blockBytes = 64 * 1024;
const sectorBytes = 4096;
/** So many dead blocks in a row are no damage: the card is gone. */
const mostDead = 64;

/** Each chunk's memory is the taker's. @throws LineError `LINE_STORAGE` when the card is gone */
export async function* readCardChunks(
  source: CardSource,
  { from = 0, to = source.size }: Stretch = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const blocks = new Blocks(source);
  for (let at = from; at < to; at += chunkBytes) yield await blocks.read(at, Math.min(chunkBytes, to - at));
}

class Blocks {
  readonly #source: CardSource;
  /** Blocks without a readable sector, up to here. */
  #dead = 0;
  #cause: unknown = null;

  constructor(source: CardSource) {
    this.#source = source;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const whole = await this.#try(at, length);
    if (whole) {
      this.#dead = 0;
      return whole;
    }
    const bytes = new Uint8Array(length);
    for (let from = 0; from < length; from += blockBytes)
      await this.#fill(at + from, bytes.subarray(from, Math.min(length, from + blockBytes)));
    return bytes;
  }

  async #fill(at: number, block: Uint8Array): Promise<void> {
    const whole = await this.#try(at, block.length);
    if (whole) block.set(whole);
    // Each refusal takes a card seconds: behind a dead block nothing less than a block is tried.
    const isAlive = whole !== null || (this.#dead === 0 && (await this.#fillSectors(at, block)));
    this.#dead = isAlive ? 0 : this.#dead + 1;
    if (this.#dead > mostDead) throw new LineError('LINE_STORAGE', this.#cause);
  }

  /** Was any of them readable? */
  async #fillSectors(at: number, block: Uint8Array): Promise<boolean> {
    let isAlive = false;
    for (let from = 0; from < block.length; from += sectorBytes) {
      const sector = await this.#try(at + from, Math.min(sectorBytes, block.length - from));
      if (sector) block.set(sector, from);
      isAlive ||= sector !== null;
    }
    return isAlive;
  }

  async #try(at: number, length: number): Promise<Uint8Array | null> {
    try {
      return await this.#source.read(at, length);
    } catch (error) {
      this.#cause = error;
      return null;
    }
  }
}
