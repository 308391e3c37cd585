/** The heads that a damaged bag brought so far, as files, for the names behind them. Bounded: the oldest are forgotten. */
import { equalBytes, toHex } from './encoding.ts';
import { type NameHex, type Sha256, hashBytes, parcelHeadMagic, parcelName } from './parcel.ts';
import type { SalvagedParcel } from './salvaged.ts';

/** Where the hashes begin in a head: behind its magic and the parcel's length. */
export const hashesAt: number = parcelHeadMagic.length + 4;
/** 8 MiB of heads, or as many of the smallest. */
const mostHeadBytes = 8 * 1024 * 1024;
const mostHeads = 20_000;

export class SalvagedHeads {
  readonly #sha256: Sha256;
  readonly #known = new Map<NameHex, SalvagedParcel>();
  #bytes = 0;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get(name: NameHex): SalvagedParcel | undefined {
    return this.#known.get(name);
  }

  /** @param head - taken over, not copied */
  remember(head: Uint8Array, headAt: number | null): SalvagedParcel {
    const parcel = { name: toHex(parcelName(head, this.#sha256)), head, headAt };
    const before = this.#known.get(parcel.name);
    if (before) return before;
    this.#known.set(parcel.name, parcel);
    this.#bytes += head.length;
    for (const [name, oldest] of this.#known) {
      if (this.#bytes <= mostHeadBytes && this.#known.size <= mostHeads) break;
      this.#known.delete(name);
      this.#bytes -= oldest.head.length;
    }
    return parcel;
  }
}

/** Does the head announce this hash at this place? */
export function isAnnounced(head: Uint8Array, index: number, hash: Uint8Array): boolean {
  const from = hashesAt + index * hashBytes;
  return head[from] === hash[0] && equalBytes(head.subarray(from, from + hashBytes), hash);
}

/** The first place at which the head announces this hash, or null. */
export function announcedIndex(head: Uint8Array, hash: Uint8Array): number | null {
  const pieces = (head.length - hashesAt) / hashBytes;
  for (let index = 0; index < pieces; index += 1) if (isAnnounced(head, index, hash)) return index;
  return null;
}
