import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BadLine } from '@zajil/cli';
import { hasChromium, openBrowser } from './browser.ts';
import { complaints } from './screen-checks.ts';
import { World } from './zajil.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A newsroom, its relay, the line that leads there, and what waits for it. */
async function start() {
  const world = new World('card');
  closers.push(() => world.end());
  const { desk, relay } = await world.newsroom();
  const line = new BadLine(relay.url);
  closers.push(() => line.close());
  const invite = (await world.must('newsroom', 'invite', '--dir', desk, '--relay', await line.listen())).stdout.trim();
  return { world, desk, line, invite, state: await sealOnly(world, line, invite) };
}

const original = randomBytes(5_000_000);

/** Seals words and a file into a state folder while no relay can be reached: only its newsroom is known, from before. */
async function sealOnly(world: World, line: BadLine, invite: string): Promise<string> {
  const state = world.path('state');
  const [first, clip] = [world.path('first.bin'), world.path('clip.bin')];
  writeFileSync(first, randomBytes(1000));
  writeFileSync(clip, original);
  await world.must('send', '--invite', invite, '--state', state, '--words', 'first', first);
  line.cut();
  const ended = await world.run('send', '--invite', invite, '--state', state, '--words', 'by hand', '--timeout', '6', clip);
  expect(ended.stderr).toContain('CLI_TIMEOUT');
  line.restore();
  return state;
}

function cardFolder(world: World, name: string): string {
  const folder = world.path(name);
  mkdirSync(folder);
  return folder;
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 16;
  writeFileSync(path, bytes);
}

test('three cards, one damaged and one in part, forwarded by couriers over a bad line, give the whole file', async () => {
  const { world, desk, line, invite, state } = await start();
  expect(readdirSync(join(state, 'parcels')).filter((name) => name.endsWith('.sealed')).length).toBeGreaterThan(4);

  const cards = ['one', 'two', 'three'].map((name) => cardFolder(world, name));
  for (const [i, card] of cards.entries()) {
    // Two thirds of what waits: any two of them are enough.
    const fill = i === 2 ? '2MB' : '4MB';
    const [written] = (
      await world.must('bag', 'out', '--state', state, '--to', card, '--fill', fill, '--share', `${i + 1}/3`, '--json')
    ).lines.slice(-1);
    expect(written).toMatchObject({ event: 'card', files: ['DATA0001.BIN'] });
    expect(Number(written?.['piecesLeft'])).toBeGreaterThan(0);
  }
  const paths = cards.map((card) => join(card, 'DATA0001.BIN'));
  flipBit(paths[1] ?? '', 1_500_000);

  line.shape({ upBytesPerSecond: 2_000_000, delayMs: 20 });
  line.windows([{ upMs: 1500, downMs: 300 }], 'cut');
  const ends = [];
  for (const path of paths) ends.push((await world.must('bag', 'forward', '--invite', invite, '--json', '--timeout', '90', path)).lines);
  expect(ends[1]?.find(({ event }) => event === 'found')).toMatchObject({ damaged: 1 });
  expect(ends[0]?.find(({ event }) => event === 'found')).toMatchObject({ damaged: 0 });
  line.stopWindows();

  // The phone gets a line at last: the relay holds everything already, and hardly a byte travels again.
  const before = line.stats.bytesUp;
  await world.must('send', '--invite', invite, '--state', state);
  expect(line.stats.bytesUp - before).toBeLessThan(100_000);

  const collected = (await world.must('collect', '--dir', desk, '--json')).lines.at(-1);
  expect(collected).toMatchObject({ event: 'collected', completed: 2, refused: 0, foreign: 0 });
  const exhibits = (await world.must('exhibits', '--dir', desk, '--json')).lines;
  expect(JSON.stringify(exhibits)).toContain(sha256(original));
});

test('a card that already went, and one that is no card, cost the line next to nothing', async () => {
  const { world, line, invite, state } = await start();
  const card = cardFolder(world, 'one');
  await world.must('bag', 'out', '--state', state, '--to', card);
  const path = join(card, 'DATA0001.BIN');
  await world.must('bag', 'forward', '--invite', invite, '--timeout', '60', path);
  const before = line.stats.bytesUp;
  const again = await world.must('bag', 'forward', '--invite', invite, '--json', '--timeout', '60', path, path);
  expect(again.lines.at(-1)).toMatchObject({ event: 'done' });
  expect(line.stats.bytesUp - before).toBeLessThan(20_000);

  writeFileSync(world.path('holiday.jpg'), randomBytes(100_000));
  const refused = await world.run('bag', 'forward', '--invite', invite, world.path('holiday.jpg'));
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain('CLI_NO_BAG');
  // What is taken does not go onto another card.
  await world.must('send', '--invite', invite, '--state', state);
  const none = await world.must('bag', 'out', '--state', state, '--to', cardFolder(world, 'two'), '--json');
  expect(none.lines.at(-1)).toMatchObject({ parcels: 0 });
});

if (!hasChromium) console.log('  left out: a page saves a film to a card: Chromium is not installed');

test.skipIf(!hasChromium)('a page without a line saves a whole film to a card, and another phone’s page carries it on', async () => {
  const world = new World('card-page');
  closers.push(() => world.end());
  const { desk, relay } = await world.newsroom();
  const line = new BadLine(relay.url);
  closers.push(() => line.close());
  const inviteTo = async (base: string) => (await world.must('newsroom', 'invite', '--dir', desk, '--relay', base)).stdout.trim();
  const invite = await inviteTo(await line.listen());
  // More than is ever sealed ahead of the line.
  const film = randomBytes(12_000_000);
  writeFileSync(world.path('film.mp4'), film);

  const phone = await openBrowser(world.path('profile-phone'), { locale: 'ar', screen: 'phone' });
  closers.push(() => phone.context.close());
  // Nobody can touch the browser's own dialog here: the page saves as it does where there is none.
  await phone.page.addInitScript(() => void Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  await phone.page.goto(invite);
  await phone.page.getByTestId('text').fill('باليد');
  await phone.page.locator('[data-testid=add-choose]').setInputFiles(world.path('film.mp4'));
  await phone.page.waitForTimeout(1500);
  line.cut();
  await phone.page.getByTestId('send').click();
  await phone.page.locator('[data-testid=item]').waitFor();
  await phone.page.getByTestId('save-card').click();
  expect(await complaints(phone.page)).toEqual([]);
  const download = phone.page.waitForEvent('download');
  await phone.page.getByTestId('save-size').first().click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('DATA0001.BIN');
  const card = world.path('DATA0001.BIN');
  await saved.saveAs(card);
  await phone.page.locator('[data-testid=card-state][data-step=saved]').waitFor();

  const courier = await openBrowser(world.path('profile-courier'), { locale: 'en-GB', screen: 'phone' });
  closers.push(() => courier.context.close());
  await courier.page.goto(await inviteTo(relay.url));
  await courier.page.getByTestId('tab-going').click();
  await courier.page.getByTestId('carry-card').setInputFiles([card, card]);
  await courier.page.locator('[data-testid=card-state][data-step=taken]').waitFor();
  expect(await complaints(courier.page)).toEqual([]);

  // The phone has its line again: it asks, and hardly a byte of the film travels a second time.
  const before = line.stats.bytesUp;
  line.restore();
  await phone.page.locator('[data-testid=item][data-state=taken], [data-testid=item][data-state=arrived]').waitFor();
  expect(line.stats.bytesUp - before).toBeLessThan(500_000);

  expect((await world.must('collect', '--dir', desk, '--json')).lines.at(-1)).toMatchObject({ completed: 1, refused: 0 });
  expect(JSON.stringify((await world.must('exhibits', '--dir', desk, '--json')).lines)).toContain(sha256(film));
});
