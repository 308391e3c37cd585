/**
 * The journey: a contact's browser sends a real video through a line that is cut; an editor's browser sees the words
 * before the picture, the picture before the cut, the cut before the whole; plays it; releases; the page verifies.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadLine, findFootage } from '@zajil/cli';
import { formatInvitation, parseInvitation } from '@zajil/format';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { figure } from './figures.ts';
import { World } from './zajil.ts';

const words = 'سمعنا ثلاثة انفجارات عند الجسر القديم. الناس يخرجون الآن.';

let world: World;
let line: BadLine | undefined;
const contexts: BrowserContext[] = [];

beforeAll(() => {
  world = new World('two');
});
afterAll(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  await line?.close();
  await world.end();
});

/** Opens the desk, founds the newsroom on its first screen, and makes an invitation there. */
async function editor(deskUrl: string): Promise<{ page: Page; invitation: string }> {
  const { context, page } = await openBrowser(world.path('profile-desk'), { locale: 'ar', screen: 'laptop' });
  contexts.push(context);
  await page.goto(deskUrl);
  await page.fill('#name', 'شبكة الجسر');
  await page.fill('#member', 'ليلى');
  await page.getByTestId('found').click();
  const passphrase = (await page.getByTestId('passphrase').textContent())?.trim() ?? '';
  expect(passphrase.split(' ')).toHaveLength(8);
  writeFileSync(world.passphraseFile, `${passphrase}\n`);
  await page.getByTestId('written').click();
  await page.getByTestId('tab-invite').click();
  await page.getByTestId('invite').click();
  const invitation = (await page.getByTestId('invitation').textContent())?.trim() ?? '';
  expect(await page.locator('.qr svg').count()).toBe(1);
  await page.getByTestId('tab-inbox').click();
  return { page, invitation };
}

/** The phone: opens the page through the line, writes, chooses a video; sends once the line is as bad as it gets. */
async function contact(invitation: string, video: string, worsen: () => void): Promise<Page> {
  const { context, page } = await openBrowser(world.path('profile-phone'), { locale: 'ar', screen: 'phone' });
  contexts.push(context);
  await page.goto(invitation);
  await page.getByTestId('text').fill(words);
  await page.locator('input[type=file][data-testid^="add-"]').first().setInputFiles(video);
  worsen();
  await page.getByTestId('send').click();
  return page;
}

/** Waits for a layer at the desk and tells when it was there. */
async function seen(page: Page, layer: string): Promise<number> {
  await page.locator(`[data-testid=entry] .segment[data-layer=${layer}][data-fill=all]`).first().waitFor({ timeout: 300_000 });
  return Date.now();
}

test('a real clip goes from a phone’s browser over a dying line to a page that a stranger can check', { timeout: 600_000 }, async () => {
  const { video } = await findFootage(world.path('camera'));
  const desk = world.path('desk');
  const site = world.path('site');
  const relay = await world.serve('relay', '--dir', world.path('relay'), '--listen', '127.0.0.1:0', '--newsroom', desk, '--publish', '2');
  writeFileSync(world.passphraseFile, '');
  const screen = await world.serveOpen('desk', '--dir', desk, '--listen', '127.0.0.1:0', '--relay', relay.url, '--site', site);
  const { page: deskPage, invitation } = await editor(screen.url);

  line = new BadLine(relay.url);
  const through = await line.listen();
  const bad = line;
  const phone = await contact(formatInvitation({ ...parseInvitation(invitation), relays: [through] }), video, () => {
    bad.shape({ upBytesPerSecond: 4_000, delayMs: 80 });
    bad.windows([{ upMs: 4000, downMs: 1200 }], 'cut');
  });

  const begun = Date.now();
  const times: Record<string, number> = {};
  const wait = async (layer: string): Promise<void> => void (times[layer] = (await seen(deskPage, layer)) - begun);
  await Promise.all([wait('words'), wait('glance').then(() => bad.shape({ upBytesPerSecond: 90_000 })), wait('cut'), wait('whole')]);
  // The desk looks every few seconds; what it sees apart by less arrived together.
  const apartMs = 400;
  expect(times['words']).toBeLessThan((times['glance'] ?? 0) - apartMs);
  expect(times['glance']).toBeLessThan((times['cut'] ?? 0) - apartMs);
  expect(times['cut']).toBeLessThan((times['whole'] ?? 0) - apartMs);
  expect(line.stats.broken).toBeGreaterThanOrEqual(3);
  figure(
    'two browsers',
    'seen at the desk',
    Object.entries(times)
      .map(([layer, ms]) => `${layer} ${(ms / 1000).toFixed(1)} s`)
      .join(', '),
  );
  figure('two browsers', 'connections that the line broke', String(line.stats.broken));

  await deskPage.getByTestId('entry').first().click();
  expect(await deskPage.getByTestId('words').textContent()).toBe(words);
  await deskPage.getByTestId('reveal').first().click();
  await plays(deskPage);

  await phone.locator('[data-testid=item][data-state=opened]').waitFor({ timeout: 120_000 });

  await deskPage.locator('[data-testid=release-form] summary').click();
  await deskPage.fill('#title', 'انفجارات عند الجسر القديم');
  await deskPage.getByTestId('release').click();
  const id = await deskPage.getByTestId('released').getAttribute('data-release', { timeout: 180_000 });
  await expect.poll(() => readdirSync(join(site, 'ar')), { timeout: 30_000 }).toContain(`${id}.html`);

  const verified = await world.run('verify', site, '--json');
  expect(verified.stdout + verified.stderr).not.toContain('NOT');
  expect(verified.code).toBe(0);
  const alone = await world.run('verify', join(site, 'ar', `${id}.html`));
  expect(alone.code).toBe(0);

  const pagePath = join(site, 'ar', `${id}.html`);
  const bytes = readFileSync(pagePath);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  writeFileSync(pagePath, bytes);
  expect((await world.run('verify', pagePath)).code).not.toBe(0);
  expect((await world.run('verify', site)).code).not.toBe(0);
});

/** The whole, sealed in the vault, plays in the viewer, also from the middle. */
async function plays(page: Page): Promise<void> {
  await page.getByTestId('play-whole').click();
  const video = page.getByTestId('video-whole');
  await video.waitFor();
  const duration = await video.evaluate(async (element) => {
    const player = element as HTMLVideoElement;
    player.muted = true;
    if (player.readyState < 2)
      await new Promise((resolve, reject) => {
        player.addEventListener('loadeddata', resolve, { once: true });
        player.addEventListener('error', () => reject(new Error(player.error?.message)), { once: true });
      });
    player.currentTime = player.duration / 2;
    await new Promise((resolve) => player.addEventListener('seeked', resolve, { once: true }));
    await player.play();
    await new Promise((resolve) => player.addEventListener('timeupdate', resolve, { once: true }));
    player.pause();
    return player.duration;
  });
  expect(duration).toBeGreaterThan(0);
}
