/**
 * Reads a bag that was damaged: a memory card with bad sectors, a file cut or with bytes lost or put in. Where
 * `BagParser` stops at the first frame that cannot be one, this goes on at the next that proves itself.
 * `docs/protocol.md` sections "Bag" and "Courier's file".
 *
 * Contract. Whatever bytes were altered, lost or put in, and however the file is cut into chunks:
 * 1. every piece that is returned is the one that the head beside it announces;
 * 2. every whole piece is returned whose own frame, and the head or name before it, were not touched. So damage costs
 *    the frames that it touches and, where it touches a head or a name, the pieces up to the next head or name;
 * 3. work is in proportion to the length: at most eight bytes are hashed for each that was read.
 */
import { isBucket } from './bucket.ts';
import { bagMagic, nameFrameBytes, pieceFrameBytes } from './bag.ts';
import { concatBytes, toHex } from './encoding.ts';
import { type NameHex, type Sha256, parcelHeadBytes, parcelHeadMagic, parcelName, pieceBytes } from './parcel.ts';
import { sha256 as portableSha256 } from '@noble/hashes/sha2.js';
import { SalvagedHeads, announcedIndex, hashesAt, isAnnounced } from './salvaged-heads.ts';
import type { OrphanRun, SalvagedParcel, SalvagedPiece } from './salvaged.ts';
import { nameBytes } from './tally.ts';

export interface SalvageOptions {
  readonly sha256?: Sha256;
  /** The head of a parcel that this bag only names, or null. It is checked against the name. */
  readonly headOf?: (name: NameHex) => Uint8Array | null;
}

const nameFrame = 2;
const pieceFrame = 3;
/** From a frame's first byte on: the largest head, and two pieces behind it. */
const reachBytes = 1 + parcelHeadBytes(1024 * 1024) + 2 * pieceFrameBytes;
/** As many are told. */
const mostOrphanRuns = 20_000;
const hashedPerByte = 8;

export class BagSalvage {
  readonly #sha256: Sha256;
  readonly #headOf: (name: NameHex) => Uint8Array | null;
  readonly #heads: SalvagedHeads;
  #window: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Of the window's first byte in the file. */
  #base = 0;
  #ended = false;
  /** Is a frame expected to begin at `#at`? Else the next one is searched for. */
  #aligned = true;
  #lostFrom = 0;
  #parcel: SalvagedParcel | null = null;
  /** Hashes of possible pieces by their place in the file, so that looking ahead costs nothing twice. */
  #hashes = new Map<number, Uint8Array>();
  #hashedBytes = 0;
  /** Pieces that could not be proved: altered, or of a parcel whose head was. As many as their bytes would make. */
  damaged = 0;
  /** Pieces of parcels that this bag only names, and nobody knows the heads of. */
  orphans = 0;
  /** Where they stand. */
  readonly orphanRuns: OrphanRun[] = [];
  /** The latest name, when its head is not known, and where it stands. */
  #orphan: { readonly name: NameHex; readonly from: number } | null = null;
  /** Pieces that proved themselves. */
  proved = 0;
  /** Did it begin as a bag does? */
  begun = false;

  constructor(options: SalvageOptions = {}) {
    this.#sha256 = options.sha256 ?? portableSha256;
    this.#heads = new SalvagedHeads(this.#sha256);
    this.#headOf = options.headOf ?? (() => null);
  }

  /** Takes a chunk, and returns the pieces that are proved so far. The chunk is copied. */
  push(chunk: Uint8Array): SalvagedPiece[] {
    this.#base += this.#at;
    this.#window = concatBytes(this.#window.subarray(this.#at), chunk);
    this.#at = 0;
    return this.#run();
  }

  /** Call at the end of the file. A frame that the end cuts is not damage. */
  end(): SalvagedPiece[] {
    this.#ended = true;
    const pieces = this.#run();
    if (!this.#aligned) this.#lose(this.#window.length - this.#at);
    this.#aligned = true;
    return pieces;
  }

  #run(): SalvagedPiece[] {
    const pieces: SalvagedPiece[] = [];
    while (this.#at + (this.#ended ? 1 : reachBytes) <= this.#window.length) {
      if (!this.#aligned) {
        this.#search();
        continue;
      }
      const piece = this.#step();
      if (piece) pieces.push(piece);
    }
    return pieces;
  }

  #step(): SalvagedPiece | null {
    const at = this.#at;
    if (this.#hashes.size > 64) this.#hashes = new Map([...this.#hashes].filter(([place]) => place >= this.#base + at));
    if (this.#isAt(at, bagMagic)) {
      this.begun ||= this.#base + at === 0;
      return this.#pass(bagMagic.length);
    }
    if (this.#headEnd(at + 1) !== null) return this.#takeHead(at + 1);
    const piece = this.#pieceAt(at, false);
    if (piece) {
      this.proved += 1;
      this.#pass(pieceFrameBytes);
      return piece;
    }
    // A known name behind an altered first byte is as good.
    const named = this.#namedAt(at + 1);
    if (named) {
      this.#parcel = named;
      return this.#pass(nameFrameBytes);
    }
    return this.#stepOver(at);
  }

  /** At a frame that proves nothing. */
  #stepOver(at: number): null {
    const kind = this.#window[at];
    if (kind === pieceFrame && this.#parcel === null && this.#looksFramed(at + pieceFrameBytes)) {
      this.orphans += 1;
      this.#noteOrphan(this.#base + at + pieceFrameBytes);
      return this.#pass(pieceFrameBytes);
    }
    if (this.#isGood(at + pieceFrameBytes, this.#parcel)) {
      this.damaged += 1;
      return this.#pass(pieceFrameBytes);
    }
    if (kind === nameFrame && this.#looksFramed(at + nameFrameBytes)) {
      this.#parcel = null;
      this.#orphan = { name: toHex(this.#window.subarray(at + 1, at + nameFrameBytes)), from: this.#base + at };
      return this.#pass(nameFrameBytes);
    }
    if (this.#isCutAt(at)) return this.#pass(this.#window.length - at);
    this.#aligned = false;
    this.#lostFrom = this.#base + at;
    return null;
  }

  #noteOrphan(to: number): void {
    const orphan = this.#orphan;
    if (!orphan) return;
    if (this.orphanRuns.at(-1)?.from === orphan.from) this.orphanRuns.pop();
    if (this.orphanRuns.length < mostOrphanRuns) this.orphanRuns.push({ ...orphan, to });
  }

  /** Looks for the next place at which something proves itself, as far as the window reaches. */
  #search(): void {
    const window = this.#window;
    const end = this.#ended ? window.length : window.length - reachBytes + 1;
    for (let at = this.#at; at < end; at += 1) {
      const byte = window[at];
      if (byte === parcelHeadMagic[0] && this.#headEnd(at) !== null) {
        this.#at = at;
        this.#lose(0);
        this.#takeHead(at);
        return;
      }
      const isFound =
        (byte === pieceFrame && window[at + 1] === 0 && this.#pieceAt(at, true) !== null) ||
        (byte === nameFrame && this.#namedAt(at + 1) !== null) ||
        (byte === bagMagic[0] && this.#isAt(at, bagMagic));
      if (!isFound) continue;
      this.#at = at;
      this.#lose(0);
      this.#aligned = true;
      return;
    }
    this.#at = Math.max(this.#at, end);
  }

  /** Counts what lies between the place where the way was lost and here. */
  #lose(more: number): void {
    const bytes = this.#base + this.#at + more - this.#lostFrom;
    if (bytes > 0) this.damaged += Math.max(1, Math.round(bytes / pieceFrameBytes));
  }

  #pass(bytes: number): null {
    this.#at += bytes;
    return null;
  }

  /**
   * A head cannot prove itself, but what follows it can. When nothing does, its length may be a lie: then its own bytes
   * are searched as well.
   *
   * @param at - of its magic
   */
  #takeHead(at: number): null {
    const end = this.#headEnd(at) ?? at;
    if (end > this.#window.length) {
      // Cut by the end of the file, which is no damage; or altered near it.
      this.#parcel = null;
      this.#orphan = null;
      this.#searchFrom(at + parcelHeadMagic.length);
      this.#lostFrom = Number.POSITIVE_INFINITY;
      return null;
    }
    if (!this.#mayHash(at, end - at)) return this.#searchFrom(at + parcelHeadMagic.length);
    this.#parcel = this.#heads.remember(this.#window.slice(at, end), this.#base + at);
    // A name that follows tells the head's own: a head that was altered is another's, and the name is right.
    const isNamed = this.#window[end] === nameFrame && this.#looksFramed(end + nameFrameBytes);
    if (isNamed || this.#isGood(end, this.#parcel) || this.#isGood(end + pieceFrameBytes, this.#parcel) || this.#isCutAt(end)) {
      this.#aligned = true;
      this.#at = end;
      return null;
    }
    return this.#searchFrom(at + parcelHeadMagic.length);
  }

  #searchFrom(at: number): null {
    this.#aligned = false;
    this.#at = at;
    this.#lostFrom = this.#base + at;
    return null;
  }

  /** The parcel whose name stands here, if its head is known. */
  #namedAt(at: number): SalvagedParcel | null {
    if (at + nameBytes > this.#window.length) return null;
    const name = toHex(this.#window.subarray(at, at + nameBytes));
    const known = this.#heads.get(name);
    if (known || this.#window[at - 1] !== nameFrame) return known ?? null;
    // Elsewhere than at a frame's beginning somebody is asked only where a piece follows: not at every 256th byte.
    const isFollowed = this.#window[at + nameBytes] === pieceFrame && this.#window[at + nameBytes + 1] === 0;
    if (!this.#aligned && !isFollowed) return null;
    if (!this.#mayHash(at, 0)) return null;
    const head = this.#headOf(name);
    this.#hashedBytes += head?.length ?? 0;
    return head && toHex(parcelName(head, this.#sha256)) === name ? this.#heads.remember(head, null) : null;
  }

  /** Does a frame that proves itself begin here, or does the file end here? */
  #isGood(at: number, parcel: SalvagedParcel | null): boolean {
    if (this.#ended && at === this.#window.length) return true;
    if (this.#headEnd(at + 1) !== null || this.#isAt(at, bagMagic)) return true;
    if (this.#window[at] === nameFrame && this.#namedAt(at + 1) !== null) return true;
    return this.#pieceAt(at, true, parcel) !== null;
  }

  /** Could a frame begin here? */
  #looksFramed(at: number): boolean {
    const [kind, high] = [this.#window[at], this.#window[at + 1]];
    if (kind === undefined || kind === nameFrame) return true;
    return (kind === pieceFrame && (high ?? 0) === 0) || this.#headEnd(at + 1) !== null || this.#isAt(at, bagMagic);
  }

  /** Is less left than a piece takes? Nothing behind it could be proved. */
  #isCutAt(at: number): boolean {
    return this.#ended && this.#window.length - at < pieceFrameBytes;
  }

  /** A piece that is the present parcel's. @param exact - only when the frame's opening says so too */
  #pieceAt(at: number, exact: boolean, parcel: SalvagedParcel | null = this.#parcel): SalvagedPiece | null {
    const window = this.#window;
    if (!parcel || at + pieceFrameBytes > window.length) return null;
    const isOpened = window[at] === pieceFrame && window[at + 1] === 0;
    if (exact && !isOpened) return null;
    const bytes = window.subarray(at + 3, at + pieceFrameBytes);
    const hash = this.#hashAt(at, bytes);
    if (!hash) return null;
    const said = window[at + 2] ?? 0;
    if (isOpened && isAnnounced(parcel.head, said, hash)) return { parcel, index: said, at: this.#base + at + 3, bytes };
    if (exact) return null;
    const index = announcedIndex(parcel.head, hash);
    return index === null ? null : { parcel, index, at: this.#base + at + 3, bytes };
  }

  /** Not when so much was hashed in vain that somebody wants it so. Counts what is to be hashed. */
  #mayHash(at: number, bytes: number): boolean {
    if (this.#hashedBytes > hashedPerByte * (this.#base + at + reachBytes)) return false;
    this.#hashedBytes += bytes;
    return true;
  }

  #hashAt(at: number, bytes: Uint8Array): Uint8Array | null {
    const place = this.#base + at;
    const known = this.#hashes.get(place);
    if (known || !this.#mayHash(at, pieceBytes)) return known ?? null;
    const hash = this.#sha256(bytes);
    this.#hashes.set(place, hash);
    return hash;
  }

  /** Where the head ends whose magic stands here; null when none does. */
  #headEnd(at: number): number | null {
    if (!this.#isAt(at, parcelHeadMagic) || at + hashesAt > this.#window.length) return null;
    const { buffer, byteOffset } = this.#window;
    const bytes = new DataView(buffer, byteOffset + at + parcelHeadMagic.length, 4).getUint32(0);
    return isBucket(bytes) ? at + parcelHeadBytes(bytes) : null;
  }

  #isAt(at: number, magic: Uint8Array): boolean {
    return magic.every((byte, i) => this.#window[at + i] === byte);
  }
}
