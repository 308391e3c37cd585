import { join } from 'node:path';
import { leafEntry, toHex } from '@zajil/format';
import {
  FolderTiles,
  type NoteSigner,
  TileLog,
  type TileStore,
  createSigner,
  parseCheckpoint,
  verifyNote,
  verifyPromise,
  verifyReceipt,
} from '@zajil/log';
import { expect, onTestFinished, test } from 'vitest';
import { Notary, fillerEntry } from './notary.ts';
import type { ParcelRow, RelayIndex } from './relay-index.ts';
import { dayMs, freshFolder, random } from './rig.ts';
import { SqliteIndex } from './sqlite-index.ts';

interface Bench {
  readonly index: RelayIndex;
  readonly signer: NoteSigner;
  readonly open: (store?: TileStore) => Promise<{ notary: Notary; log: TileLog }>;
  readonly tiles: TileStore;
}

async function bench(): Promise<Bench> {
  const folder = await freshFolder();
  const index = await SqliteIndex.open(join(folder, 'index.db'));
  onTestFinished(async () => await index.close());
  const signer = createSigner('zajil-relay-test', random(32));
  const tiles = new FolderTiles(join(folder, 'log'));
  const open = async (store: TileStore = tiles): Promise<{ notary: Notary; log: TileLog }> => {
    const log = await TileLog.open(store, signer);
    return { notary: await Notary.open({ index, log, signer, batchLeaves: 4 }), log };
  };
  return { index, signer, open, tiles };
}

async function take(index: RelayIndex, notary: Notary): Promise<ParcelRow> {
  const name = random(32);
  return await index.take({ name, bytes: 8192, promised: notary.promise(name, dayMs) });
}

async function find(index: RelayIndex, row: ParcelRow): Promise<ParcelRow> {
  return (await index.find(row.name)) ?? row;
}

test('a promise is signed at once, to a quarter hour; its receipt comes with the batch', async () => {
  const { index, signer, open } = await bench();
  const { notary } = await open();
  const row = await take(index, notary);
  verifyPromise(signer.vkey, row.name, row.promised);
  expect(new Date(row.promised.quarter * 900_000).toISOString()).toBe('2026-03-01T12:00:00.000Z');
  expect(await notary.receipt(row)).toBe('');
  await notary.publish();
  const receipt = await notary.receipt(await find(index, row));
  expect(verifyReceipt(signer.vkey, row.name, row.promised, receipt).size).toBe(4);
});

test('batches have a fixed size, also when idle, and every leaf opens as a parcel or as a filler of the seed', async () => {
  const { index, open } = await bench();
  const { notary, log } = await open();
  const rows: ParcelRow[] = [];
  for (const count of [0, 3, 4, 5, 0]) {
    for (let i = 0; i < count; i += 1) rows.push(await take(index, notary));
    await notary.publish();
  }
  const batches = await index.batchesFrom(0, 100);
  expect(batches.map((batch) => batch.size)).toEqual([4, 4, 4, 8, 4]);
  const parcels = new Set(rows.map(({ name, promised }) => toHex(leafEntry(promised.salt, name, promised.quarter))));
  for (const { first, size, seed } of batches) {
    const fillers = new Set(Array.from({ length: size }, (_, number) => toHex(fillerEntry(seed, number))));
    const entries = await Promise.all(Array.from({ length: size }, async (_, place) => toHex(await log.entry(first + place))));
    expect(entries).toEqual(entries.toSorted());
    for (const entry of entries) expect(parcels.delete(entry) || fillers.delete(entry)).toBe(true);
  }
  expect(parcels.size).toBe(0);
});

for (const writes of [0, 1, 2]) {
  test(`killed-after-write ${writes} of a batch: the next process enters the same batch, and what was promised is in it`, async () => {
    const { index, signer, open, tiles } = await bench();
    let left = Number.POSITIVE_INFINITY;
    const dying: TileStore = {
      read: async (path) => await tiles.read(path),
      write: async (path, bytes) => {
        left -= 1;
        if (left < 0) throw new Error('killed');
        await tiles.write(path, bytes);
      },
    };
    const { notary } = await open(dying);
    await notary.publish();
    const row = await take(index, notary);
    left = writes;
    await expect(notary.publish()).rejects.toThrow();
    expect(await notary.receipt(await find(index, row))).toBe('');
    const late = await take(index, notary);
    const next = await open();
    await next.notary.publish();
    for (const known of [row, late])
      verifyReceipt(signer.vkey, known.name, known.promised, await next.notary.receipt(await find(index, known)));
    const { text } = verifyNote(await next.log.checkpoint(), [signer.vkey]);
    expect(parseCheckpoint(text).size).toBe(12);
  });
}

test('answer-lost: a batch that entered although its append failed is not entered twice', async () => {
  const { index, signer, open, tiles } = await bench();
  let lost = false;
  const losing: TileStore = {
    read: async (path) => await tiles.read(path),
    write: async (path, bytes) => {
      await tiles.write(path, bytes);
      if (lost && path === 'checkpoint') throw new Error('answer lost');
    },
  };
  const { notary } = await open(losing);
  const row = await take(index, notary);
  lost = true;
  await notary.publish().catch(() => {});
  const next = await open();
  verifyReceipt(signer.vkey, row.name, row.promised, await next.notary.receipt(await find(index, row)));
  expect(next.log.size).toBe(4);
});

test('backup restored: a log that is ahead of its index is refused and left as it is', async () => {
  const { index, signer, open, tiles } = await bench();
  const { notary } = await open();
  await notary.publish();
  const log = await TileLog.open(tiles, signer);
  await log.append([random(32)]);
  await expect(Notary.open({ index, log, signer, batchLeaves: 4 })).rejects.toMatchObject({ code: 'RELAY_LOG_DIVERGED' });
  expect(log.size).toBe(5);
});
