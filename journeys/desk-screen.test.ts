/**
 * The desk's screen, as an editor uses it: by keyboard, in both languages, light and dark, on a narrow window; while
 * dispatches arrive. What arrives moves nothing, and nothing is seen or heard before somebody chose it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { BadLine, findFootage } from '@zajil/cli';
import { formatInvitation, parseInvitation } from '@zajil/format';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { complaints } from './screen-checks.ts';
import { type Server, World } from './zajil.ts';

const first = 'سمعنا ثلاثة انفجارات عند الجسر القديم.';
const second = 'No bread for the third day.';

let world: World;
let relay: Server;
let context: BrowserContext;
let page: Page;
let invitation: string;
let line: BadLine | undefined;

beforeAll(async () => {
  world = new World('screen');
  const desk = world.path('desk');
  relay = await world.serve('relay', '--dir', world.path('relay'), '--listen', '127.0.0.1:0', '--newsroom', desk, '--publish', '2');
  const screen = await world.serveOpen(
    'desk',
    '--dir',
    desk,
    '--listen',
    '127.0.0.1:0',
    '--relay',
    relay.url,
    '--site',
    world.path('site'),
  );
  ({ context, page } = await openBrowser(world.path('profile'), { locale: 'ar', screen: 'laptop' }));
  await page.goto(screen.url);
});
afterAll(async () => {
  await context.close();
  await line?.close();
  await world.end();
});

const focused = async (): Promise<string> =>
  await page.evaluate(() => {
    const { activeElement } = document;
    return (activeElement as HTMLElement | null)?.dataset['testid'] ?? activeElement?.id ?? '';
  });

/** Every size, scheme and language in which the screen of now is looked at. */
async function expectReadable(what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await complaints(page), `${what}, ${colorScheme}, ${width} pixels`).toEqual([]);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function send(state: string, invite: string, ...more: string[]): Promise<void> {
  await world.must('send', '--invite', invite, '--state', world.path(state), ...more);
}

test('the checks find each fault that is planted for them', async () => {
  const planted = await context.newPage();
  await planted.setContent(
    '<html lang="ar" dir="ltr"><body style="background:#fff"><h1>a</h1><h1>b</h1><button style="height:50px"></button>' +
      '<button style="height:20px">low</button><p id="x" style="color:#999">pale</p><p id="x" style="inline-size:3000px">wide</p>',
  );
  const found = (await complaints(planted)).join('\n');
  for (const fault of [
    'no name',
    '20 pixels high',
    '"pale" has 2.85',
    'too wide',
    'direction "ltr"',
    'two first headings',
    'ids used twice: x',
  ])
    expect(found).toContain(fault);
  await planted.close();
});

test('founding and the passphrase: read out, numbered, and held on to', async () => {
  await page.getByTestId('found').waitFor();
  await expectReadable('founding');
  await page.fill('#name', 'شبكة الجسر');
  await page.fill('#member', 'ليلى');
  await page.keyboard.press('Enter');
  const passphrase = (await page.getByTestId('passphrase').textContent())?.trim() ?? '';
  expect(passphrase.split(' ')).toHaveLength(8);
  writeFileSync(world.passphraseFile, passphrase);
  await expectReadable('the passphrase');
  await page.getByTestId('written').click();
  await page.getByTestId('empty').waitFor();
  await expectReadable('the empty inbox');
});

test('an invitation can be read by eye and by camera; a refusal is told in Arabic', async () => {
  await page.getByTestId('tab-invite').click();
  await page.fill('#relay', 'http://example.org');
  await page.getByTestId('invite').click();
  expect(await page.getByTestId('trouble').getAttribute('data-code')).toBe('DESK_PLAIN_HTTP');
  expect(await page.getByTestId('trouble').locator('p').textContent()).toMatch(/^\p{Script=Arabic}/u);
  await page.fill('#relay', relay.url);
  await page.getByTestId('invite').click();
  invitation = (await page.getByTestId('invitation').textContent())?.trim() ?? '';
  expect(await page.getByTestId('trouble').count()).toBe(0);
  await expectReadable('the invitation');
  await page.getByTestId('tab-inbox').click();
});

test('what arrives is told once, and moves neither focus, nor scroll, nor a form half filled', { timeout: 240_000 }, async () => {
  const { video } = await findFootage(world.path('camera'));
  await send('one', invitation, '--words', first, '--urgent', video);
  await page.locator('[data-testid=entry] .segment[data-layer=whole][data-fill=all]').waitFor({ timeout: 60_000 });
  await expect.poll(() => page.getByTestId('announced').textContent()).not.toBe('');

  await page.getByTestId('entry').focus();
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('exhibit');
  expect(await page.getByTestId('words').textContent()).toBe(first);
  await expectReadable('a dispatch');

  await page.locator('[data-testid=release-form] summary').click();
  await page.getByTestId('play-whole').click();
  await page.fill('#title', 'عنوان لم يكتمل');
  const before = await page.getByTestId('exhibit').evaluate((main) => (main.scrollTop = 120));
  const player = await page.getByTestId('video-whole').elementHandle();

  line = new BadLine(relay.url);
  const slow = formatInvitation({ ...parseInvitation(invitation), relays: [await line.listen()] });
  line.shape({ upBytesPerSecond: 400_000, delayMs: 60 });
  await send('two', slow, '--words', second, video);
  const entry = page.getByTestId('entry').filter({ hasText: second });
  await entry.locator('.segment[data-layer=whole][data-fill=all]').waitFor({ timeout: 120_000 });
  expect(await page.getByTestId('entry').first().textContent()).toContain(second);

  expect(await focused()).toBe('title');
  expect(await page.inputValue('#title')).toBe('عنوان لم يكتمل');
  expect(await page.getByTestId('exhibit').evaluate((main) => main.scrollTop)).toBe(before);
  expect(await player?.evaluate((element) => element.isConnected)).toBe(true);

  await entry.click();
  await page.getByTestId('back').click();
  await expect.poll(focused).toBe('entry');
  await page.getByTestId('entry').filter({ hasText: first }).click();
  await page.locator('[data-testid=release-form] summary').click();
  expect(await page.inputValue('#title')).toBe('عنوان لم يكتمل');
});

test('nothing is fetched, seen or heard before it is chosen; Esc takes all of it away, and a second Esc brings nothing back', async () => {
  await page.keyboard.press('Escape');
  const fetched: string[] = [];
  page.on('request', (request) => request.url().includes('/api/media/') && fetched.push(request.url()));
  await page.getByTestId('back').click();
  await page.getByTestId('entry').filter({ hasText: first }).click();
  await page.getByTestId('reveal').first().waitFor();
  expect(await page.locator('img, video, audio').count()).toBe(0);
  expect(fetched).toEqual([]);

  await page.getByTestId('reveal').first().focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('picture').waitFor();
  expect(await focused()).toBe('hide');
  await page.getByTestId('play-whole').click();
  const video = page.getByTestId('video-whole');
  expect(await video.evaluate((element) => [(element as HTMLVideoElement).muted, (element as HTMLVideoElement).paused])).toEqual([
    true,
    true,
  ]);
  await expectReadable('a picture and a player');

  for (const _ of ['once', 'twice']) {
    await video.focus({ timeout: 500 }).catch(() => undefined);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('img, video, audio').count()).toBe(0);
  }
}, 120_000);

test('a release shows how far it is, and says when it is done', { timeout: 180_000 }, async () => {
  await page.locator('[data-testid=release-form]').evaluate((details) => ((details as HTMLDetailsElement).open = true));
  await page.fill('#title', 'انفجارات عند الجسر');
  await expectReadable('the form');
  await page.focus('#title');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByTestId('progress').textContent()).not.toBe('');
  await page.getByTestId('released').waitFor({ timeout: 120_000 });
  await expect.poll(focused).toBe('released');
  await expectReadable('released');
  await page.getByTestId('tab-releases').click();
  await page.getByTestId('play-released').waitFor();
  expect(await page.locator('img, video').count()).toBe(0);
  await expectReadable('the releases');
});

test('English says the same; a relay that is gone is told; a locked desk shows nothing of it', { timeout: 120_000 }, async () => {
  await page.getByTestId('language').click();
  await page.getByTestId('tab-inbox').click();
  await page.getByTestId('entry').first().click();
  await expectReadable('a dispatch in English');
  await relay.stop();
  await page.getByTestId('relay-trouble').waitFor({ timeout: 60_000 });
  await expectReadable('the relay is gone');
  await page.getByTestId('lock').click();
  await expect.poll(focused).toBe('passphrase');
  expect(await page.content()).not.toContain(first);
  await page.fill('#passphrase', `${readFileSync(world.passphraseFile, 'utf8')}x`);
  await page.keyboard.press('Enter');
  await page.getByTestId('trouble').waitFor();
  expect(await focused()).toBe('passphrase');
  await expectReadable('a wrong passphrase');
  await page.fill('#passphrase', readFileSync(world.passphraseFile, 'utf8'));
  await page.keyboard.press('Enter');
  await page.getByTestId('entry').first().waitFor();
});
