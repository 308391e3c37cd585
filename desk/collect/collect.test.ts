import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { Contact, Shelf, film, founded, opened, original, random, startMs, withShelf } from '../newsroom.rig.ts';

const dayMs = 86_400_000;

describe('a relay that lists what cannot be', () => {
  test.each([
    ['a time that no calendar knows', { quarter: Number.MAX_SAFE_INTEGER }],
    ['a parcel without end', { listedBytes: 2 ** 40 }],
  ])('%s: is refused, and the others are read', async (_, lie) => {
    const { newsroom, shelf, contact } = await withShelf();
    const honest = await new Shelf().start();
    await newsroom.invite({ relay: honest.base, label: '', plain: false });
    Object.assign(shelf, lie);
    shelf.put(...(await contact.layer('glance', new Uint8Array(9), 'image/webp')));
    honest.put(...(await contact.words([film])));
    const figures = await newsroom.collect();
    expect(figures.relays.map(({ state }) => state)).toEqual(['refused', 'reached']);
    expect(figures.filed).toBe(1);
  });
});

test('a relay that lists without end leaves the others their turns', async () => {
  const folder = await founded();
  let nowMs = startMs;
  const newsroom = await opened(folder, { now: () => nowMs });
  const [endless, honest] = [await new Shelf().start(), await new Shelf().start()];
  for (const shelf of [endless, honest]) await newsroom.invite({ relay: shelf.base, label: '', plain: false });
  const noise = () => Array.from({ length: 70 }, () => ({ name: random(32), bytes: new Uint8Array(8192) }));
  endless.put(...noise());
  const words = await new Contact(folder).words([film]);
  let turns = 0;
  // Each time the first batch of a turn is over, an hour has gone by and there is more.
  endless.onFetched = () => {
    if (endless.fetched % 64 !== 0 || turns > 2) return;
    turns += 1;
    nowMs += 121_000;
    for (const shelf of [endless, honest]) shelf.nowMs = nowMs;
    endless.put(...noise());
    if (turns === 2) honest.put(...words);
  };
  expect(await newsroom.collect()).toMatchObject({ filed: 1 });
  expect(turns).toBe(3);
});

test('a desk that was shut for three weeks opens what waited before it destroys the keys', async () => {
  const folder = await founded();
  const contact = new Contact(folder);
  const shelf = await new Shelf().start();
  const before = await opened(folder);
  await before.invite({ relay: shelf.base, label: '', plain: false });
  await before.lock();
  shelf.put(...(await contact.words([film])));
  const late = await new Contact(folder).words([film]);
  shelf.nowMs = startMs + 21 * dayMs;
  const newsroom = await opened(folder, { now: () => startMs + 21 * dayMs });
  expect(await newsroom.collect()).toMatchObject({ filed: 1, foreign: 0 });
  shelf.put(...late);
  expect(await newsroom.collect()).toMatchObject({ filed: 0, foreign: 1 });
});

test('a parcel that vanished from the vault stops nothing but its own exhibit', async () => {
  const { folder, newsroom, shelf, contact } = await withShelf();
  const parcels = await contact.whole(original, 'video/mp4');
  const tally = parcels.at(-1);
  const name = toHex(tally?.name ?? new Uint8Array(0));
  shelf.put(...parcels.slice(1));
  await newsroom.collect();
  await newsroom.lock();
  await rm(join(folder, 'vault', 'parcels', name.slice(0, 2), name));
  const again = await opened(folder);
  shelf.put(...(await new Contact(folder).words([film])));
  expect(await again.collect()).toMatchObject({ filed: 1, acknowledged: 1 });
});
