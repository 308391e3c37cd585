import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestParcel, freshFolder, random } from './rig.ts';
import { type Piece, Staging } from './staging.ts';

const pieceOf = (parcel: TestParcel, index: number): Piece => ({ index, bytes: parcel.bytes.subarray(index * 4096, (index + 1) * 4096) });
const never = (): boolean => false;

test('pieces in any order, doubled and mixed with poisoned ones, stage exactly the good ones; the next process finds them', async () => {
  const parcel = new TestParcel(32);
  const order = fc.array(fc.record({ index: fc.nat(9), good: fc.boolean() }), { maxLength: 30 });
  const property = fc.asyncProperty(order, async (pieces) => {
    const folder = await freshFolder();
    const staging = await Staging.open(folder, never);
    const staged = await staging.begin(parcel.head);
    const made = pieces.map(({ index, good }) => (good && index < 8 ? pieceOf(parcel, index) : { index, bytes: random(4096) }));
    await staging.write(staged, made.slice(0, 10));
    await staging.write(staged, made.slice(10));
    const good = new Set(pieces.filter((piece) => piece.good && piece.index < 8).map((piece) => piece.index));
    expect(staged.missing).toBe(8 - good.size);
    await staging.close();
    const again = await (await Staging.open(folder, never)).find(parcel.hex);
    expect(again?.pieces.bytes).toEqual(staged.pieces.bytes);
    expect([...Array(8).keys()].filter((i) => again?.pieces.has(i))).toEqual([...good].sort((a, b) => a - b));
    await again?.file.close();
  });
  await fc.assert(property, { numRuns: 30 });
});

test('killed-after-write: a head cut short, pieces without a head and a piece cut short are no trouble for the next process', async () => {
  const folder = await freshFolder();
  const [cut, lost, torn] = [new TestParcel(8), new TestParcel(8), new TestParcel(8)];
  await writeFile(join(folder, `${cut.hex}.head`), cut.head.subarray(0, 20));
  await writeFile(join(folder, `${lost.hex}.pieces`), lost.bytes);
  await writeFile(join(folder, `${torn.hex}.head`), torn.head);
  await writeFile(join(folder, `${torn.hex}.pieces`), torn.bytes.subarray(0, 5000));
  const staging = await Staging.open(folder, never);
  expect(staging.names()).toEqual([torn.hex]);
  expect(staging.bytes).toBe(8192);
  const staged = await staging.find(torn.hex);
  expect([staged?.pieces.has(0), staged?.pieces.has(1)]).toEqual([true, false]);
  await staging.drop(torn.hex);
  expect([await readdir(folder), staging.bytes]).toEqual([[], 0]);
});

test('however many parcels are begun, few files stay open, and none that somebody works on is closed', async () => {
  const parcels = Array.from({ length: 100 }, () => new TestParcel(8));
  const staging = await Staging.open(await freshFolder(), (name) => name === parcels[0]?.hex);
  for (const parcel of parcels) await staging.write(await staging.begin(parcel.head), [pieceOf(parcel, 1)]);
  expect(parcels.filter((parcel) => staging.isOpen(parcel.hex))).toHaveLength(64);
  expect(staging.isOpen(parcels[0]?.hex ?? '')).toBe(true);
  const old = await staging.find(parcels[1]?.hex ?? '');
  expect([old?.missing, old?.pieces.has(1)]).toEqual([1, true]);
  await staging.close();
});
