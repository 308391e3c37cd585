import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyPaths } from './paths.node.ts';
import { type FixtureSite, id, signedSite } from './site.fixture.ts';

let place = '';
let root = '';
let site: FixtureSite;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'zajil-verify-'));
  root = join(place, 'site');
  site = await signedSite();
  for (const [path, bytes] of site.files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
});
afterEach(async () => rm(place, { recursive: true }));

async function said(...paths: string[]): Promise<string[]> {
  const results = await verifyPaths(paths, { newsroom: site.name });
  expect(results.map(({ path }) => path)).toEqual(paths);
  return results.map((result) => (result.ok ? result.evidence.kind : result.refusal.code));
}

test('a folder, its list, a page, a clip, a proof and a front page are each proved in place', async () => {
  const paths = ['.', 'site.json', `ar/${id}.html`, 'media/clip.mp4', `proof/${id}.json`, 'index.html'].map((path) => join(root, path));
  expect(await said(...paths)).toEqual(['site', 'site', 'release', 'release', 'release', 'file']);
});

test('a proof in its site has its page and its clip compared', async () => {
  await writeFile(join(root, 'media/clip.mp4'), 'altered');
  expect(await said(join(root, `proof/${id}.json`), join(root, 'media/clip.mp4'), join(root, `en/${id}.html`), root)).toEqual([
    'VERIFY_ALTERED',
    'VERIFY_ALTERED',
    'release',
    'VERIFY_ALTERED',
  ]);
});

test('a page put in the place of another is altered', async () => {
  await cp(join(root, `ar/${id}.html`), join(root, `en/${id}.html`));
  expect(await said(join(root, `en/${id}.html`))).toEqual(['VERIFY_ALTERED']);
});

test('a file that the newsroom never put there is no part of its site', async () => {
  await writeFile(join(root, 'ar', 'new.html'), 'x');
  expect(await said(join(root, 'ar', 'new.html'), root)).toEqual(['VERIFY_NOT_PART', 'VERIFY_EXTRA']);
});

test('a link is not a file: it is extra, or unreadable', async () => {
  await symlink('/etc/hosts', join(root, 'ar', 'link'));
  expect(await said(root, join(root, 'ar', 'link'))).toEqual(['VERIFY_EXTRA', 'VERIFY_UNREADABLE']);
});

test('a clip that was sent on is proved by the proof beside it, and by nothing without it', async () => {
  const inbox = join(place, 'inbox');
  await mkdir(inbox);
  await cp(join(root, 'media/clip.mp4'), join(inbox, 'forwarded.mp4'));
  expect(await said(join(inbox, 'forwarded.mp4'))).toEqual(['VERIFY_NO_PROOF']);
  await cp(join(root, `proof/${id}.json`), join(inbox, 'proof.json'));
  await writeFile(join(inbox, 'other.mp4'), 'x');
  await writeFile(join(inbox, 'clip.mp4'), 'x');
  expect(await said(join(inbox, 'forwarded.mp4'), join(inbox, 'other.mp4'), join(inbox, 'clip.mp4'), inbox)).toEqual([
    'release',
    'VERIFY_NOT_PART',
    'VERIFY_ALTERED',
    'VERIFY_NO_PROOF',
  ]);
});

test('what is not there is unreadable', async () => {
  expect(await said(join(place, 'nothing'))).toEqual(['VERIFY_UNREADABLE']);
});

test.runIf(process.platform === 'linux')('a file that the disk does not give is a refusal, and the next one is checked', async () => {
  // A plain file by its kind, of which the first page cannot be read by anybody.
  expect(await said('/proc/self/mem', join(root, 'index.html'))).toEqual(['VERIFY_UNREADABLE', 'file']);
});
