import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeParcelHead, messageAddress, parcelName, toHex } from '@zajil/format';
import { verifyAcknowledgement, verifyRoster } from '@zajil/roster';
import { describe, expect, test } from 'vitest';
import { Contact, Shelf, canary, film, founded, opened, original, random, readAll, sha256, withShelf } from './newsroom.rig.ts';

async function claimsAt(folder: string, shelf: Shelf, dispatch: Uint8Array) {
  const roster = verifyRoster(await readFile(join(folder, 'public', 'roster.txt'), 'utf8'), null);
  const [device] = roster.devices;
  if (!device) throw new Error('a newsroom has a device');
  const message = shelf.messages.get(toHex(messageAddress(dispatch, device.vkey.split('+')[0] ?? '')));
  return message ? verifyAcknowledgement(roster, dispatch, device, message) : null;
}

describe('collecting', () => {
  test('shows the words before the rest is here, and tells the phone', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.words([film])));
    expect(await newsroom.collect()).toMatchObject({ filed: 1, acknowledged: 1, completed: 0 });
    const [exhibit] = await newsroom.exhibits();
    expect(exhibit?.words?.text).toContain(canary);
    expect(exhibit?.files[0]).toMatchObject({ whole: 'announced', bytes: film.bytes });
    expect(await claimsAt(folder, shelf, contact.dispatch)).toMatchObject({ sequence: 1, words: true, files: [{ whole: false }] });
  });

  test('gives an original back bit for bit, whatever the order of its parts, and only then calls it complete', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    const parcels = await contact.whole(original, 'video/mp4');
    const [first, ...rest] = parcels.toReversed();
    if (!first) throw new Error('there are parcels');
    shelf.put(...rest);
    expect(await newsroom.collect()).toMatchObject({ completed: 0 });
    expect((await newsroom.exhibits())[0]?.files[0]?.whole).toBe('arriving');
    shelf.put(first, ...(await contact.words([film])));
    expect(await newsroom.collect()).toMatchObject({ completed: 1, filed: 2 });
    const [exhibit] = await newsroom.exhibits();
    expect(exhibit?.files[0]).toMatchObject({ whole: 'complete', sha256: sha256(original), committed: '2026-11-20' });
    const id = exhibit?.id ?? '';
    expect(sha256(await readAll(newsroom, id))).toBe(sha256(original));
    for (const [from, to] of [
      [0, 1],
      [1_000_000, 1_100_000],
      [65_535, 65_537],
      [2_499_999, 2_500_000],
      [7, 7],
    ] as const)
      expect((await readAll(newsroom, id, from, to)).equals(original.subarray(from, to))).toBe(true);
    await expect(readAll(newsroom, id, 0, 2_500_001)).rejects.toMatchObject({ code: 'DESK_RANGE' });
    expect(await claimsAt(folder, shelf, contact.dispatch)).toMatchObject({ words: true, files: [{ whole: true }] });
  });

  test('knows everything again after a restart, and fetches nothing twice', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.words([film])), ...(await contact.whole(original, 'video/mp4')));
    await newsroom.collect();
    const before = await newsroom.exhibits();
    const { fetched } = shelf;
    await newsroom.lock();
    const again = await opened(folder);
    expect(await again.exhibits()).toEqual(before);
    expect(await again.collect()).toMatchObject({ filed: 0, acknowledged: 0 });
    expect(shelf.fetched).toBe(fetched);
    expect(sha256(await readAll(again, before[0]?.id ?? ''))).toBe(sha256(original));
  });

  test('passes over foreign, broken, poisoned and contradicting parcels, and files the rest', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    const words = await contact.words();
    const foreign = await new Contact(await founded()).words();
    const noise = random(8192);
    const broken = words[0]?.bytes.slice() ?? noise;
    broken[5000] = (broken[5000] ?? 0) ^ 1;
    const named = (bytes: Uint8Array) => ({ name: parcelName(makeParcelHead(bytes)), bytes });
    const other = await contact.layer('glance', new Uint8Array([1, 2, 3]), 'image/webp');
    const contradicting = await contact.layer('glance', new Uint8Array([1, 2, 4]), 'image/webp');
    shelf.put(named(noise), ...foreign, named(broken), { name: random(32), bytes: random(8192) }, ...other, ...contradicting, ...words);
    expect(await newsroom.collect()).toMatchObject({ filed: 2, foreign: 1, refused: 3, owed: 1 });
    expect(newsroom.refused).toBe(4);
    expect((await newsroom.exhibits())[0]?.words?.text).toContain(canary);
    expect(await newsroom.collect()).toMatchObject({ filed: 0, foreign: 0, refused: 0, owed: 1 });
  });

  test('asks again for what was announced and withheld', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    const parcels = await contact.words();
    shelf.put(...parcels);
    for (const { name } of parcels) shelf.withheld.add(toHex(name));
    expect(await newsroom.collect()).toMatchObject({ filed: 0, owed: 1 });
    shelf.withheld.clear();
    expect(await newsroom.collect()).toMatchObject({ filed: 1, owed: 0 });
  });

  test('keeps what came before a relay dies, and goes on with the others', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    const second = await new Shelf().start();
    await newsroom.invite({ relay: second.base, label: '', plain: false });
    const parcels = await contact.whole(original, 'video/mp4');
    shelf.put(...parcels);
    shelf.diesAfter = 2;
    second.put(...(await contact.words([film])));
    const figures = await newsroom.collect();
    expect(figures.relays.map(({ state }) => state)).toEqual(['unreachable', 'reached']);
    expect(figures.relays[0]?.message).toMatch(/safe/);
    expect((await newsroom.exhibits())[0]?.words).not.toBeNull();
    shelf.diesAfter = Number.POSITIVE_INFINITY;
    expect(await newsroom.collect()).toMatchObject({ completed: 1 });
  });

  test('does not take a relay that shows another key for the same', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    Object.assign(shelf, { vkey: (await new Shelf().start()).vkey });
    shelf.put(...(await contact.words()));
    const figures = await newsroom.collect();
    expect(figures).toMatchObject({ filed: 0, relays: [{ state: 'refused' }] });
    await newsroom.invite({ relay: shelf.base, label: '', plain: false });
    expect(await newsroom.collect()).toMatchObject({ filed: 1 });
  });

  test('tells a relay who the newsroom is when that changed, not every time', async () => {
    const { newsroom, shelf } = await withShelf();
    const { pushed } = shelf;
    await newsroom.collect();
    await newsroom.collect();
    expect(shelf.pushed).toBe(pushed);
    await newsroom.invite({ relay: shelf.base, label: '', plain: false });
    expect(shelf.pushed).toBe(pushed + 1);
  });

  test('counts one copy of a part that was sealed twice', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.words()), ...(await contact.words()));
    expect(await newsroom.collect()).toMatchObject({ filed: 2, refused: 0 });
    expect((await newsroom.exhibits())[0]?.words?.text).toContain(canary);
  });

  test('never calls complete what the tally contradicts', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    const parcels = await contact.whole(original, 'video/mp4');
    const lying = original.slice();
    lying[1_200_000] = (lying[1_200_000] ?? 0) ^ 1;
    const twin = new Contact(folder);
    twin.dispatch.set(contact.dispatch);
    const altered = await twin.whole(lying, 'video/mp4');
    // The second part of the altered film, everything else and the tally of the true one.
    shelf.put(...[altered[1], parcels[0], parcels[2], parcels[3]].filter((parcel) => parcel !== undefined));
    expect(await newsroom.collect()).toMatchObject({ completed: 0 });
    expect((await newsroom.exhibits())[0]?.files[0]).toMatchObject({ whole: 'contradicted', sha256: '' });
  });
});

describe('an invitation', () => {
  test('is made though the relay does not answer, and says so', async () => {
    const newsroom = await opened(await founded());
    const invited = await newsroom.invite({ relay: 'http://127.0.0.1:9', label: '', plain: false });
    expect(invited).toMatchObject({ reached: false, url: expect.stringContaining('http://127.0.0.1:9/#') });
    expect(invited.message).toMatch(/tried again/);
  });

  test('over a line that is not encrypted needs to be asked for', async () => {
    const newsroom = await opened(await founded());
    await expect(newsroom.invite({ relay: 'http://relay.example', label: '', plain: false })).rejects.toMatchObject({
      code: 'DESK_PLAIN_HTTP',
    });
    await expect(newsroom.invite({ relay: 'relay', label: '', plain: false })).rejects.toMatchObject({ code: 'DESK_ADDRESS' });
    expect(newsroom.invitations).toEqual([]);
  });
});
