import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../newsroom.rig.ts';
import { testParcel } from './tray.rig.ts';
import { Tray } from './tray.ts';

const parcel = testParcel(32, 1);
const open = async (folder: string, quotaBytes?: number, now = Date.now): Promise<Tray> =>
  Tray.open({ folder, now, ...(quotaBytes && { quotaBytes }) });
const held = async (tray: Tray, name = parcel.name): Promise<number[]> => {
  const pieces = await tray.pieces(name);
  return Array.from({ length: pieces?.size ?? 0 }, (_, i) => i).filter((i) => pieces?.has(i));
};

describe('the tray', () => {
  test('adds up pieces in any order, doubled, over several processes, and gives the parcel exactly once whole', async () => {
    const visit = fc.array(fc.nat(7), { maxLength: 6 });
    const property = fc.asyncProperty(fc.array(fc.tuple(visit, fc.boolean()), { maxLength: 5 }), async (visits) => {
      const folder = await freshFolder();
      let tray = await open(folder);
      const have = new Set<number>();
      for (const [pieces, isRestart] of visits) {
        if (isRestart) tray = await open(folder);
        const before = have.size;
        const result = await tray.add(parcel.head, pieces.map(parcel.piece));
        for (const index of pieces) have.add(index);
        expect(result).toMatchObject({ fresh: have.size - before, known: pieces.length - (have.size - before) });
        expect(result.parcel === null).toBe(have.size < 8);
        if (result.parcel) expect(Buffer.from(result.parcel).equals(parcel.bytes)).toBe(true);
        if (result.parcel && before < 8) break;
        if (!(before === 0 && have.size === 8)) expect(await held(tray)).toEqual([...have].sort((a, b) => a - b));
      }
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('gives no parcel that is false, and keeps what is true of it', async () => {
    const tray = await open(await freshFolder());
    await tray.add(parcel.head, [{ index: 3, bytes: testParcel(8, 50).bytes.slice(0, 4096) }]);
    expect(await tray.add(parcel.head, [0, 1, 2, 4, 5, 6, 7].map(parcel.piece))).toMatchObject({ fresh: 7, parcel: null });
    expect(await held(tray)).toEqual([0, 1, 2, 4, 5, 6, 7]);
    expect((await tray.add(parcel.head, [parcel.piece(3)])).parcel).toEqual(parcel.bytes);
  });

  test('keeps nothing on the disk of what comes whole at once', async () => {
    const folder = await freshFolder();
    const tray = await open(folder);
    const { parcel: whole } = await tray.add(parcel.head, [7, 6, 5, 4, 3, 2, 1, 0].map(parcel.piece));
    expect(Buffer.from(whole ?? []).equals(parcel.bytes)).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test('disk-damaged: a flipped bit costs one piece, which may come again', async () => {
    const folder = await freshFolder();
    await (await open(folder)).add(parcel.head, [0, 1, 2, 5].map(parcel.piece));
    const path = join(folder, `${parcel.name}.pieces`);
    const bytes = await readFile(path);
    bytes[4096 + 77] = (bytes[4096 + 77] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const tray = await open(folder);
    expect(await held(tray)).toEqual([0, 2, 5]);
    expect((await tray.read(parcel.name, [0, 1, 2])).map(({ index }) => index)).toEqual([0, 2]);
    expect(await tray.add(parcel.head, [1, 2].map(parcel.piece))).toMatchObject({ fresh: 1, known: 1 });
  });

  test('power-lost: a torn head is no parcel, and a torn file of pieces has those before the tear', async () => {
    const folder = await freshFolder();
    const other = testParcel(16, 2);
    const before = await open(folder);
    await before.add(parcel.head, [0, 1, 2].map(parcel.piece));
    await before.add(other.head, [0].map(other.piece));
    await truncate(join(folder, `${parcel.name}.pieces`), 9000);
    await truncate(join(folder, `${other.name}.head`), 40);
    const tray = await open(folder);
    expect([tray.names(), await held(tray), tray.headOf(other.name)]).toEqual([[parcel.name], [0, 1], null]);
    expect((await readdir(folder)).length).toBe(2);
  });

  test('killed-while-writing: what was flushed is there, and nothing else is taken for a piece', async () => {
    const folder = join(await freshFolder(), 'tray');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'tray-writer.rig.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.split('\n').length > 8) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const seeds = said.split('\n').filter(Boolean).map(Number);
    expect(seeds.length).toBeGreaterThanOrEqual(8);
    const tray = await open(folder);
    for (const seed of seeds) expect(await held(tray, testParcel(64, seed).name)).toEqual([0, 3, 9]);
  });

  test('is bounded: what was touched longest ago makes room, and is named', async () => {
    const folder = await freshFolder();
    let nowMs = 1000;
    const [a, b, c] = [testParcel(32, 1), testParcel(32, 2), testParcel(64, 3)];
    const tray = await open(folder, 110_000, () => (nowMs += 1000));
    await tray.add(a.head, [a.piece(0)]);
    await tray.add(b.head, [b.piece(0)]);
    await tray.add(a.head, [a.piece(1)]);
    expect(tray.takeDropped()).toEqual([]);
    await tray.add(c.head, [c.piece(4)]);
    expect([tray.takeDropped(), tray.takeDropped()]).toEqual([[b.name], []]);
    expect(tray.names()).toEqual([a.name, c.name]);
    expect(tray.bytes).toBe(98_304);
    expect((await open(folder)).bytes).toBe(98_304);
  });
});
