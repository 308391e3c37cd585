/**
 * The tree of RFC 6962 read from tiles: roots and proofs of a log of any size with a handful of reads. The recursions
 * are those of `tree.slow.ts`; only complete subtrees are taken from a tile instead of being computed from all leaves.
 *
 * A hash tile of level L holds, in a row, roots of complete subtrees of 256^L leaves. C2SP tlog-tiles, "Merkle Tree".
 */
import { LogError } from './refusal.ts';
import { tilePath, tileWidth, tileWidthAt } from './tile-path.ts';
import type { TileStore } from './tile-store.ts';
import { hashBytes, nodeHash, splitPoint, treeRoot } from './tree.slow.ts';

/** Tile bits: a tile covers eight levels of the tree. */
const tileHeight = 8;
/** Full tiles kept in memory: 128 of 8 KiB. They never change once a checkpoint covers them. */
const mostCached = 128;

export class TileTree {
  readonly #store: TileStore;
  readonly #size: number;
  readonly #cache = new Map<string, Uint8Array>();

  /** @param size - entries of the log as its tiles are laid out now; smaller trees can be read from it too */
  constructor(store: TileStore, size: number) {
    this.#store = store;
    this.#size = size;
  }

  get size(): number {
    return this.#size;
  }

  /** Root over the first `size` leaves. @throws LogError `LOG_STORE` when a tile is missing or damaged */
  async root(size: number): Promise<Uint8Array> {
    return size === 0 ? treeRoot([]) : this.#range(0, size);
  }

  /** PATH(index, D[size]). @throws LogError `LOG_STORE` */
  async inclusion(index: number, size: number): Promise<Uint8Array[]> {
    const proof: Uint8Array[] = [];
    let [low, high] = [0, size];
    while (high - low > 1) {
      const middle = low + splitPoint(high - low);
      proof.unshift(index < middle ? await this.#range(middle, high) : await this.#range(low, middle));
      [low, high] = index < middle ? [low, middle] : [middle, high];
    }
    return proof;
  }

  /** PROOF(size1, D[size2]), for 1 ≤ size1 ≤ size2. @throws LogError `LOG_STORE` */
  async consistency(size1: number, size2: number): Promise<Uint8Array[]> {
    const proof: Uint8Array[] = [];
    let [low, high] = [0, size2];
    while (size1 !== high) {
      const middle = low + splitPoint(high - low);
      proof.unshift(size1 <= middle ? await this.#range(middle, high) : await this.#range(low, middle));
      [low, high] = size1 <= middle ? [low, middle] : [middle, high];
    }
    return low === 0 ? proof : [await this.#range(low, high), ...proof];
  }

  /** Leaf hash at `index`. @throws LogError `LOG_STORE` */
  async leaf(index: number): Promise<Uint8Array> {
    return this.#range(index, index + 1);
  }

  /** MTH(D[low:high]). `low` is a multiple of the smallest power of two that is not below the length, as in all recursions of the RFC. */
  async #range(low: number, high: number): Promise<Uint8Array> {
    const count = high - low;
    if (Number.isInteger(Math.log2(count))) return this.#complete(Math.log2(count), low / count);
    const middle = low + splitPoint(count);
    return nodeHash(await this.#range(low, middle), await this.#range(middle, high));
  }

  /** Root of the complete subtree of 2^height leaves that is the `index`-th of its height. */
  async #complete(height: number, index: number): Promise<Uint8Array> {
    const level = Math.floor(height / tileHeight);
    const count = 2 ** (height % tileHeight);
    const first = index * count;
    const tile = await this.#tile(level, Math.floor(first / tileWidth));
    const at = first % tileWidth;
    return treeRoot(splitHashes(tile.subarray(at * hashBytes, (at + count) * hashBytes)));
  }

  async #tile(level: number, index: number): Promise<Uint8Array> {
    const width = tileWidthAt(level, index, this.#size);
    const path = tilePath({ level, index, width });
    const cached = this.#cache.get(path);
    if (cached) return cached;
    const bytes = await this.#store.read(path);
    if (bytes?.length !== width * hashBytes) throw new LogError('LOG_STORE', 'a file of the log is missing or damaged');
    if (this.#cache.size >= mostCached) this.#cache.clear();
    this.#cache.set(path, bytes);
    return bytes;
  }
}

/** A tile's bytes as hashes. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / hashBytes }, (_, i) => bytes.slice(i * hashBytes, (i + 1) * hashBytes));
}
