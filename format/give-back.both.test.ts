import { expect, test } from 'vitest';
import { giveBack } from './index.ts';

test('bytes that were given back are gone, and memory that others share stays', () => {
  const own = new Uint8Array(8);
  giveBack(own);
  expect(own.length).toBe(0);
  const shared = Uint8Array.of(1, 2, 3);
  giveBack(shared.subarray(1));
  expect(shared).toEqual(Uint8Array.of(1, 2, 3));
  giveBack(own);
});
