import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { utf8 } from '@zajil/format';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOrNull, writeDurably } from './durable-file.node.ts';
import { FolderTiles } from './folder-tiles.node.ts';
import { createSigner } from './signer.ts';
import { TileLog } from './tile-log.ts';

const signer = createSigner('log.example', new Uint8Array(32).fill(1));
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zajil-log-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a file written durably is there whole, private, and alone in its folder', async () => {
  const path = join(folder, 'file');
  await writeDurably(path, utf8('one'));
  await writeDurably(path, utf8('two'));
  expect(await readOrNull(path)).toEqual(utf8('two'));
  expect(await readdir(folder)).toEqual(['file']);
});

test('a write that cannot end leaves the old file and no remnant', async () => {
  await writeDurably(join(folder, 'taken', '..', 'file'), utf8('one'));
  await expect(writeDurably(join(folder, 'missing', 'file'), utf8('two'))).rejects.toThrow('ENOENT');
  await expect(writeDurably(folder, utf8('two'))).rejects.toThrow();
  expect(await readOrNull(join(folder, 'file'))).toEqual(utf8('one'));
});

test('a missing file is null, and an unreadable one is not', async () => {
  expect(await readOrNull(join(folder, 'none'))).toBeNull();
  await writeFile(join(folder, 'file'), '');
  expect(await readOrNull(join(folder, 'file', 'below'))).toBeNull();
  await expect(readOrNull(folder)).rejects.toThrow('EISDIR');
});

test('a folder of tiles keeps a log, laid out as the specification says', async () => {
  const log = await TileLog.open(new FolderTiles(join(folder, 'a', 'log')), signer);
  await log.append(Array.from({ length: 257 }, (_, i) => utf8(String(i))));
  const again = await TileLog.open(new FolderTiles(join(folder, 'a', 'log')), signer);
  expect(again.size).toBe(257);
  expect(await again.entry(256)).toEqual(utf8('256'));
  const files = await readdir(join(folder, 'a', 'log'), { recursive: true });
  expect(files).toEqual(
    expect.arrayContaining(['checkpoint', join('tile', '0', '000'), join('tile', '0', '001.p', '1'), join('tile', 'entries', '000')]),
  );
});

test('nothing but a log’s own paths is read or written', async () => {
  const tiles = new FolderTiles(folder);
  for (const path of ['../x', 'tile/0/../../x', '/etc/passwd', 'file', 'tile/0/000/x']) {
    await expect(tiles.read(path)).rejects.toThrow(RangeError);
    await expect(tiles.write(path, utf8('x'))).rejects.toThrow(RangeError);
  }
});

/** Appends for ever, and says after each append how many entries are acknowledged. */
const appender = `
  import { createSigner, FolderTiles, TileLog } from ${JSON.stringify(fileURLToPath(new URL('./index.node.ts', import.meta.url)))};
  const log = await TileLog.open(new FolderTiles(process.argv[1]), createSigner('log.example', new Uint8Array(32).fill(1)));
  for (;;) {
    await log.append(Array.from({ length: 37 }, (_, i) => new TextEncoder().encode(String(log.size + i))));
    process.stdout.write(log.size + '\\n');
  }
`;

test('killed again and again while it appends, a log on disk keeps all that it acknowledged', async () => {
  let acknowledged = 0;
  for (const afterMs of [5, 40]) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', appender, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
    });
    await new Promise((resolve) => child.once('close', resolve));
    acknowledged = Number(said.split('\n').at(-2));
    const log = await TileLog.open(new FolderTiles(folder), signer);
    expect(log.size).toBeGreaterThanOrEqual(acknowledged);
    expect(await log.entry(acknowledged - 1)).toEqual(utf8(String(acknowledged - 1)));
  }
  expect(acknowledged).toBeGreaterThan(0);
});
