import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bagMagic, makeParcelHead, nameToHex, parcelName } from '@zajil/format';
import { CardSpool, MemorySpool, openCardFile, planCard } from '@zajil/line';
import { afterEach, describe, expect, test } from 'vitest';
import { CardFolder } from './card-folder.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function card(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-card-'));
  folders.push(folder);
  return folder;
}

async function waiting(parts = 3): Promise<MemorySpool> {
  const spool = new MemorySpool();
  for (let part = 0; part < parts; part += 1) {
    const bytes = new Uint8Array(65_536).fill(part + 1);
    const head = makeParcelHead(bytes);
    const place = { dispatch: 'one', urgent: false, order: 1, layer: 'whole', file: 0, view: 0, part } as const;
    await spool.put({ ...place, name: nameToHex(parcelName(head)), bytes: bytes.length }, head, bytes);
  }
  return spool;
}

async function writeAll(path: string, spool: MemorySpool, mostFileBytes?: number): Promise<string[]> {
  const folder = await CardFolder.open(path);
  const names: string[] = [];
  for (const file of planCard(await spool.list(), { fillBytes: 1e9, ...(mostFileBytes && { mostFileBytes }) }).files)
    names.push(await folder.write(file, spool, () => undefined));
  return names;
}

describe('a folder on a card', () => {
  test('gets a bag under a dull name, of a dull time, that can be read back', async () => {
    const path = await card();
    expect(await writeAll(path, await waiting())).toEqual(['DATA0001.BIN']);
    expect(await readdir(path)).toEqual(['DATA0001.BIN']);
    expect((await stat(join(path, 'DATA0001.BIN'))).mtime.toISOString()).toBe('2020-01-01T12:00:00.000Z');
    const file = await openCardFile(join(path, 'DATA0001.BIN'));
    expect((await CardSpool.open([file])).found).toMatchObject({ whole: 3, damaged: 0 });
    await file.close();
  });

  test('keeps what is there: the next number is taken, whatever the case and the ending', async () => {
    const path = await card();
    await writeFile(join(path, 'data0001.bin'), 'mine');
    await writeFile(join(path, 'DATA0002.JPG'), 'mine too');
    await writeFile(join(path, 'DATA0003.TMP'), 'a file of another program');
    expect(await writeAll(path, await waiting(), 100_000)).toEqual(['DATA0004.BIN', 'DATA0005.BIN']);
    expect(await readFile(join(path, 'data0001.bin'), 'utf8')).toBe('mine');
    expect(await readFile(join(path, 'DATA0003.TMP'), 'utf8')).toBe('a file of another program');
  });

  test('killed-while-writing: what was left half written is cleared by the next run', async () => {
    const path = await card();
    await writeFile(join(path, 'DATA0001.TMP'), Buffer.concat([bagMagic, Buffer.alloc(1000)]));
    expect(await writeAll(path, await waiting())).toEqual(['DATA0001.BIN']);
    expect(await readdir(path)).toEqual(['DATA0001.BIN']);
  });

  test('card-pulled-out: says so, and nothing of what waits is lost', async () => {
    const path = await card();
    const inside = join(path, 'card');
    await mkdir(inside);
    const spool = await waiting();
    const folder = await CardFolder.open(inside);
    const [file] = planCard(await spool.list(), { fillBytes: 1e9 }).files;
    if (!file) throw new Error('no file was planned');
    const pulled = folder.write(file, spool, () => void rm(inside, { recursive: true, force: true }));
    await expect(pulled).rejects.toMatchObject({ code: 'CLI_CARD_GONE' });
    expect((await spool.list()).every(({ carried }) => carried === null)).toBe(true);
    await expect(CardFolder.open(inside)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('tells how much was written', async () => {
    let told = 0;
    const spool = await waiting();
    const folder = await CardFolder.open(await card());
    for (const file of planCard(await spool.list(), { fillBytes: 1e9 }).files) {
      await folder.write(file, spool, (bytes) => (told += bytes));
      expect(told).toBe(file.bytes);
    }
  });
});
