import { equalBytes, utf8 } from '@zajil/format';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { parseEntryBundle } from './entry-bundle.ts';
import { signNote } from './note.ts';
import { verifyConsistency, verifyInclusion } from './proof.ts';
import { createSigner } from './signer.ts';
import { TileLog } from './tile-log.ts';
import { MemoryTiles } from './tile-store.ts';
import { consistencyProof, inclusionProof, leafHash, treeRoot } from './tree.slow.ts';

const signer = createSigner('log.example', new Uint8Array(32).fill(1));
const entriesOf = (count: number, from = 0) => Array.from({ length: count }, (_, i) => utf8(`entry ${from + i}`));
const rootOf = async (log: TileLog) => verifyCheckpoint(await log.checkpoint(), signer.vkey).root;

async function begin(count: number): Promise<{ store: MemoryTiles; log: TileLog }> {
  const store = new MemoryTiles();
  const log = await TileLog.open(store, signer);
  await log.append(entriesOf(count));
  return { store, log };
}

test('a log appended to in any steps, closed and opened between them, has the root and proofs of the slow tree', async () => {
  const step = fc.record({ count: fc.integer({ min: 0, max: 300 }), reopen: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), fc.nat(), fc.nat(), async (steps, a, b) => {
      const store = new MemoryTiles();
      let log = await TileLog.open(store, signer);
      const leaves: Uint8Array[] = [];
      for (const { count, reopen } of steps) {
        const entries = entriesOf(count, leaves.length);
        expect(await log.append(entries)).toEqual({ first: leaves.length });
        leaves.push(...entries.map(leafHash));
        if (reopen) log = await TileLog.open(store, signer);
        expect(log.size).toBe(leaves.length);
        expect(await rootOf(log)).toEqual(treeRoot(leaves));
      }
      fc.pre(leaves.length > 0);
      const size = 1 + (a % leaves.length);
      const index = b % size;
      expect(await log.proveInclusion(index, size)).toEqual(inclusionProof(leaves.slice(0, size), index));
      expect(await log.proveConsistency(size)).toEqual(consistencyProof(leaves, size));
      expect(await log.entry(index)).toEqual(utf8(`entry ${index}`));
    }),
    { numRuns: 25 },
  );
});

test('all proofs of a log across the edge of a tile verify', async () => {
  const { log } = await begin(260);
  const leaves = entriesOf(260).map(leafHash);
  const root = treeRoot(leaves);
  for (const index of [0, 1, 254, 255, 256, 257, 259]) {
    const leaf = leaves[index] ?? root;
    verifyInclusion({ size: 260, index, leaf, proof: await log.proveInclusion(index), root });
  }
  for (const size1 of [1, 2, 128, 255, 256, 257, 259, 260]) {
    const proof = await log.proveConsistency(size1);
    verifyConsistency({ size1, root1: treeRoot(leaves.slice(0, size1)), size2: 260, root2: root, proof });
  }
});

describe('a log of 70,000 entries', () => {
  let built: { store: MemoryTiles; log: TileLog };
  beforeAll(async () => {
    built = await begin(70_000);
  });

  test('has exactly the files that the specification names', () => {
    const paths = built.store.paths.filter((path) => !path.startsWith('tile/entries/'));
    expect(paths).toHaveLength(1 + 274 + 2 + 1);
    expect(paths).toEqual(
      expect.arrayContaining(['checkpoint', 'tile/0/272', 'tile/0/273.p/112', 'tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']),
    );
    expect(built.store.paths.filter((path) => path.startsWith('tile/entries/'))).toHaveLength(274);
  });

  test('opens and proves from three levels of tiles', async () => {
    const log = await TileLog.open(built.store, signer);
    const { size, root } = parseCheckpoint((await log.checkpoint()).split('\n\n')[0] + '\n');
    for (const index of [0, 65_535, 65_536, 69_887, 69_888, 69_999]) {
      const leaf = leafHash(utf8(`entry ${index}`));
      verifyInclusion({ size, index, leaf, proof: await log.proveInclusion(index), root });
    }
  });
});

test('appends that overlap take their turns', async () => {
  const log = await TileLog.open(new MemoryTiles(), signer);
  const firsts = await Promise.all(Array.from({ length: 20 }, async (_, i) => log.append(entriesOf(15, i * 15))));
  expect(firsts.map(({ first }) => first)).toEqual(Array.from({ length: 20 }, (_, i) => i * 15));
  expect(await rootOf(log)).toEqual(treeRoot(entriesOf(300).map(leafHash)));
});

test('an empty log has a signed checkpoint, and appending nothing changes nothing', async () => {
  const { log } = await begin(0);
  expect(verifyCheckpoint(await log.checkpoint(), signer.vkey)).toMatchObject({ size: 0, root: treeRoot([]) });
});

test('what is published is what the checkpoint covers', async () => {
  const { store, log } = await begin(260);
  expect(await log.publish('checkpoint')).toEqual(utf8(await log.checkpoint()));
  expect(await log.publish('tile/0/000')).toEqual(await store.read('tile/0/000'));
  expect(parseEntryBundle((await log.publish('tile/entries/001.p/3')) ?? utf8(''), 3)[2]).toEqual(utf8('entry 258'));
  expect((await log.publish('tile/1/000.p/1'))?.length).toBe(32);
  for (const path of ['tile/0/001', 'tile/0/001.p/5', 'tile/0/002.p/1', 'tile/1/000.p/2', 'tile/3/000.p/1', '../etc', 'tile/0/1'])
    expect(await log.publish(path)).toBeNull();
});

test('a partial tile that a failed append left behind is never published', async () => {
  const { store, log } = await begin(2);
  await store.write('tile/0/000.p/3', new Uint8Array(96));
  await log.append(entriesOf(2, 2));
  const published = await log.publish('tile/0/000.p/3');
  expect(published && equalBytes(published.subarray(64), leafHash(utf8('entry 2')))).toBe(true);
});

test('entries beyond 65,535 bytes, and proofs beyond the log, are our own mistake', async () => {
  const { log } = await begin(3);
  await expect(log.append([new Uint8Array(65_536)])).rejects.toThrow(RangeError);
  await expect(log.proveInclusion(3)).rejects.toThrow(RangeError);
  await expect(log.proveInclusion(2, 2)).rejects.toThrow(RangeError);
  await expect(log.proveConsistency(4)).rejects.toThrow(RangeError);
  await expect(log.entry(-1)).rejects.toThrow(RangeError);
  await expect(log.receipt(3)).rejects.toThrow(RangeError);
});

describe('a log does not sign two faces', () => {
  test('of two writers on one store the second is refused', async () => {
    const { store, log } = await begin(10);
    const other = await TileLog.open(store, signer);
    await other.append(entriesOf(1, 99));
    const published = await store.read('checkpoint');
    await expect(log.append(entriesOf(1, 10))).rejects.toThrow('somebody else');
    expect(await store.read('checkpoint')).toEqual(published);
    expect(log.size).toBe(11);
  });

  test('a checkpoint put back to an older one is noticed before signing', async () => {
    const { store, log } = await begin(10);
    const old = (await store.read('checkpoint')) ?? utf8('');
    await log.append(entriesOf(1, 10));
    await store.write('checkpoint', old);
    await expect(log.append(entriesOf(1, 11))).rejects.toMatchObject({ code: 'LOG_FORK' });
    expect(await store.read('checkpoint')).toEqual(old);
  });

  test('tiles changed behind its back are noticed before signing', async () => {
    const { store, log } = await begin(300);
    const before = await store.read('checkpoint');
    await store.write('tile/1/000.p/1', new Uint8Array(32));
    await expect(log.append(entriesOf(1, 300))).rejects.toMatchObject({ code: 'LOG_FORK' });
    expect(await store.read('checkpoint')).toEqual(before);
  });

  test.each(['tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/001.p/44'])('a damaged %s is noticed on opening', async (path) => {
    const { store } = await begin(300);
    const bytes = (await store.read(path)) ?? utf8('');
    await store.write(
      path,
      bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
    );
    await expect(TileLog.open(store, signer)).rejects.toMatchObject({ code: 'LOG_STORE' });
  });

  test('a full tile changed behind its back gives no proof', async () => {
    const { store, log } = await begin(300);
    await store.write('tile/0/000', new Uint8Array(256 * 32));
    await expect(log.proveInclusion(7)).rejects.toMatchObject({ code: 'LOG_STORE' });
    await expect(log.receipt(7)).rejects.toMatchObject({ code: 'LOG_STORE' });
    await expect(log.entry(7)).rejects.toMatchObject({ code: 'LOG_STORE' });
  });

  test('an entry changed in a full bundle is noticed when it is read', async () => {
    const { store, log } = await begin(300);
    const bytes = (await store.read('tile/entries/000')) ?? utf8('');
    await store.write(
      'tile/entries/000',
      bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
    );
    await expect(log.entry(0)).rejects.toMatchObject({ code: 'LOG_STORE' });
    expect(await log.entry(1)).toEqual(utf8('entry 1'));
  });

  test('another signer’s checkpoint, or another log’s, is refused on opening', async () => {
    const { store } = await begin(3);
    await expect(TileLog.open(store, createSigner('log.example', new Uint8Array(32).fill(2)))).rejects.toMatchObject({
      code: 'LOG_SIGNATURE',
    });
    const foreign = signNote('other.example\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n', signer);
    await store.write('checkpoint', utf8(foreign));
    await expect(TileLog.open(store, signer)).rejects.toMatchObject({ code: 'LOG_CHECKPOINT' });
  });

  test('a log whose checkpoint is lost is not begun anew', async () => {
    const { store } = await begin(300);
    const lost = { read: async (path: string) => (path === 'checkpoint' ? null : store.read(path)), write: store.write.bind(store) };
    await expect(TileLog.open(lost, signer)).rejects.toThrow('checkpoint of a log is missing');
  });
});
