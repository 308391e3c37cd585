/**
 * The spool: where sealed parcels wait on the phone, and what the sender must remember. `docs/protocol.md` section
 * "Spool". One contract, one suite (`spool.suite.ts`), three implementations.
 *
 * It never holds plaintext or a file's name. The only thing in it that opens anything is a dispatch id, in a note,
 * until the acknowledgement.
 */
import type { NameHex } from '@zajil/format';
import type { ParcelNote } from './order.ts';

/** What is kept of a parcel whose bytes have gone: enough to ask for, and to check, the relay's receipt. */
export interface Carried {
  /** The relay's verifier key that signed the promise. */
  readonly vkey: string;
  /** 16 bytes, hex. */
  readonly salt: string;
  readonly quarter: number;
  /** 64 bytes, hex. */
  readonly signature: string;
  /** A verified receipt was seen: it stands in the relay's public log. */
  readonly arrived: boolean;
}

export interface SpooledParcel extends ParcelNote {
  /** Null while the bytes are here. */
  readonly carried: Carried | null;
}

/** Small texts by key. Keys are of `a-z`, `0-9`, `-` and `/`, at most 120 characters. */
export interface Notes {
  getNote(key: string): Promise<string | null>;
  /** MUST be durable when it resolves. Null removes. */
  setNote(key: string, text: string | null): Promise<void>;
  /** Keys that begin with `prefix`, in no particular order. */
  listNotes(prefix: string): Promise<string[]>;
}

/**
 * MUST: when `put`, `keep` or `setNote` resolves, a kill of the process changes nothing of it; a kill before leaves the
 * state before or the state after. `keep` MUST make what it is given durable before it lets the bytes go.
 */
export interface Spool extends Notes {
  /** Stores a parcel. Again with the same name: nothing changes. @throws LineError `LINE_STORAGE` */
  put(note: ParcelNote, head: Uint8Array, bytes: Uint8Array): Promise<void>;
  list(): Promise<SpooledParcel[]>;
  /** Null when the bytes are not here. */
  readHead(name: NameHex): Promise<Uint8Array | null>;
  /** One array per index, in that order; null when the bytes are not here. Their memory is the caller's, to give back. */
  readPieces(name: NameHex, indices: readonly number[]): Promise<Uint8Array[] | null>;
  /** Lets the bytes go and keeps what is known instead. Also updates what was kept before. */
  keep(name: NameHex, carried: Carried): Promise<void>;
  /** Forgets the parcel altogether. */
  remove(name: NameHex): Promise<void>;
}

/** @throws RangeError for a key that a spool need not take */
export function checkNoteKey(key: string): string {
  if (!/^[a-z0-9][a-z0-9/-]{0,119}$/.test(key)) throw new RangeError('a note has a short key of a-z, 0-9, - and /');
  return key;
}

/** @throws RangeError for what is no parcel's name */
export function checkName(name: NameHex): NameHex {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('a name has 32 bytes');
  return name;
}
