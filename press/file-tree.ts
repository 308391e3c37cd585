/**
 * The Merkle tree over the site's files (RFC 6962 section 2.1), level by level, so that the proofs of all pages cost
 * one pass. Its slow twin is `treeRoot` and `inclusionProof` of `log`.
 */
import { leafHash, nodeHash, treeRoot } from '@zajil/log';

export class FileTree {
  readonly #levels: Uint8Array[][];

  /** @param entries - as they stand in the tree, in order */
  constructor(entries: readonly Uint8Array[]) {
    this.#levels = [entries.map((entry) => leafHash(entry))];
    for (let level = this.#levels[0] ?? []; level.length > 1; this.#levels.push(level)) level = pairUp(level);
  }

  get root(): Uint8Array {
    return this.#levels.at(-1)?.[0] ?? treeRoot([]);
  }

  /** The hashes beside the way from a leaf to the root, lowest first. */
  prove(index: number): Uint8Array[] {
    return this.#levels.flatMap((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? []);
  }
}

/** A node without a right neighbour rises as it is. */
function pairUp(level: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
    const [left, right] = level.slice(2 * i, 2 * i + 2);
    if (!left) throw new RangeError('a pair has a left node');
    return right ? nodeHash(left, right) : left;
  });
}
