import { utf8 } from '@zajil/format';
import { beforeAll, expect, test } from 'vitest';
import { type HandedFile, type Result, verifyHanded } from './loose.ts';
import { type FixtureSite, id, signedSite } from './site.fixture.ts';

let site: FixtureSite;
beforeAll(async () => {
  site = await signedSite();
});

function hand(path: string, bytes = site.files.get(path), name = path.slice(path.lastIndexOf('/') + 1)): HandedFile {
  return { path: name, read: () => Promise.resolve(bytes ?? new Uint8Array()) };
}

function said(results: readonly Result[]): string[] {
  return results.map((result) => (result.ok ? result.evidence.kind : result.refusal.code));
}

const proof = `proof/${id}.json`;

test('a clip and a page with their proof are proved, whatever the files are called', async () => {
  const results = await verifyHanded([hand('media/clip.mp4', undefined, 'VID-20261123.mp4'), hand(`ar/${id}.html`), hand(proof)]);
  expect(said(results)).toEqual(['release', 'release']);
});

test('a proof by itself says what it proves, and that no file was compared', async () => {
  const [result] = await verifyHanded([hand(proof)]);
  expect(result?.ok && result.evidence.limits.some(({ code }) => code === 'LIMIT_UNSEEN')).toBe(true);
});

test('without a proof nothing is said about a file but how to get one', async () => {
  expect(said(await verifyHanded([hand('media/clip.mp4')]))).toEqual(['VERIFY_NO_PROOF']);
});

test('an altered clip under its own name is altered; under another name it is no part', async () => {
  const altered = utf8('altered');
  expect(said(await verifyHanded([hand('media/clip.mp4', altered), hand(proof)]))).toEqual(['VERIFY_ALTERED']);
  expect(said(await verifyHanded([hand('media/clip.mp4', altered, 'x.mp4'), hand(proof)]))).toEqual(['VERIFY_NOT_PART']);
});

test('a front page is proved by the list of the site', async () => {
  expect(said(await verifyHanded([hand('index.html'), hand('site.json')]))).toEqual(['file']);
  expect(said(await verifyHanded([hand('index.html', utf8('x')), hand('site.json')]))).toEqual(['VERIFY_NOT_PART']);
});

test('the list of a site alone is not the site', async () => {
  expect(said(await verifyHanded([hand('site.json')]))).toEqual(['VERIFY_MISSING']);
});

test('a damaged proof is a file that nothing proves', async () => {
  expect(said(await verifyHanded([hand('media/clip.mp4'), hand(proof, utf8('{"v":1'))]))).toEqual(['VERIFY_NO_PROOF', 'VERIFY_NO_PROOF']);
});
