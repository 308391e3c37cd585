/** From cleared releases to a site on disk, to a reader who checks it: with the command's library and with the page. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  asCleared,
  type Cleared,
  commitmentEntry,
  formatRelease,
  fromUtf8,
  originalCommitment,
  parseNewsroomName,
  type Release,
  releaseEntry,
  toHex,
  utf8,
} from '@zajil/format';
import { createSigner, MemoryTiles, signNote, TileLog } from '@zajil/log';
import { buildSite, type ClearedRelease, writeSite } from '@zajil/press';
import { appendStatement, verifyRoster } from '@zajil/roster';
import { verifyPaths } from '@zajil/verify';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const id = '0123456789abcdef';
const clip = utf8('a clip that a reviewer cleared '.repeat(4000));
let place = '';
let site = '';
let name = '';
let browser: Browser;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'zajil-journey-'));
  site = join(place, 'site');
  await build({
    configFile: join(import.meta.dirname, '../verify/page/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: join(place, 'page') },
  });
  name = await publish(await readFile(join(place, 'page/index.html')));
  const executablePath = process.env['ZAJIL_CHROMIUM'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await rm(place, { recursive: true });
});

async function publish(verifyPage: Uint8Array): Promise<string> {
  const device = createSigner('device-1', new Uint8Array(32).fill(1));
  const logSigner = createSigner('newsroom.example/log', new Uint8Array(32).fill(2));
  const roster = appendStatement(
    '',
    {
      seq: 0,
      prev: '',
      day: '2026-01-01',
      kind: 'found',
      device: { vkey: device.vkey, recipient: '11'.repeat(32) },
      log: logSigner.vkey,
      quorum: 1,
      nonce: '22'.repeat(32),
    },
    device,
  );
  const newsroom = { by: 'غرفة أخبار', name: toHex(verifyRoster(roster, null).name) };
  const log = await TileLog.open(new MemoryTiles(), logSigner);
  const cleared = [await clear(newsroom, log, (text) => signNote(text, device))];
  const input = { newsroom, roster, cleared, checkpoint: await log.checkpoint(), day: '2026-11-23', verifyPage };
  await writeSite(site, await buildSite({ ...input, signSite: (text) => signNote(text, device) }));
  return newsroom.name;
}

async function clear(
  newsroom: { by: string; name: string },
  log: TileLog,
  sign: (text: string) => string,
): Promise<Cleared<ClearedRelease>> {
  const commitment = originalCommitment(new Uint8Array(32).fill(3), createHash('sha256').update('original').digest());
  const entry = commitmentEntry('2026-11-20', commitment);
  const index = (await log.append([entry])).first;
  const sha256 = createHash('sha256').update(clip).digest('hex');
  const about = { path: 'media/clip.mp4', type: 'video/mp4', bytes: clip.length, sha256, width: 640, height: 360, from: 'full' } as const;
  const release: Release = {
    newsroom: newsroom.name,
    id,
    version: 1,
    day: '2026-11-23',
    by: newsroom.by,
    language: 'ar',
    title: 'ماذا جرى عند الجسر',
    body: 'رأينا ما يلي.',
    media: [{ ...about, commitment, index }],
    reviewers: 0,
  };
  const text = formatRelease(release);
  const { first } = await log.append([releaseEntry(text)]);
  const proofOf = async (at: number): Promise<string[]> => (await log.proveInclusion(at)).map((hash) => toHex(hash));
  return asCleared({
    note: sign(text),
    release,
    media: [{ path: about.path, read: () => clip }],
    released: { index: first, proof: await proofOf(first) },
    commitments: [{ entry: fromUtf8(entry), index, proof: await proofOf(index) }],
  });
}

async function said(...paths: string[]): Promise<string[]> {
  const results = await verifyPaths(paths, { newsroom: parseNewsroomName(name) });
  return results.map((result) => (result.ok ? result.evidence.kind : result.refusal.code));
}

test('what press prints, verify proves: the folder, a page, the clip, the proof, the front page', async () => {
  const paths = [
    site,
    ...[`ar/${id}.html`, 'media/clip.mp4', `proof/${id}.json`, 'index.html', 'verify.html'].map((path) => join(site, path)),
  ];
  expect(await said(...paths)).toEqual(['site', 'release', 'release', 'release', 'file', 'file']);
});

test('one bit flipped anywhere in any file of the mirror is found', async () => {
  const files = (await readdir(site, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const mirror = join(place, 'mirror');
  await cp(site, mirror, { recursive: true });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files.map((file) => join(file.parentPath, file.name).slice(site.length))),
      fc.nat(),
      fc.nat(7),
      async (path, at, bit) => {
        const good = await readFile(join(site, path));
        const bent = Buffer.from(good);
        const where = at % bent.length;
        bent[where] = (bent[where] ?? 0) ^ (1 << bit);
        await writeFile(join(mirror, path), bent);
        const [outcome] = await said(mirror);
        await writeFile(join(mirror, path), good);
        expect(outcome, `${path} byte ${where} bit ${bit}`).toMatch(/^VERIFY_/);
      },
    ),
    { numRuns: 60 },
  );
  expect(await said(mirror)).toEqual(['site']);
});

async function checkOnPage(language: 'ar' | 'en', choose: (page: Page) => Promise<void>): Promise<string[]> {
  const context = await browser.newContext({ offline: true });
  try {
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${join(site, 'verify.html')}#${language}`);
    await choose(page);
    await page.waitForSelector('#results article');
    expect(asked).toHaveLength(1);
    expect(await page.evaluate(() => document.documentElement.dir)).toBe(language === 'ar' ? 'rtl' : 'ltr');
    return await page.locator('#results article').evaluateAll((articles) => articles.map((article) => article.className));
  } finally {
    await context.close();
  }
}

test('the checking page, opened from the disk and offline, proves a clip and a page by their proof', async () => {
  const files = ['media/clip.mp4', `en/${id}.html`, `proof/${id}.json`].map((path) => join(site, path));
  const outcome = await checkOnPage('ar', async (page) => {
    await page.fill('#newsroom', name);
    await page.locator('input[type=file]').first().setInputFiles(files);
  });
  expect(outcome).toEqual(['proved', 'proved']);
});

test('the checking page proves a whole folder, and names another newsroom than the one expected', async () => {
  const pick = async (page: Page): Promise<void> => page.locator('input[type=file]').nth(1).setInputFiles(site);
  expect(await checkOnPage('en', pick)).toEqual(['proved']);
  const outcome = await checkOnPage('en', async (page) => {
    await page.fill('#newsroom', '00'.repeat(32));
    await pick(page);
  });
  expect(outcome).toEqual(['notProved']);
});

test('the checking page tells an altered clip from a file without proof', async () => {
  await writeFile(join(place, 'clip.mp4'), 'altered');
  const outcome = await checkOnPage('en', async (page) => {
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([join(place, 'clip.mp4'), join(site, `proof/${id}.json`)]);
  });
  expect(outcome).toEqual(['altered']);
});

test('a released page asks for one file, and its clip only when it is opened and played', async () => {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`file://${join(site, `ar/${id}.html`)}`);
  await page.locator('summary').click();
  expect(asked).toHaveLength(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  await page.locator('video').evaluate((video: HTMLVideoElement) => {
    video.load();
    video.play().catch(() => null);
  });
  await expect.poll(() => asked.length).toBeGreaterThan(1);
  await page.close();
});
