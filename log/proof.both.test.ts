import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifyConsistency, verifyInclusion } from './proof.ts';
import { consistencyProof, inclusionProof, leafHash, nodeHash, splitPoint, treeRoot } from './tree.slow.ts';

const leaves = Array.from({ length: 40 }, (_, i) => leafHash(Uint8Array.of(i)));
const root = (size: number) => treeRoot(leaves.slice(0, size));
const inclusion = (index: number, size: number) => ({
  size,
  index,
  leaf: leaves[index] ?? root(0),
  proof: inclusionProof(leaves.slice(0, size), index),
  root: root(size),
});
const consistency = (size1: number, size2: number) => ({
  size1,
  root1: root(size1),
  size2,
  root2: root(size2),
  proof: consistencyProof(leaves.slice(0, size2), size1),
});

test('every proof of every small tree is taken', () => {
  for (let size = 1; size <= leaves.length; size++) {
    for (let index = 0; index < size; index++) verifyInclusion(inclusion(index, size));
    for (let size1 = 1; size1 <= size; size1++) verifyConsistency(consistency(size1, size));
  }
});

/** Each way to spoil a list of hashes. */
const spoiled = (proof: readonly Uint8Array[], at: number): Uint8Array[][] => {
  const flipped = proof.map((hash, i) => (i === at % proof.length ? hash.map((byte, j) => (j === 0 ? byte ^ 1 : byte)) : hash));
  return [
    [...proof, root(1)],
    [root(1), ...proof],
    ...(proof.length > 0 ? [flipped, proof.slice(1), proof.slice(0, -1), proof.map((hash) => hash.slice(1))] : []),
    ...(proof.length > 1 ? [proof.toReversed()] : []),
  ];
};
const pair = fc.integer({ min: 1, max: 40 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

test('an inclusion proof spoiled in any way is refused', () => {
  fc.assert(
    fc.property(pair, fc.nat(), ([size, index], at) => {
      const good = inclusion(index, size);
      for (const proof of spoiled(good.proof, at)) expect(() => verifyInclusion({ ...good, proof })).toThrow();
      expect(() => verifyInclusion({ ...good, root: root(0) })).toThrow('as claimed');
      expect(() => verifyInclusion({ ...good, leaf: root(0) })).toThrow('as claimed');
      expect(() => verifyInclusion({ ...good, index: size })).toThrow('no such leaf');
      for (const other of [index - 1, index + 1]) expect(() => verifyInclusion({ ...good, index: other })).toThrow();
    }),
  );
});

test('a consistency proof spoiled in any way is refused', () => {
  fc.assert(
    fc.property(pair, fc.nat(), ([size2, before], at) => {
      const good = consistency(before + 1, size2);
      for (const proof of spoiled(good.proof, at)) expect(() => verifyConsistency({ ...good, proof })).toThrow();
      expect(() => verifyConsistency({ ...good, root1: root(0) })).toThrow();
      expect(() => verifyConsistency({ ...good, root2: root(0) })).toThrow();
    }),
  );
});

test('a log that shrinks, or begins from nothing, is refused', () => {
  const some = root(3);
  expect(() => verifyConsistency({ size1: 3, root1: some, size2: 2, root2: some, proof: [] })).toThrow('only grow');
  expect(() => verifyConsistency({ size1: 0, root1: root(0), size2: 3, root2: some, proof: [] })).toThrow('only grow');
});

test('sizes and indexes that are no counts are refused', () => {
  for (const bad of [-1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    expect(() => verifyInclusion({ ...inclusion(0, 2), size: bad })).toThrow('no such leaf');
    expect(() => verifyInclusion({ ...inclusion(0, 2), index: bad })).toThrow('no such leaf');
  }
});

/** A tree of equal leaves: its complete subtrees of one height are all the same, so that it can be as large as we like. */
const towers = [leaves[0] ?? root(0)];
while (towers.length < 53) towers.push(nodeHash(towers.at(-1) ?? root(0), towers.at(-1) ?? root(0)));
const towerRoot = (size: number): Uint8Array => {
  const height = Math.log2(size);
  if (Number.isInteger(height)) return towers[height] ?? root(0);
  return nodeHash(towerRoot(splitPoint(size)), towerRoot(size - splitPoint(size)));
};

test('proofs hold beyond 32 bits', () => {
  const size = 2 ** 40 + 12_345;
  const index = 2 ** 39 + 77;
  const proof: Uint8Array[] = [];
  let [low, high] = [0, size];
  while (high - low > 1) {
    const middle = low + splitPoint(high - low);
    proof.unshift(index < middle ? towerRoot(high - middle) : towerRoot(middle - low));
    [low, high] = index < middle ? [low, middle] : [middle, high];
  }
  const claim = { size, index, leaf: towerRoot(1), proof, root: towerRoot(size) };
  verifyInclusion(claim);
  expect(() => verifyInclusion({ ...claim, size: 2 ** 40 })).toThrow();
  verifyConsistency({ size1: 2 ** 40, root1: towerRoot(2 ** 40), size2: size, root2: towerRoot(size), proof: [towerRoot(12_345)] });
});

test('a proof of the wrong length is refused even when its hashes lead to the claimed roots', () => {
  const [a, b, c, d, e] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const ab = nodeHash(a, b);
  const long = { size: 2, index: 0, leaf: a, proof: [b, e], root: nodeHash(e, ab) };
  expect(() => verifyInclusion(long)).toThrow('too long');
  expect(() => verifyInclusion({ size: 4, index: 0, leaf: a, proof: [b], root: ab })).toThrow('too short');
  const grown = nodeHash(ab, nodeHash(c, d));
  expect(() => verifyConsistency({ size1: 2, root1: ab, size2: 8, root2: grown, proof: [nodeHash(c, d)] })).toThrow('too short');
  const bent = { size1: 3, root1: nodeHash(e, nodeHash(ab, c)), size2: 4, root2: nodeHash(e, grown), proof: [c, d, ab, e] };
  expect(() => verifyConsistency(bent)).toThrow('too long');
});
