import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equalBytes, makeParcelHead, nameToHex, parcelName } from '@zajil/format';
import { afterAll, describe, expect, test } from 'vitest';
import { FolderSpool } from './folder-spool.ts';
import { spoolSuite } from './spool.suite.ts';
import { makeParcel } from './test-parcels.ts';

const folders: string[] = [];
const places = new WeakMap<object, string>();

async function open(folder?: string): Promise<FolderSpool> {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'zajil-spool-')));
  folders.push(place);
  const spool = await FolderSpool.open(place);
  places.set(spool, place);
  return spool;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe('a spool in a folder', () => {
  spoolSuite(
    () => open(),
    (spool) => open(places.get(spool)),
  );

  test('passes over what a kill left half written', async () => {
    const spool = await open();
    const { note, head, bytes } = makeParcel(6, 8192, { layer: 'words' });
    await spool.put(note, head, bytes);
    const parcels = join(places.get(spool) ?? '', 'parcels');
    await writeFile(join(parcels, `.${note.name}.sealed.0011.tmp`), bytes.subarray(0, 100));
    const later = await open(places.get(spool));
    expect(await later.list()).toHaveLength(1);
    expect(await readdir(parcels)).toEqual([`${note.name}.sealed`]);
  });

  test('killed-while-writing: whatever it said it had stored is there, whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zajil-spool-'));
    folders.push(folder);
    const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'test-spool-writer.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    child.stdout?.on('data', (chunk: Buffer) => {
      said.push(...chunk.toString().split('\n').filter(Boolean));
      if (said.length >= 10) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const spool = await FolderSpool.open(folder);
    const listed = new Set((await spool.list()).map((parcel) => parcel.name));
    expect(said.length).toBeGreaterThanOrEqual(10);
    for (const name of said) expect(listed.has(name)).toBe(true);
    for (const parcel of await spool.list()) {
      const head = await spool.readHead(parcel.name);
      const pieces = await spool.readPieces(
        parcel.name,
        Array.from({ length: parcel.bytes / 4096 }, (_, i) => i),
      );
      expect(head && nameToHex(parcelName(head))).toBe(parcel.name);
      expect(head && equalBytes(makeParcelHead(Buffer.concat(pieces ?? [])), head)).toBe(true);
    }
  });
});
