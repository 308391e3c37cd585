/**
 * The canary drill (THREATS: checkpoint search, relay seizure, burglary): words, a place, the names of files and bytes
 * inside a photo and a video are sent by the command and by a browser, collected, and shown by another browser; then
 * everything that an attacker could take is searched for them. The drill first finds what it planted, in copies of
 * those very folders and in the browsers' own databases.
 */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BadLine, findFootage } from '@zajil/cli';
import { formatInvitation, parseInvitation } from '@zajil/format';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hasChromium, openBrowser, type Person } from './browser.ts';
import { type Canary, copyFolder, type Hit, plantedAndMissed, searchFolder, textCanary } from './canary.ts';
import { figure } from './figures.ts';
import { killBrowser } from './killed-browser.ts';
import { knock, tracesOf } from './relay-traces.ts';
import { type Server, World } from './zajil.ts';

const phone: Person = { locale: 'ar', screen: 'phone' };
const laptop: Person = { locale: 'ar', screen: 'laptop' };

const marks = { photo: new Uint8Array(randomBytes(32)), video: new Uint8Array(randomBytes(32)) };
const told = {
  browserWords: 'سقطت قذيفة قرب مخبز أبو جواد الزنبقي، says Quillworth Zephyrine',
  browserPlace: 'ساحة الياقوت الأزرق',
  browserPhoto: 'marmalade-orchid-7731.jpg',
  browserVideo: 'فيديو-النرجس-٤٤١٢.mp4',
  cliWords: 'شاهدنا سبع دبابات عند جسر العقيق, says Bartholomew Inkpen',
  cliPlace: 'حارة الكهرمان',
  cliPhoto: 'velvet-tamarind-2290.jpg',
  cliVideo: 'thistle-lantern-8840.mp4',
} as const;

const canaries: Canary[] = [
  ...Object.entries(told).map(([label, text]) => textCanary(label, text.replace(/\.(?:jpg|mp4)$/, ''))),
  textCanary('browserWords, Arabic', 'مخبز أبو جواد الزنبقي'),
  textCanary('browserWords, Latin', 'Quillworth Zephyrine'),
  textCanary('cliWords, Arabic', 'سبع دبابات عند جسر العقيق'),
  textCanary('cliWords, Latin', 'Bartholomew Inkpen'),
  textCanary('passphrase', 'a passphrase for a journey'),
  { label: 'bytes in the photo', bytes: marks.photo },
  { label: 'bytes in the video', bytes: marks.video },
];

let world: World;
let line: BadLine | undefined;
const contexts = new Set<BrowserContext>();

beforeAll(() => {
  world = new World('canary');
  // Whatever anybody leaves in a temporary or home folder is searched too.
  for (const name of ['TMPDIR', 'HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME']) vi.stubEnv(name, world.path('elsewhere'));
  copyFolder(world.path('nothing'), world.path('elsewhere'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([...contexts].map((context) => context.close().catch(() => null)));
  await line?.close();
  await world.end();
});

async function open(profile: string, person: Person): Promise<Page> {
  const { context, page } = await openBrowser(world.path(profile), person);
  contexts.add(context);
  context.once('close', () => contexts.delete(context));
  return page;
}

/** A comment in the photo, a free box at the end of the video: both go on being a photo and a video. */
async function markedFootage(): Promise<{ photo: Buffer; video: Buffer }> {
  const footage = await findFootage(world.path('camera'));
  const short = world.path('camera-short.mp4');
  const cut = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', footage.video, '-t', '4', '-c', 'copy', short]);
  const photo = readFileSync(footage.photo);
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, marks.photo.length + 2]), marks.photo]);
  const box = Buffer.concat([Buffer.from([0, 0, 0, marks.video.length + 8]), Buffer.from('free'), marks.video]);
  return {
    photo: Buffer.concat([photo.subarray(0, 2), comment, photo.subarray(2)]),
    video: Buffer.concat([readFileSync(cut.status === 0 ? short : footage.video), box]),
  };
}

/** What an attacker holds at one moment. */
function take(moment: string, folder: string): void {
  copyFolder(world.path(folder), world.path('taken', moment));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Long enough for Chromium to write down its session, which it does some seconds after a change. */
const sessionWriteMs = 4000;

async function sendByCommand(invite: string): Promise<void> {
  const files = [world.path('camera', told.cliPhoto), world.path('camera', told.cliVideo)];
  const words = ['send', '--invite', invite, '--state', world.path('state'), '--words', told.cliWords, '--place', told.cliPlace, ...files];
  const stopped = await world.run(...words, '--timeout', '4');
  expect(stopped.stderr).toContain('[CLI_TIMEOUT]');
  take('state folder, sealed and waiting', 'state');
  line?.shape({ upBytesPerSecond: Infinity });
  await world.must(...words);
  take('state folder, taken', 'state');
}

async function write(page: Page): Promise<void> {
  await page.getByTestId('text').pressSequentially(told.browserWords);
  await page.getByTestId('place').pressSequentially(told.browserPlace);
}

/** Types, chooses, sends into a line that has just died; the phone is taken at each step and its battery pulled out. */
async function sendByBrowser(address: string, origin: string): Promise<Page> {
  let page = await open('phone', phone);
  await page.goto(address);
  await write(page);
  await page.getByTestId('add-choose').setInputFiles([world.path('camera', told.browserPhoto), world.path('camera', told.browserVideo)]);
  await page.getByTestId('chosen').waitFor();
  await pause(sessionWriteMs);
  take('phone, typed and not sent', 'phone');
  line?.blackHole();
  await page.getByTestId('send').click();
  const item = page.getByTestId('item');
  await item.waitFor();
  // It shows while something is still to be sealed; on a busy machine that takes a moment to begin.
  const sealing = page.getByTestId('keep-page');
  await sealing.waitFor({ state: 'attached', timeout: 15_000 }).catch(() => undefined);
  await sealing.waitFor({ state: 'detached', timeout: 120_000 });
  expect(await item.getAttribute('data-state')).not.toBe('opened');
  await pause(sessionWriteMs);
  take('phone, sealed and waiting, page open', 'phone');
  await killBrowser(world.path('phone'), page);
  take('phone, battery pulled out', 'phone');
  line?.restore();
  page = await open('phone', phone);
  await page.goto(origin);
  await page.getByTestId('tab-going').click();
  await page.locator('[data-testid=item][data-state=taken], [data-testid=item][data-state=arrived]').waitFor({ timeout: 60_000 });
  return page;
}

/** The other form of what was sent: the small layers, whose bytes nobody knows beforehand. */
async function layerCanaries(page: Page): Promise<Canary[]> {
  const found = await page.evaluate(async () => {
    const ask = async (path: string): Promise<unknown> => (await fetch(path)).json();
    const slices: { label: string; bytes: number[] }[] = [];
    for (const { id, files } of (await ask('/api/exhibits')) as {
      id: string;
      files: { file: number; layers: { layer: string; view: number; bytes: number }[] }[];
    }[]) {
      for (const { file, layers } of files) {
        for (const { layer, view, bytes } of layers.filter((one) => one.bytes > 0)) {
          const content = new Uint8Array(await (await fetch(`/api/media/${id}/${file}/${layer}/${view}`)).arrayBuffer());
          const at = Math.floor(bytes / 2);
          slices.push({ label: `${layer} ${view} of file ${file} of ${id}`, bytes: [...content.subarray(at, at + 48)] });
        }
      }
    }
    return slices;
  });
  return found.map(({ label, bytes }) => ({ label, bytes: new Uint8Array(bytes) })).filter(({ bytes }) => new Set(bytes).size > 16);
}

/** Shows everything that came, as an editor would. */
async function showAll(page: Page): Promise<void> {
  await expect.poll(() => page.getByTestId('entry').count(), { timeout: 20_000 }).toBe(2);
  for (const entry of await page.getByTestId('entry').all()) {
    await entry.click();
    await page.locator(`[data-testid=exhibit][data-exhibit="${await entry.getAttribute('data-exhibit')}"]`).waitFor();
    for (let left = await page.getByTestId('reveal').count(); left > 0; left = await page.getByTestId('reveal').count()) {
      await page.getByTestId('reveal').first().click();
    }
    await page.getByTestId('play-whole').click();
    await page.getByTestId('video-whole').evaluate(async (element) => {
      const player = element as HTMLVideoElement;
      player.muted = true;
      await player.play();
      await new Promise((resolve) => player.addEventListener('timeupdate', resolve, { once: true }));
    });
  }
}

function reportOf(moments: readonly string[], wanted: readonly Canary[]): string[] {
  return moments.flatMap((moment) => searchFolder(world.path('taken', moment), wanted).map((hit) => `${moment}: ${lineOf(hit)}`));
}

function lineOf({ file, label, form }: Hit): string {
  return `${label} in ${file} as ${form}`;
}

/** In a copy of a profile, a page of the same origin really keeps the canaries, as a page with a bug would. */
async function storesFindings(profile: string, person: Person, origin: string): Promise<Hit[]> {
  copyFolder(world.path('taken', profile), world.path('storing'));
  const page = await open('storing', person);
  await page.route(`${origin}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>careless</title><body>' }),
  );
  await page.goto(origin);
  await page.evaluate(async (texts) => {
    for (const [name, text] of Object.entries(texts)) localStorage.setItem(name, text);
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('careless', 1);
      request.addEventListener('upgradeneeded', () => request.result.createObjectStore('kept'));
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(new Error('no database')));
    });
    const writing = database.transaction('kept', 'readwrite', { durability: 'strict' });
    for (const [name, text] of Object.entries(texts)) writing.objectStore('kept').put(text, name);
    await new Promise((resolve) => writing.addEventListener('complete', resolve));
    // A form that does not ask the browser to forget.
    document.body.innerHTML = '<form action="?" method="get"><textarea></textarea><input id="place" name="place"></form>';
  }, told);
  await page.locator('textarea').pressSequentially(told.browserWords);
  await page.locator('input').pressSequentially(told.browserPlace);
  await page.evaluate(() => history.pushState(null, '', '?careless'));
  await pause(sessionWriteMs);
  await page.context().close();
  return searchFolder(world.path('storing'), canaries);
}

function said(server: Server): () => string {
  let text = '';
  server.child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  server.child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

if (!hasChromium) console.log('canary-drill is skipped: Chromium is not installed');
test.skipIf(!hasChromium)('nothing that was sent lies readable on the relay, the desk, the phone or in either browser', async () => {
  const { photo, video } = await markedFootage();
  copyFolder(world.path('nothing'), world.path('camera'));
  for (const name of [told.browserPhoto, told.cliPhoto]) writeFileSync(world.path('camera', name), photo);
  for (const name of [told.browserVideo, told.cliVideo]) writeFileSync(world.path('camera', name), video);

  const { desk, relay, invite } = await world.newsroom({ publish: '2' });
  const relaySaid = said(relay);
  line = new BadLine(relay.url);
  const origin = await line.listen();
  const address = formatInvitation({ ...parseInvitation(invite), relays: [origin] });
  line.shape({ upBytesPerSecond: 60_000 });
  await sendByCommand(address);
  const sender = await sendByBrowser(address, origin);
  await world.must('collect', '--dir', desk);

  const screen = await world.serve('desk', '--dir', desk, '--listen', '127.0.0.1:0', '--relay', relay.url);
  const deskSaid = said(screen);
  const page = await open('browser of the desk', laptop);
  await page.goto(screen.url);
  await showAll(page);
  const wanted = [...canaries, ...(await layerCanaries(page))];
  expect(wanted.length).toBeGreaterThanOrEqual(canaries.length + 8);
  await pause(sessionWriteMs);
  take('browser of the desk, open', 'browser of the desk');
  await killBrowser(world.path('browser of the desk'), page);
  take('browser of the desk, killed', 'browser of the desk');

  await sender.locator('[data-testid=item][data-state=opened]').waitFor({ timeout: 60_000 });
  take('phone, told that all was opened', 'phone');
  await sender.getByTestId('tab-make').click();
  await write(sender);
  await sender.context().close();
  take('phone, typed and closed', 'phone');
  take('desk, running', 'desk');
  const port = await knock(relay.url);
  await screen.stop('SIGKILL');
  take('desk, killed', 'desk');
  take('relay, running', 'relay');
  await relay.stop();
  take('relay, stopped', 'relay');
  take('elsewhere', 'elsewhere');

  // The drill proves itself before it speaks.
  for (const moment of [
    'relay, stopped',
    'desk, killed',
    'state folder, sealed and waiting',
    'phone, battery pulled out',
    'browser of the desk, killed',
  ]) {
    copyFolder(world.path('taken', moment), world.path('copy', moment));
    expect(plantedAndMissed(world.path('copy', moment), wanted), moment).toEqual([]);
  }
  const kept = await storesFindings('phone, battery pulled out', phone, origin);
  for (const place of ['IndexedDB/', 'Local Storage/']) {
    const labels = kept.filter(({ file }) => file.startsWith(`Default/${place}`)).map(({ label }) => label);
    expect(labels, place).toEqual(expect.arrayContaining(Object.keys(told)));
  }
  const restored = kept.filter(({ file }) => file.startsWith('Default/Sessions/')).map(({ label }) => label);
  expect(restored, 'a careless form').toEqual(expect.arrayContaining(['browserWords', 'browserPlace']));
  const moments = readdirSync(world.path('taken'));
  const begun = Date.now();
  const hits = reportOf(moments, wanted);
  figure('canary', 'searched', `${moments.length} folders for ${wanted.length} canaries in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  expect(hits).toEqual([]);
  expect(relaySaid() + deskSaid()).toBe('');
  copyFolder(world.path('taken', 'relay, stopped'), world.path('copy', 'traced'));
  expect(plantedAndMissed(world.path('copy', 'traced'), tracesOf(port))).toEqual([]);
  expect(reportOf(['relay, running', 'relay, stopped'], tracesOf(port))).toEqual([]);
});
