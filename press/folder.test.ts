import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSite } from './folder.ts';
import { newsroomWith, pretendMedia } from './newsroom.fixture.ts';
import { PressError } from './refusal.ts';
import { type BuiltSite, buildSite } from './site.ts';

const id = '0123456789abcdef';
const clip = { content: pretendMedia('clip', 300_000), path: 'media/clip.mp4', type: 'video/mp4' as const };

let place = '';
let folder = '';
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'zajil-press-'));
  folder = join(place, 'site');
});
afterEach(async () => rm(place, { recursive: true }));

async function siteOf(day: string, seed = 1): Promise<BuiltSite> {
  return await buildSite((await newsroomWith([{ id, day: '2026-11-20', media: [clip] }], { day, seed })).input);
}

async function contents(): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(
      files.map(
        async (file) => [join(file.parentPath, file.name), (await readFile(join(file.parentPath, file.name))).toString('hex')] as const,
      ),
    ),
  );
}

async function code(promise: Promise<unknown>): Promise<string> {
  const failure: unknown = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof PressError)) throw new Error('expected a refusal', { cause: failure });
  return failure.code;
}

test('a site is written whole, and nothing else is left beside it', async () => {
  const site = await siteOf('2026-11-23');
  expect(await writeSite(folder, site)).toEqual({ files: site.size, kept: 0 });
  expect(Object.keys(await contents())).toHaveLength(site.size);
  expect(await readdir(place)).toEqual(['site']);
});

test('a second day keeps the files that did not change, as they are', async () => {
  await writeSite(folder, await siteOf('2026-11-23'));
  const before = await stat(join(folder, clip.path));
  const { kept, files } = await writeSite(folder, await siteOf('2026-11-24'));
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(files);
  const after = await stat(join(folder, clip.path));
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
});

test('a damaged file is written again', async () => {
  const site = await siteOf('2026-11-23');
  await writeSite(folder, site);
  const good = await contents();
  await writeFile(join(folder, 'index.html'), 'defaced');
  expect(await writeSite(folder, site)).toEqual({ files: site.size, kept: site.size - 1 });
  expect(await contents()).toEqual(good);
});

test('what was taken down is gone', async () => {
  await writeSite(folder, await siteOf('2026-11-23'));
  await writeSite(folder, await buildSite((await newsroomWith([])).input));
  expect(existsSync(join(folder, clip.path))).toBe(false);
});

test('a folder that holds anything else is refused and left as it is', async () => {
  const site = await siteOf('2026-11-23');
  await mkdir(folder);
  await writeFile(join(folder, 'thesis.txt'), 'mine');
  expect(await code(writeSite(folder, site))).toBe('PRESS_FOREIGN_FILES');
  expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('mine');
  await rm(join(folder, 'thesis.txt'));
  await writeSite(folder, site);
  for (const spoil of [() => writeFile(join(folder, 'ar', 'note.txt'), 'mine'), () => symlink('/etc/hosts', join(folder, 'link'))]) {
    await spoil();
    expect(await code(writeSite(folder, site))).toBe('PRESS_FOREIGN_FILES');
    await rm(join(folder, 'ar', 'note.txt'), { force: true });
  }
  expect(await readdir(place)).toEqual(['site']);
});

test('the site of another newsroom is not overwritten', async () => {
  await writeSite(folder, await siteOf('2026-11-23'));
  expect(await code(writeSite(folder, await siteOf('2026-11-23', 2)))).toBe('PRESS_FOREIGN_FILES');
});

test('medium-unreadable: when a medium fails in the middle, the old site stands untouched', async () => {
  await writeSite(folder, await siteOf('2026-11-23'));
  const before = await contents();
  const { input } = await newsroomWith([{ id, media: [{ ...clip, content: pretendMedia('new', 300_000), path: 'media/new.mp4' }] }]);
  const [release] = input.cleared;
  if (!release) throw new Error('one release');
  const read = async function* (): AsyncIterable<Uint8Array> {
    yield pretendMedia('new', 1000);
    throw new RangeError('disk gone');
  };
  const broken = await buildSite({ ...input, cleared: [{ ...release, media: [{ path: 'media/new.mp4', read }] }] });
  await expect(writeSite(folder, broken)).rejects.toThrow('disk gone');
  expect(await contents()).toEqual(before);
  expect(await readdir(place)).toEqual(['site']);
});

test('killed-between-renames: the next run puts the old site back before it goes on', async () => {
  const site = await siteOf('2026-11-23');
  await writeSite(folder, site);
  await rename(folder, join(place, '.site.zajil-last'));
  await mkdir(join(place, '.site.zajil-next'));
  expect(await writeSite(folder, site)).toEqual({ files: site.size, kept: site.size });
  expect(await readdir(place)).toEqual(['site']);
});
