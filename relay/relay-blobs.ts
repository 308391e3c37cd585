/**
 * The contract of the relay's store of parcels: whole, finished, under their names. The store sees ciphertext of a
 * bucket's size and nothing else; whoever holds it can at most lose it. `docs/protocol.md` section "Relay".
 *
 * `blobs.suite.ts` holds one test for each MUST here and is run against every implementation.
 */
import type { Ciphertext, NameHex } from '@zajil/format';

export interface RelayBlobs {
  /**
   * Makes a whole parcel durable under its name. The file is complete, checked and flushed; it is used up.
   *
   * MUST be durable when it resolves, MUST never show a part of a parcel under the name, MUST succeed when the name is
   * already there, and MUST leave either the file or the parcel in place when it fails or is killed.
   *
   * @param file - path on the local disk
   */
  put(name: NameHex, file: string): Promise<void>;
  /** MUST answer the length in bytes, or null when the parcel is not there. */
  length(name: NameHex): Promise<number | null>;
  /** MUST answer the bytes from `from` up to but not including `to`, or null when the parcel is not there. MUST throw a RangeError beyond its end. */
  read(name: NameHex, from: number, to: number): Promise<Ciphertext | null>;
  /** MUST be durable when it resolves, and MUST succeed when the parcel is not there. */
  delete(name: NameHex): Promise<void>;
}
