/**
 * The mailbox: heads and pieces in, parcels held for good. It knows names, lengths and quarter hours, and never who
 * brought what. `docs/protocol.md` sections "Bag", "Held" and "Relay".
 *
 * The order that loses nothing that was answered: pieces flushed, parcel durable in the blobs, promise signed and
 * durable in the index, and only then an answer. After a kill at any step the next bag, question or start goes on there.
 */
import {
  type Bitmap,
  type Held,
  type NameHex,
  fromHex,
  nameToHex,
  parcelName,
  parseParcelHead,
  pieceBytes,
  quarterOf,
} from '@zajil/format';
import type { NameLocks } from './name-locks.ts';
import type { Notary } from './notary.ts';
import type { RelayBlobs } from './relay-blobs.ts';
import { isDiskFull, relayFull } from './relay-error.ts';
import type { ParcelRow, RelayIndex } from './relay-index.ts';
import { stagedBag } from './staged-bag.ts';
import { type Piece, type StagedParcel, type Staging, fastSha256 } from './staging.ts';

export interface MailboxParts {
  readonly index: RelayIndex;
  readonly blobs: RelayBlobs;
  readonly staging: Staging;
  readonly locks: NameLocks;
  readonly notary: Notary;
  /** Most bytes that staged and held parcels may have together. */
  readonly quotaBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Sums over all parcels, for whoever measures the line. */
export interface RelayFigures {
  /** Bytes of distinct pieces: of whole parcels, and of those on their way to being whole. */
  readonly pieceBytes: number;
  /** Bytes of pieces that came and were not needed: held already, or proving nothing. */
  readonly surplusBytes: number;
}

/** A parcel that is not whole yet, and its pieces that are here. */
export interface StagedPieces {
  readonly name: NameHex;
  /** Length of the parcel. */
  readonly bytes: number;
  readonly pieces: Bitmap;
}

/** Says whether a new parcel of this length may be begun. @throws RelayError when not */
export type Allow = (bytes: number) => void;

/** So many parcels expire at one time at most; the rest go the next. */
const mostExpired = 1000;

export class Mailbox {
  readonly #parts: MailboxParts;
  #heldBytes: number;
  #surplusPieces = 0;

  private constructor(parts: MailboxParts, heldBytes: number) {
    this.#parts = parts;
    this.#heldBytes = heldBytes;
  }

  /** What came in so far, as far as this process knows without reading the disk. */
  get figures(): RelayFigures {
    return { pieceBytes: this.#heldBytes + this.#parts.staging.pieceBytes, surplusBytes: this.#surplusPieces * pieceBytes };
  }

  static async open(parts: MailboxParts): Promise<Mailbox> {
    return new Mailbox(parts, await parts.index.heldBytes());
  }

  /**
   * Makes room for the parcel of this head, unless it is known already.
   *
   * @throws FormatError when it is no head, @throws RelayError `RELAY_FULL`, and what `allow` throws
   */
  async begin(headFile: Uint8Array, allow: Allow): Promise<NameHex> {
    const { bytes } = parseParcelHead(headFile);
    const name = nameToHex(parcelName(headFile, fastSha256));
    const { staging, locks, quotaBytes } = this.#parts;
    await locks.with(name, async () => {
      if (staging.has(name) || (await this.#settled(name))) return;
      if (this.#heldBytes + staging.bytes + bytes > quotaBytes) throw relayFull();
      allow(bytes);
      await fullIsARefusal(staging.begin(headFile));
    });
    return name;
  }

  /**
   * Takes the pieces that prove themselves; pieces of a parcel without a head are dropped.
   *
   * @returns the length of the parcel when this made it whole, else 0. @throws RelayError `RELAY_FULL`
   */
  async write(name: NameHex, pieces: readonly Piece[]): Promise<number> {
    const { staging, locks } = this.#parts;
    if (!staging.has(name)) return this.#notNeeded(pieces.length);
    return await locks.with(name, async () => {
      const staged = await this.#staged(name);
      if (!staged) return this.#notNeeded(pieces.length);
      this.#notNeeded(pieces.length - (await fullIsARefusal(staging.write(staged, pieces))));
      if (staged.missing > 0) return 0;
      await this.#take(staged);
      return staged.head.bytes;
    });
  }

  /**
   * What is held under this id, a parcel's name or a message's address. What it answers is durable.
   *
   * @param receipts - also give the receipt of a taken parcel, once it is public
   */
  async held(id: Uint8Array, receipts: boolean): Promise<Held> {
    const name = nameToHex(id);
    const { index, staging, locks } = this.#parts;
    if (staging.has(name)) {
      const partial = await locks.with(name, async () => await this.#partial(name));
      if (partial) return partial;
    }
    const row = await index.find(id);
    if (row) return await this.#known(row, receipts);
    const message = await index.message(id);
    return message ? { state: 'message', message } : { state: 'unknown' };
  }

  /**
   * Parcels that are not whole yet, by name. What is listed need not be durable: who fetches it checks each piece.
   *
   * @param after - those with a higher name, hex; '' for all. @param most - as many at most
   */
  async partials(after: string, most: number): Promise<{ partials: StagedPieces[]; next: string }> {
    const { staging, locks } = this.#parts;
    const names = staging
      .names()
      .filter((name) => name > after)
      .sort()
      .slice(0, most);
    const partials: StagedPieces[] = [];
    for (const name of names) {
      const pieces = staging.seen(name) ?? (await locks.with(name, async () => (await this.#staged(name))?.pieces)) ?? null;
      if (pieces && !pieces.full) partials.push({ name, bytes: pieces.size * pieceBytes, pieces });
    }
    return { partials, next: names.at(-1) ?? after };
  }

  /**
   * A bag of a staged parcel's head and the pieces that are here; null when there is none under this name.
   *
   * @param but - leaves out these
   */
  async stagedBag(name: NameHex, but: (pieces: number) => Bitmap | null): Promise<Uint8Array | null> {
    const { staging, locks } = this.#parts;
    if (!staging.has(name)) return null;
    return await locks.with(name, async () => {
      const staged = await this.#staged(name);
      if (staged?.missing === 0) await this.#take(staged);
      return staged && staged.missing > 0 ? await stagedBag(staged, but(staged.pieces.size)) : null;
    });
  }

  /** Looks through everything staged and takes what an earlier process had whole but did not get to take. */
  async recover(stopped: () => boolean): Promise<void> {
    for (const name of this.#parts.staging.names()) {
      if (stopped()) return;
      await this.#parts.locks.with(name, async () => {
        const staged = await this.#staged(name);
        if (staged?.missing === 0) await this.#take(staged);
      });
    }
  }

  /** Lets go of a held parcel: its bytes go first, so that a row never hides an orphan. */
  async letGo(row: ParcelRow, state: 'gone' | 'expired'): Promise<void> {
    const { index, blobs, locks } = this.#parts;
    const name = nameToHex(row.name);
    await locks.with(name, async () => {
      await blobs.delete(name);
      await index.letGo(row.name, state);
      this.#heldBytes -= row.bytes;
    });
  }

  /** Lets go of what nobody took over in time. @param quarter - parcels of earlier ones go */
  async expire(quarter: number): Promise<void> {
    for (const row of await this.#parts.index.parcelsBefore(quarter, mostExpired)) await this.letGo(row, 'expired');
  }

  /**
   * Lets go of parcels that never became whole: whoever began them and went away must not fill the disk for ever. A
   * phone that comes back is told that they are unknown, and sends them again.
   *
   * @param ms - milliseconds since 1970: those of which nothing came since then
   */
  async dropIdle(ms: number): Promise<void> {
    const { staging, locks } = this.#parts;
    for (const name of staging.names()) {
      if (!(await staging.isIdleSince(name, ms))) continue;
      await locks.with(name, async () => {
        const staged = await this.#staged(name);
        if (staged && staged.missing > 0) await staging.drop(name);
      });
    }
  }

  #notNeeded(pieces: number): 0 {
    this.#surplusPieces += pieces;
    return 0;
  }

  async #partial(name: NameHex): Promise<Held | null> {
    const staged = await this.#staged(name);
    if (!staged) return null;
    if (staged.missing > 0) {
      // A head alone is sent again for nothing; a flood of heads must not cost a flush each.
      if (staged.missing < staged.pieces.size) await fullIsARefusal(this.#parts.staging.flush(staged));
      return { state: 'partial', pieces: staged.pieces.copy() };
    }
    await this.#take(staged);
    return null;
  }

  async #known(row: ParcelRow, receipts: boolean): Promise<Held> {
    if (row.state !== 'held') return { state: row.state };
    return { state: 'taken', promise: row.promised, receipt: receipts ? await this.#parts.notary.receipt(row) : '' };
  }

  /** The staged parcel, or null when there is none, also since it turned out to be durable already. */
  async #staged(name: NameHex): Promise<StagedParcel | null> {
    const { staging } = this.#parts;
    if (!staging.has(name)) return null;
    if (!staging.isOpen(name) && (await this.#settled(name))) {
      await staging.drop(name);
      return null;
    }
    return await fullIsARefusal(staging.find(name));
  }

  /** Is this parcel in the index, or in the blobs so that it can enter the index now? */
  async #settled(name: NameHex): Promise<boolean> {
    const { index, blobs } = this.#parts;
    if (await index.find(fromHex(name))) return true;
    const length = await blobs.length(name);
    if (length === null) return false;
    await this.#enter(name, length);
    return true;
  }

  async #take(staged: StagedParcel): Promise<void> {
    const { staging, blobs, now } = this.#parts;
    const file = await fullIsARefusal(staging.finish(staged, quarterOf(now())));
    await fullIsARefusal(blobs.put(staged.name, file));
    await this.#enter(staged.name, staged.head.bytes);
    await staging.drop(staged.name);
  }

  async #enter(name: NameHex, bytes: number): Promise<void> {
    const { index, notary, now } = this.#parts;
    const promised = notary.promise(fromHex(name), now());
    await fullIsARefusal(index.take({ name: fromHex(name), bytes, promised }));
    this.#heldBytes += bytes;
  }
}

async function fullIsARefusal<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isDiskFull(error) ? relayFull(error) : error;
  }
}
