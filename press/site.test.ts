import { gzipSync } from 'node:zlib';
import { parseManifest, parseProofBundle, siteEntry, toHex } from '@zajil/format';
import { leafHash, treeRoot, verifyNote } from '@zajil/log';
import { expect, test } from 'vitest';
import type { ClearedRelease } from './cleared-release.ts';
import { newsroomWith, pretendMedia } from './newsroom.fixture.ts';
import { PressError } from './refusal.ts';
import { type BuiltSite, buildSite, pageWireBytes, type SiteInput } from './site.ts';

const id = '0123456789abcdef';
const clip = { content: pretendMedia('clip'), path: 'media/clip.mp4', type: 'video/mp4' as const, held: '2026-11-20' };

async function read(site: BuiltSite, path: string): Promise<string> {
  const file = site.get(path);
  if (!file) throw new Error(`no ${path}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const failure: unknown = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(failure instanceof PressError)) throw new Error('expected a refusal', { cause: failure });
  return failure.code;
}

test('a site has its pages in both languages, feeds, media, a proof beside the release, and a signed list', async () => {
  const newsroom = await newsroomWith([{ id, media: [clip] }]);
  const site = await buildSite(newsroom.input);
  expect([...site.keys()]).toEqual([
    `ar/${id}.html`,
    'ar/index.html',
    `en/${id}.html`,
    'en/index.html',
    'feed.ar.xml',
    'feed.en.xml',
    'index.html',
    'media/clip.mp4',
    `proof/${id}.json`,
    `release/${id}.txt`,
    'site.json',
    'verify.html',
  ]);
  const manifest = parseManifest(await read(site, 'site.json'));
  expect(verifyNote(manifest.site, [newsroom.device.vkey]).text).toContain(
    toHex(treeRoot(manifest.files.map((file) => leafHash(siteEntry(file))))),
  );
  expect(parseProofBundle(await read(site, `proof/${id}.json`)).files.map(({ path }) => path)).toEqual([
    `ar/${id}.html`,
    `en/${id}.html`,
    `release/${id}.txt`,
    'media/clip.mp4',
  ]);
});

test('the same input gives the same bytes', async () => {
  const one = await buildSite((await newsroomWith([{ id, media: [clip] }])).input);
  const two = await buildSite((await newsroomWith([{ id, media: [clip] }])).input);
  expect([...one.values()].map(({ path, sha256 }) => [path, sha256])).toEqual([...two.values()].map(({ path, sha256 }) => [path, sha256]));
});

test('nothing on any page is loaded from elsewhere, no program runs, and no media load by themselves', async () => {
  const site = await buildSite((await newsroomWith([{ id, media: [clip, { content: pretendMedia('photo') }] }])).input);
  for (const path of site.keys()) {
    if (!path.endsWith('.html')) continue;
    const page = await read(site, path);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(
      /<script(?! type="application\/ld\+json")|<link rel="stylesheet"|@import|url\(|autoplay|poster|<iframe| style=| on[a-z]+=/,
    );
    expect(page.match(/(?:src|href)="(?:[a-z]+:|\/)[^"]*"/g)).toBeNull();
    for (const player of page.match(/<(?:video|audio)[^>]*>/g) ?? []) expect(player).toContain('preload="none"');
    for (const picture of page.match(/<img[^>]*>/g) ?? []) expect(picture).toContain('loading="lazy"');
  }
});

test('the warning stands before the media, and no reviewer is said plainly in both languages', async () => {
  const site = await buildSite((await newsroomWith([{ id, media: [clip] }])).input);
  const page = await read(site, `en/${id}.html`);
  expect(page.indexOf('Before you look')).toBeGreaterThan(0);
  expect(page.indexOf('Before you look')).toBeLessThan(page.indexOf('<video'));
  expect(page).toContain('Nobody other than its author reviewed this.');
  expect(await read(site, `ar/${id}.html`)).toContain('لم يراجع هذه المادة أحد غير كاتبها.');
});

test('an English release on the Arabic page keeps its own language and direction', async () => {
  const site = await buildSite((await newsroomWith([{ id, language: 'en', title: 'Market hit' }])).input);
  expect(await read(site, `ar/${id}.html`)).toMatch(/<html lang="ar" dir="rtl">.*<h1 lang="en" dir="ltr">Market hit<\/h1>/s);
});

test('words cannot become markup, wherever they are printed', async () => {
  for (const evil of ['<img src=x onerror=alert(1)>', '</script><script>', '"q="><b>', "'--><!--", ']]></title>', '&lt;q>']) {
    const site = await buildSite((await newsroomWith([{ id, title: `T${evil}`, body: `B${evil}` }], { by: `N${evil}` })).input);
    for (const path of site.keys()) if (/\.(?:html|xml)$/.test(path)) expect(await read(site, path)).not.toContain(evil);
  }
});

test('an ordinary page is at most 14 KB as it stands; the longest Arabic text is, as it travels', async () => {
  const word = 'سمعنا القصف عند الفجر وخرج الجيران إلى الشارع يبحثون عن أولادهم ';
  const media = Array.from({ length: 3 }, (_, i) => ({ content: pretendMedia(`m${i}`), held: '2026-11-20' }));
  const ordinary = await buildSite((await newsroomWith([{ id, title: word, body: word.repeat(12), media: media.slice(0, 1) }])).input);
  const longest = await buildSite((await newsroomWith([{ id, title: word.repeat(4), body: word.repeat(77), media }])).input);
  for (const language of ['ar', 'en']) {
    expect(ordinary.get(`${language}/${id}.html`)?.bytes).toBeLessThanOrEqual(pageWireBytes);
    expect(gzipSync(await read(longest, `${language}/${id}.html`), { level: 9 }).length).toBeLessThanOrEqual(pageWireBytes);
  }
});

test('a page that no compression brings under its budget is refused', async () => {
  let state = 1;
  const noise = Array.from({ length: 5000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(0x4e00 + (state % 20_000));
  }).join('');
  const media = Array.from({ length: 16 }, (_, i) => ({ content: pretendMedia(`m${i}`), held: '2026-11-20' }));
  expect(await refusal(buildSite((await newsroomWith([{ id, body: noise, media }])).input))).toBe('PRESS_PAGE_SIZE');
});

test('every version keeps an address, and the older points to the newer', async () => {
  const versions = [
    { id, version: 1, day: '2026-11-01', title: 'first' },
    { id, version: 2, day: '2026-11-05', title: 'second' },
  ];
  const site = await buildSite((await newsroomWith(versions)).input);
  expect(await read(site, `en/${id}.html`)).toContain(`href="${id}-v1.html"`);
  expect(await read(site, `en/${id}-v1.html`)).toContain(`href="${id}.html"`);
  expect(site.has(`proof/${id}-v1.json`)).toBe(true);
  expect(await read(site, 'feed.en.xml')).toMatch(/<published>2026-11-01T00:00:00Z<\/published>\s*<updated>2026-11-05T00:00:00Z/);
});

test('beyond a front page, releases are found by month', async () => {
  const releases = Array.from({ length: 15 }, (_, i) => ({
    id: i.toString(16).padStart(16, '0'),
    day: `2026-${i < 9 ? '09' : '10'}-0${(i % 9) + 1}`,
  }));
  const site = await buildSite((await newsroomWith(releases)).input);
  expect(await read(site, 'ar/index.html')).toContain('href="2026-09.html"');
  expect((await read(site, 'en/2026-09.html')).match(/<li>/g)).toHaveLength(9);
});

test('what would not check out is not printed', async () => {
  const { input } = await newsroomWith([{ id, media: [clip] }]);
  const other = await newsroomWith([{ id, media: [clip] }], { seed: 2 });
  const [release] = input.cleared;
  if (!release) throw new Error('one release');
  const without = { ...release, commitments: [] };
  const moved = { ...release, released: { ...release.released, index: 0 } };
  const said = { ...release, release: { ...release.release, title: 'another' } };
  expect(await refusal(buildSite({ ...input, roster: other.roster }))).toBe('PRESS_UNPROVED');
  expect(await refusal(buildSite({ ...input, checkpoint: other.input.checkpoint }))).toBe('PRESS_UNPROVED');
  expect(await refusal(buildSite({ ...input, cleared: other.input.cleared }))).toBe('PRESS_MISMATCH');
  expect(await refusal(buildSite({ ...input, cleared: [without] }))).toBe('PRESS_MISMATCH');
  expect(await refusal(buildSite({ ...input, cleared: [moved] }))).toBe('PRESS_UNPROVED');
  expect(await refusal(buildSite({ ...input, cleared: [said] }))).toBe('PRESS_MISMATCH');
  expect(await refusal(buildSite({ ...input, cleared: [release, release] }))).toBe('PRESS_DUPLICATE');
  expect(await refusal(buildSite({ ...input, signSite: other.input.signSite }))).toBe('PRESS_UNPROVED');
  const boast = await newsroomWith([{ id, reviewers: 1 }]);
  expect(await refusal(buildSite(boast.input))).toBe('PRESS_UNPROVED');
});

test('what nobody cleared does not pass the compiler', async () => {
  const { input } = await newsroomWith([{ id }]);
  const uncleared: readonly ClearedRelease[] = input.cleared;
  // @ts-expect-error -- only what reviewers cleared may be printed
  const refused: SiteInput = { ...input, cleared: uncleared };
  expect(refused).toBeDefined();
});

test('media that are not what was released are found when they are read', async () => {
  const { input } = await newsroomWith([{ id, media: [clip] }]);
  const [release] = input.cleared;
  if (!release) throw new Error('one release');
  const site = await buildSite({ ...input, cleared: [{ ...release, media: [{ path: clip.path, read: () => pretendMedia('other') }] }] });
  expect(await refusal(read(site, clip.path))).toBe('PRESS_MEDIA');
});
