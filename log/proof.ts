/**
 * Checking of inclusion and consistency proofs: RFC 9162 sections 2.1.3.2 and 2.1.4.2, over the hashes of RFC 6962.
 *
 * Strict: a proof with one hash too many or too few is refused, as is anything hashed that does not have 32 bytes.
 */
import { equalBytes } from '@zajil/format';
import { LogError } from './refusal.ts';
import { hashBytes, nodeHash } from './tree.slow.ts';

export interface InclusionClaim {
  /** Leaves in the tree. */
  readonly size: number;
  readonly index: number;
  /** `leafHash` of the entry: 32 bytes. */
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

export interface ConsistencyClaim {
  readonly size1: number;
  readonly root1: Uint8Array;
  readonly size2: number;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** @throws LogError `LOG_PROOF` unless the leaf stands at this index in the tree of this size and root */
export function verifyInclusion({ size, index, leaf, proof, root }: InclusionClaim): void {
  check(isCount(size) && isCount(index) && index < size, 'there is no such leaf in a tree of this size');
  checkHashes([leaf, root, ...proof]);
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const p of proof) {
    check(sn > 0, 'inclusion proof is too long');
    if (isOdd(fn) || fn === sn) {
      hash = nodeHash(p, hash);
      [fn, sn] = skipEven(fn, sn);
    } else {
      hash = nodeHash(hash, p);
    }
    fn = half(fn);
    sn = half(sn);
  }
  check(sn === 0, 'inclusion proof is too short');
  check(equalBytes(hash, root), 'entry is not in this log as claimed');
}

/**
 * That the tree of `size2` begins with the tree of `size1`. From the empty tree there is nothing to prove, and a proof
 * of it is refused: whoever knows nothing yet does not ask.
 *
 * @throws LogError `LOG_PROOF`
 */
export function verifyConsistency({ size1, root1, size2, root2, proof }: ConsistencyClaim): void {
  check(isCount(size1) && isCount(size2) && size1 > 0 && size1 <= size2, 'a log can only grow, and from one entry at least');
  if (size1 === size2) {
    check(proof.length === 0, 'consistency proof is too long');
    check(equalBytes(root1, root2), 'log shows two faces of the same size');
    return;
  }
  checkHashes([root1, root2, ...proof]);
  check(proof.length > 0, 'consistency proof is too short');
  const [hash1, hash2] = foldConsistency(size1, size2, isPowerOfTwo(size1) ? [root1, ...proof] : proof);
  check(equalBytes(hash1, root1) && equalBytes(hash2, root2), 'log is not a continuation of what it was before');
}

function foldConsistency(size1: number, size2: number, [first, ...rest]: readonly Uint8Array[]): [Uint8Array, Uint8Array] {
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  let hash1 = first ?? new Uint8Array(0);
  let hash2 = hash1;
  for (const c of rest) {
    check(sn > 0, 'consistency proof is too long');
    if (isOdd(fn) || fn === sn) {
      hash1 = nodeHash(c, hash1);
      hash2 = nodeHash(c, hash2);
      [fn, sn] = skipEven(fn, sn);
    } else {
      hash2 = nodeHash(hash2, c);
    }
    fn = half(fn);
    sn = half(sn);
  }
  check(sn === 0, 'consistency proof is too short');
  return [hash1, hash2];
}

/** Bit operators would cut numbers to 32 bits; sizes go to 2^53. */
function half(n: number): number {
  return Math.floor(n / 2);
}

function isOdd(n: number): boolean {
  return n % 2 === 1;
}

function skipEven(fn: number, sn: number): [number, number] {
  let [f, s] = [fn, sn];
  while (!isOdd(f) && f !== 0) [f, s] = [half(f), half(s)];
  return [f, s];
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  check(
    hashes.every((hash) => hash.length === hashBytes),
    'a hash does not have 32 bytes',
  );
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new LogError('LOG_PROOF', message);
}
