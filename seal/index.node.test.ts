import { expect, it } from 'vitest';
import { doorContract } from './door.contract.ts';
import * as node from './index.node.ts';
import * as portable from './index.ts';

doorContract("Node's door", node);

it('is the same door in Node and elsewhere, but for what seals a dispatch from end to end', () => {
  expect(Object.keys(node).sort()).toEqual([...Object.keys(portable), 'DispatchSealer', 'forgetProgress'].sort());
});

it('is what Node is given by the name of the package', async () => {
  expect((await import('@zajil/seal')).WholeSealer).toBe(node.WholeSealer);
});
