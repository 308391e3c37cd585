/**
 * two-tabs: two pages of the phone's browser over one database take turns. The second says so and waits; when the first
 * is closed in the middle of an upload it goes on, nothing is sent twice, and nothing is lost.
 */
import { formatInvitation, parseInvitation } from '@zajil/format';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasChromium, openBrowser } from './browser.ts';
import { figure } from './figures.ts';
import { HostileRelay } from './hostile-relay-proxy.ts';
import { wholeParcels } from './line-rig.ts';
import { World } from './zajil.ts';

const texts = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map((one) => `${one} of two tabs`);
const closers: (() => Promise<void>)[] = [];
let world: World;

beforeAll(() => {
  world = new World('tabs');
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
  await world.end();
});

test.skipIf(!hasChromium)('two-tabs: the second waits for its turn and goes on where the first was closed', async () => {
  const { relay, invite, relayFolder } = await world.newsroom();
  const counting = new HostileRelay(relay.url);
  closers.push(() => counting.close());
  counting.pauseMs = 6000;
  const invitation = formatInvitation({ ...parseInvitation(invite), relays: [await counting.listen()] });
  const { context, page: first } = await openBrowser(world.path('profile'), { locale: 'en-GB', screen: 'phone' });
  closers.push(() => context.close());

  await first.goto(invitation);
  const second = await context.newPage();
  await second.goto(invitation);
  await second.locator('[data-testid=trouble][data-trouble=elsewhere]').waitFor();

  await first.bringToFront();
  for (const text of texts) {
    await first.getByTestId('tab-make').click();
    await first.getByTestId('text').fill(text);
    await first.getByTestId('send').click();
  }
  await expect.poll(() => counting.bags, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
  await first.close();
  const before = counting.bags;
  counting.pauseMs = 50;
  expect((await wholeParcels(relayFolder)).size).toBeLessThan(texts.length);

  await second.bringToFront();
  await second.getByTestId('tab-going').click();
  await expect.poll(() => second.locator('[data-testid=item][data-state=taken]').count(), { timeout: 60_000 }).toBe(texts.length);
  expect(counting.bags).toBeGreaterThan(before);
  expect(counting.repeated).toBe(0);
  expect((await wholeParcels(relayFolder)).size).toBe(texts.length);

  figure('two-tabs', 'bags by the first page, by both, pieces that came again', `${before}, ${counting.bags}, ${counting.repeated}`);
});
