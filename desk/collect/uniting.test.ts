import { toHex } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { Contact, Shelf, film, founded, opened, original, random, readAll, sha256, withShelf } from '../newsroom.rig.ts';
import { cardOf, inChunks } from '../tray/tray.rig.ts';
import { StagedShelf } from './staged-shelf.rig.ts';

type Sealed = Awaited<ReturnType<Contact['whole']>>[number];

const all = (parcel: Sealed): number[] => Array.from({ length: parcel.bytes.length / 4096 }, (_, i) => i);
const odd = (parcel: Sealed): number[] => all(parcel).filter((i) => i % 2 === 1);
const even = (parcel: Sealed): number[] => all(parcel).filter((i) => i % 2 === 0);
const visit = (parcel: Sealed, pieces: readonly number[]) => ({
  parcel: {
    head: parcel.head,
    name: toHex(parcel.name),
    piece: (index: number) => ({ index, bytes: parcel.bytes.slice(index * 4096, (index + 1) * 4096) }),
  },
  pieces,
});
const card = (parcels: readonly Sealed[], pieces: (parcel: Sealed) => readonly number[]) => {
  const bytes = cardOf(...parcels.map((parcel) => visit(parcel, pieces(parcel))));
  return () => inChunks(bytes);
};

async function withTwo() {
  const { folder, newsroom, shelf, contact } = await withShelf();
  const second = await new Shelf().start();
  await newsroom.invite({ relay: second.base, label: '', plain: false });
  const parcels = [...(await contact.words([film])), ...(await contact.whole(original, 'video/mp4'))];
  return { folder, newsroom, shelf, parcels, a: new StagedShelf(shelf), b: new StagedShelf(second) };
}

describe('pieces of two relays', () => {
  test('are one original, and each relay is handed what it lacked', async () => {
    const { newsroom, parcels, a, b } = await withTwo();
    for (const parcel of parcels) a.stage(parcel.bytes, even(parcel));
    for (const parcel of parcels) b.stage(parcel.bytes, odd(parcel));
    const figures = await newsroom.collect();
    expect(figures).toMatchObject({ filed: parcels.length, united: parcels.length, completed: 1, acknowledged: 2 });
    expect([a.staged.size, b.staged.size]).toEqual([0, 0]);
    const [exhibit] = await newsroom.exhibits();
    expect(sha256(await readAll(newsroom, exhibit?.id ?? ''))).toBe(sha256(original));
    expect(await newsroom.collect()).toMatchObject({ filed: 0, known: 2 * parcels.length, handed: 0 });
  });

  test('are fetched once, and again only what is new', async () => {
    const { newsroom, parcels, a } = await withTwo();
    const [parcel] = parcels.slice(1);
    if (!parcel) throw new Error('there are parcels');
    a.stage(parcel.bytes, [0, 1, 2]);
    await newsroom.collect();
    await newsroom.collect();
    expect(a.asked.length).toBe(1);
    a.stage(parcel.bytes, [0, 1, 2, 9]);
    await newsroom.collect();
    await newsroom.collect();
    expect(a.asked.length).toBe(2);
    expect(a.pushedBytes).toBe(0);
  });

  test('relay-gone-for-good: what the desk had read of it goes to the other, also after the desk was killed', async () => {
    const { folder, newsroom, shelf, parcels, a, b } = await withTwo();
    for (const parcel of parcels) a.stage(parcel.bytes, even(parcel));
    await newsroom.collect();
    expect(b.staged.size).toBe(0);
    shelf.diesAfter = 0;
    await newsroom.lock();
    const again = await opened(folder);
    expect((await again.collect()).handed).toBe(parcels.reduce((sum, parcel) => sum + even(parcel).length, 0));
    for (const parcel of parcels) expect(b.held(toHex(parcel.name))).toEqual(even(parcel));
    for (const parcel of parcels) b.stage(parcel.bytes, odd(parcel));
    expect(await again.collect()).toMatchObject({ completed: 1 });
  });
});

describe('a hostile relay', () => {
  test('lying-bitmap: is asked in vain once, not in every run', async () => {
    const { newsroom, parcels, a } = await withTwo();
    for (const parcel of parcels) a.stage(parcel.bytes, [0]);
    a.lies = true;
    for (let run = 0; run < 3; run += 1) expect((await newsroom.collect()).filed).toBe(0);
    expect(a.asked.length).toBe(parcels.length);
  });

  test('foreign-parcels: what no identity opens is named once, and not fetched again', async () => {
    const { newsroom, a, b } = await withTwo();
    const [foreign] = await new Contact(await founded()).words();
    if (!foreign) throw new Error('there are words');
    a.stage(foreign.bytes, [0]);
    b.stage(foreign.bytes, [1]);
    expect(await newsroom.collect()).toMatchObject({ foreign: 1, filed: 0, handed: 0 });
    expect(newsroom.refused).toBe(1);
    expect(await newsroom.collect()).toMatchObject({ foreign: 0 });
    expect([a.asked.length, b.asked.length]).toEqual([1, 1]);
  });

  test('another-list: an answer out of order or of impossible sizes is not used, and the other relay is', async () => {
    const { newsroom, shelf, parcels, b } = await withTwo();
    const row = { name: 'f'.repeat(64), bytes: 8192, pieces: 1, held: 'gA' };
    const lists = [
      { partials: [row, { ...row, name: 'e'.repeat(64) }], next: 'f'.repeat(64) },
      { partials: [{ ...row, bytes: 2 ** 40 }], next: row.name },
      { partials: [{ ...row, held: '____' }], next: row.name },
      { partials: [row], next: 'a'.repeat(64) },
    ];
    for (const [i, list] of lists.entries()) {
      shelf.answerPieces = (url) => (url.pathname === '/v1/desk/partials' ? JSON.stringify(list) : null);
      const parcel = parcels[i % parcels.length];
      const seen = b.asked.length;
      if (parcel) b.stage(parcel.bytes, [i % 2]);
      await newsroom.collect();
      expect(b.asked.length).toBe(seen + 1);
    }
  });

  test('older-relay: one without these doors is read as before', async () => {
    const { newsroom, shelf, parcels, a, b } = await withTwo();
    a.isOlder = true;
    shelf.put(...parcels);
    b.stage(parcels[0]?.bytes ?? random(8192), [0]);
    expect(await newsroom.collect()).toMatchObject({
      filed: parcels.length,
      completed: 1,
      relays: [{ state: 'reached' }, { state: 'reached' }],
    });
  });
});

describe('cards', () => {
  test('add up with each other and with a relay, in any order, with duplicates and damage', async () => {
    const { newsroom, parcels, a } = await withTwo();
    const third = (n: number) => (parcel: Sealed) => all(parcel).filter((i) => i % 3 === n);
    const [first, again] = [card(parcels, third(0)), card(parcels.toReversed(), third(0))];
    const flipped = cardOf(...parcels.map((parcel) => visit(parcel, third(1)(parcel))));
    flipped[300_000] = (flipped[300_000] ?? 0) ^ 1;
    const taken = await newsroom.takeCards([first, again, () => inChunks(flipped)]);
    const pieces = (n: number): number => parcels.reduce((sum, parcel) => sum + third(n)(parcel).length, 0);
    expect(taken.cards).toMatchObject([
      { fresh: pieces(0), known: 0, damaged: 0, isBag: true },
      { fresh: 0, known: pieces(0), damaged: 0 },
      { fresh: pieces(1) - 1, damaged: 1 },
    ]);
    expect(taken).toMatchObject({ completed: 0, filed: parcels.filter((parcel) => all(parcel).length <= 2).length });
    for (const parcel of parcels) a.stage(parcel.bytes, third(2)(parcel));
    expect(await newsroom.collect()).toMatchObject({ completed: 0 });
    expect(await newsroom.takeCards([card(parcels, third(1))])).toMatchObject({ completed: 1, cards: [{ fresh: 1, whole: 1 }] });
    const [exhibit] = await newsroom.exhibits();
    expect(taken.exhibits).toEqual([exhibit?.id]);
    expect(sha256(await readAll(newsroom, exhibit?.id ?? ''))).toBe(sha256(original));
  });

  test('make parcels whole of which a relay is told, so that the phone need not send them, also after a restart', async () => {
    const { folder, newsroom, shelf, parcels, a, b } = await withTwo();
    expect(await newsroom.takeCards([card(parcels, all)])).toMatchObject({ filed: parcels.length, completed: 1 });
    await newsroom.lock();
    const opened2 = await opened(folder);
    await opened2.collect();
    expect([a.staged.size, b.pushedBytes]).toEqual([0, 0]);
    expect(await opened2.collect()).toMatchObject({ known: parcels.length, handed: 0, filed: 0 });
    expect(shelf.messages.size).toBe(1);
    const { pushedBytes } = a;
    await opened2.collect();
    expect(a.pushedBytes).toBe(pushedBytes);
  });

  test('of which one lost a head are read again when another brings it', async () => {
    const { newsroom, parcels } = await withTwo();
    const [parcel] = parcels.slice(1);
    if (!parcel) throw new Error('there are parcels');
    const headless = cardOf(visit(parcel, even(parcel)));
    headless[200] = (headless[200] ?? 0) ^ 8;
    const taken = await newsroom.takeCards([() => inChunks(headless), card([parcel], odd)]);
    expect(taken.cards).toMatchObject([
      { fresh: even(parcel).length, orphans: 0, whole: 1 },
      { fresh: odd(parcel).length, whole: 0 },
    ]);
    expect(taken.filed).toBe(1);
  });

  test('of another newsroom, of noise, and none at all change nothing but the record', async () => {
    const { newsroom } = await withTwo();
    const foreign = await new Contact(await founded()).words();
    const noise = random(100_000);
    const taken = await newsroom.takeCards([card(foreign, all), () => inChunks(noise), () => inChunks(new Uint8Array(0))]);
    expect(taken).toMatchObject({ filed: 0, foreign: foreign.length, exhibits: [] });
    expect(taken.cards.map(({ isBag }) => isBag)).toEqual([true, false, false]);
    expect(await newsroom.exhibits()).toEqual([]);
    expect(newsroom.refused).toBe(foreign.length);
  });
});
