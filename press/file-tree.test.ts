import { inclusionProof, leafHash, treeRoot } from '@zajil/log';
import { utf8 } from '@zajil/format';
import { expect, test } from 'vitest';
import { FileTree } from './file-tree.ts';

test('the tree and its proofs equal those of the slow twin, at every size up to 40', () => {
  for (let size = 0; size <= 40; size++) {
    const entries = Array.from({ length: size }, (_, i) => utf8(`${i}`));
    const leaves = entries.map((entry) => leafHash(entry));
    const tree = new FileTree(entries);
    expect(tree.root).toEqual(treeRoot(leaves));
    for (let i = 0; i < size; i++) expect(tree.prove(i)).toEqual(inclusionProof(leaves, i));
  }
});
