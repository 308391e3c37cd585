/**
 * The contract of the relay's index: what is held, under which promise, and where its leaf stands. It never learns who
 * brought a parcel: no token, address or time finer than a quarter hour passes through it. Pages of bytes live behind
 * `RelayBlobs`. `docs/protocol.md` section "Relay".
 *
 * `index.suite.ts` holds one test for each MUST here and is run against every implementation.
 */
import type { Promised } from '@zajil/format';

/** A parcel whose bytes are durable and whose promise is signed. */
export interface TakenParcel {
  /** 32 bytes. */
  readonly name: Uint8Array;
  /** Length of the parcel: one of the buckets. */
  readonly bytes: number;
  readonly promised: Promised;
}

/** `held`: the bytes are here. The others: they were, and were let go. */
export type ParcelState = 'held' | 'gone' | 'expired';

export interface ParcelRow extends TakenParcel {
  /** Grows with every parcel and is never used again; starts at 1. */
  readonly seq: number;
  /** Where its leaf stands in the log, or null while no batch has it. A planned leaf may not be public yet. */
  readonly leaf: number | null;
  readonly state: ParcelState;
}

/** Leaves that enter the log together. Those that are no parcel's are fillers drawn from the seed. */
export interface Batch {
  /** Index of the first leaf. */
  readonly first: number;
  /** Number of leaves. */
  readonly size: number;
  /** 16 random bytes. */
  readonly seed: Uint8Array;
}

/** What the relay knows of its newsroom: public things only. */
export interface NewsroomRecord {
  /** The chain of roster statements. */
  readonly roster: string;
  /** The signed list of token hashes, or '' before there is one. */
  readonly doors: string;
  /** Public intake keys, 1,216 bytes each. */
  readonly keys: readonly Uint8Array[];
}

/**
 * Everything that resolves MUST be durable: it is there after a power cut at any later time.
 * Every change MUST be whole or not at all.
 */
export interface RelayIndex {
  /**
   * MUST keep the row that is already there under this name, whatever its state, and answer that one.
   * MUST give a new parcel a `seq` above all that were ever given.
   */
  take(parcel: TakenParcel): Promise<ParcelRow>;
  /** MUST answer null for a name never taken. */
  find(name: Uint8Array): Promise<ParcelRow | null>;
  /** MUST answer held parcels only, `seq` above `after`, ascending, at most `most`. */
  parcelsAfter(after: number, most: number): Promise<ParcelRow[]>;
  /** Sum of bytes of held parcels. */
  heldBytes(): Promise<number>;
  /** Held parcels of quarters before this one, oldest first, at most `most`. */
  parcelsBefore(quarter: number, most: number): Promise<ParcelRow[]>;
  /** MUST keep promise and leaf of a parcel that is let go, since the log does. MUST ignore a name that is not held. */
  letGo(name: Uint8Array, state: 'gone' | 'expired'): Promise<void>;

  /** Parcels of any state that have no leaf yet, by `seq`. */
  waiting(): Promise<ParcelRow[]>;
  /** MUST store the batch and every leaf together. MUST refuse (throw) a batch that does not begin where the last ended. */
  plan(batch: Batch, leaves: readonly { readonly name: Uint8Array; readonly leaf: number }[]): Promise<void>;
  /** The batch planned last, or null. */
  lastBatch(): Promise<Batch | null>;
  /** Batches whose first leaf is at or above `from`, ascending, at most `most`. */
  batchesFrom(from: number, most: number): Promise<Batch[]>;
  /** Parcels with a leaf from `first` on and below `end`, by leaf. */
  leavesBetween(first: number, end: number): Promise<ParcelRow[]>;

  /** MUST replace what waited at this address. @param address - 32 bytes @param message - 512 bytes */
  putMessage(address: Uint8Array, message: Uint8Array): Promise<void>;
  message(address: Uint8Array): Promise<Uint8Array | null>;

  newsroom(): Promise<NewsroomRecord | null>;
  /** MUST replace the whole record. */
  setNewsroom(record: NewsroomRecord): Promise<void>;

  /**
   * MUST answer true once for a nonce and false until `until` has passed; may forget it afterwards.
   * @param until - quarter hours since 1970, @param quarter - now
   */
  useNonce(nonce: string, until: number, quarter: number): Promise<boolean>;

  close(): Promise<void>;
}
