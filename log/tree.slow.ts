/**
 * The Merkle tree of RFC 6962 section 2.1, written as the RFC defines it: over all leaf hashes, by recursion. The
 * readable twin against which the tiles are tested; quick enough for some thousand leaves.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@zajil/format';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const hashBytes = 32;

/** SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(leafPrefix, entry));
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(nodePrefix, left, right));
}

/** Largest power of two smaller than `count`, which is at least 2. Exact up to 2^53. */
export function splitPoint(count: number): number {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/** MTH(D[n]): the root over leaf hashes; of no leaves the hash of nothing. */
export function treeRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  const [first] = leafHashes;
  if (first === undefined) return sha256(new Uint8Array(0));
  if (leafHashes.length === 1) return first;
  const k = splitPoint(leafHashes.length);
  return nodeHash(treeRoot(leafHashes.slice(0, k)), treeRoot(leafHashes.slice(k)));
}

/** PATH(m, D[n]), RFC 6962 section 2.1.1: from the leaf's neighbour up. @throws RangeError */
export function inclusionProof(leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  const count = leafHashes.length;
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new RangeError('there is no such leaf');
  if (count === 1) return [];
  const k = splitPoint(count);
  const left = leafHashes.slice(0, k);
  const right = leafHashes.slice(k);
  return index < k ? [...inclusionProof(left, index), treeRoot(right)] : [...inclusionProof(right, index - k), treeRoot(left)];
}

/** PROOF(m, D[n]), RFC 6962 section 2.1.2: that the tree of the first `size1` leaves became this one. @throws RangeError */
export function consistencyProof(leafHashes: readonly Uint8Array[], size1: number): Uint8Array[] {
  if (!Number.isInteger(size1) || size1 < 1 || size1 > leafHashes.length)
    throw new RangeError('there was no tree of this size to prove from');
  return subProof(leafHashes, size1, true);
}

/** SUBPROOF(m, D[n], b); `known` is b: whether the verifier already has this subtree's root. */
function subProof(leafHashes: readonly Uint8Array[], m: number, known: boolean): Uint8Array[] {
  if (m === leafHashes.length) return known ? [] : [treeRoot(leafHashes)];
  const k = splitPoint(leafHashes.length);
  const left = leafHashes.slice(0, k);
  const right = leafHashes.slice(k);
  return m <= k ? [...subProof(left, m, known), treeRoot(right)] : [...subProof(right, m - k, false), treeRoot(left)];
}
