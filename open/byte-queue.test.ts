import { concatBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';

it('gives the same bytes however they arrive and however they are taken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), fc.array(fc.nat(30)), async (chunks, takes) => {
      const all = concatBytes(...chunks);
      const queue = new ByteQueue(chunks);
      let at = 0;
      for (const count of takes) {
        expect(await queue.peek(count)).toEqual(all.slice(at, at + count));
        expect(await queue.take(count)).toEqual(all.slice(at, at + count));
        at += count;
      }
    }),
  );
});
