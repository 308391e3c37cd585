import { makeParcelHead, parcelName } from '@zajil/format';
import { MemorySpool, type SuppliedParcel } from '@zajil/line';
import { expect, test } from 'vitest';
import { durableSupply } from './durable-supply.ts';

function parcel(part: number): SuppliedParcel {
  const bytes = new Uint8Array(8192).fill(part + 1);
  const head = makeParcelHead(bytes);
  return { name: parcelName(head), head, bytes, dispatch: 'one', urgent: false, order: 1, layer: 'whole', file: 0, view: 0, part };
}

test('two who ask at once get different parcels, each stored before the next one is sealed', async () => {
  const spool = new MemorySpool();
  let part = 0;
  const supply = durableSupply(spool, async () => {
    expect(await spool.list()).toHaveLength(part);
    return part < 6 ? parcel(part++) : null;
  });
  const given = await Promise.all(Array.from({ length: 8 }, () => supply()));
  expect(given.map((one) => one?.part ?? null)).toEqual([0, 1, 2, 3, 4, 5, null, null]);
  expect((await spool.list()).map((one) => one.bytes)).toEqual(Array.from({ length: 6 }, () => 8192));
});

test('a refusal reaches who asked, and the next one is served', async () => {
  let calls = 0;
  const supply = durableSupply(new MemorySpool(), async () => {
    calls += 1;
    if (calls === 1) throw new Error('choose the file again');
    return parcel(calls);
  });
  const both = [supply(), supply()];
  await expect(both[0]).rejects.toThrow('choose the file again');
  expect((await both[1])?.part).toBe(2);
});
