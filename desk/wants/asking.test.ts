import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bitmap, type Wants, messageAddress, quarterOf, toHex, toTheEnd } from '@zajil/format';
import { verifyRoster, verifyWants } from '@zajil/roster';
import { describe, expect, test } from 'vitest';
import type { Newsroom } from '../newsroom.ts';
import { Contact, Shelf, film, founded, opened, startMs, withShelf } from '../newsroom.rig.ts';

const quarter = quarterOf(startMs);
const first = (from: number, to = toTheEnd) => ({ action: 'first', from, to }) as const;
const enough = { action: 'enough' } as const;

/** What a phone finds at the relay. */
async function wantsAt(folder: string, shelf: Shelf, dispatch: Uint8Array): Promise<Wants | null> {
  const roster = verifyRoster(await readFile(join(folder, 'public', 'roster.txt'), 'utf8'), null);
  const [device] = roster.devices;
  if (!device) throw new Error('a newsroom has a device');
  const message = shelf.messages.get(toHex(messageAddress(dispatch, device.vkey.split('+')[0] ?? '', 'wants')));
  return message ? verifyWants(roster, dispatch, device, message) : null;
}

async function withExhibit() {
  const rig = await withShelf();
  rig.shelf.put(...(await rig.contact.words([film, { ...film, name: 'other' }])));
  await rig.newsroom.collect();
  return { ...rig, exhibit: await onlyId(rig.newsroom) };
}

async function onlyId(newsroom: Newsroom): Promise<string> {
  const [exhibit] = await newsroom.exhibits();
  if (!exhibit) throw new Error('nothing was filed');
  return exhibit.id;
}

describe('asking a phone', () => {
  test('leaves what is wanted at the relay, signed, sealed for this dispatch, and with an end', async () => {
    const { folder, newsroom, shelf, contact, exhibit } = await withExhibit();
    const missing = new Bitmap(256);
    missing.add(3);
    const asks = [first(8), first(2, 3), { action: 'pieces', part: 1, missing } as const];
    expect(await newsroom.want({ exhibit, layer: 'whole', file: 0, asks, days: 7 })).toEqual({ took: 1, of: 1 });
    expect(await wantsAt(folder, shelf, contact.dispatch)).toEqual({
      sequence: 1,
      quarter,
      until: quarter + 7 * 96,
      entries: asks.map((ask) => ({ ...ask, layer: 'whole', file: 0 })),
    });
    expect(await wantsAt(folder, shelf, new Uint8Array(16))).toBeNull();
  });

  test('replaces what was asked of that layer of that file, keeps the rest, and counts on after a restart', async () => {
    const { folder, newsroom, shelf, contact, exhibit } = await withExhibit();
    await newsroom.want({ exhibit, layer: 'whole', file: 0, asks: [first(8)], days: 7 });
    await newsroom.want({ exhibit, layer: 'cut', file: 1, asks: [enough], days: 7 });
    await newsroom.want({ exhibit, layer: 'whole', file: 0, asks: [enough], days: 7 });
    const said = await wantsAt(folder, shelf, contact.dispatch);
    expect(said).toMatchObject({
      sequence: 3,
      entries: [
        { action: 'enough', layer: 'whole' },
        { action: 'enough', layer: 'cut', file: 1 },
      ],
    });
    await newsroom.lock();
    const again = await opened(folder);
    await again.want({ exhibit, layer: 'whole', file: 0, asks: [], days: 7 });
    expect(await wantsAt(folder, shelf, contact.dispatch)).toMatchObject({ sequence: 4, entries: [{ layer: 'cut', file: 1 }] });
  });

  test('what has lapsed does not come back with a new word, and is not left late', async () => {
    const folder = await founded();
    let nowMs = startMs;
    const newsroom = await opened(folder, { now: () => nowMs });
    const [shelf, contact] = [await new Shelf().start(), new Contact(folder)];
    await newsroom.invite({ relay: shelf.base, label: '', plain: false });
    shelf.put(...(await contact.words([film])));
    await newsroom.collect();
    const exhibit = await onlyId(newsroom);
    await newsroom.want({ exhibit, layer: 'cut', file: 0, asks: [enough], days: 1 });
    nowMs += 86_400_000 + 900_000;
    shelf.nowMs = nowMs;
    await newsroom.want({ exhibit, layer: 'whole', file: 0, asks: [first(1)], days: 1 });
    expect(await wantsAt(folder, shelf, contact.dispatch)).toMatchObject({ sequence: 2, entries: [{ action: 'first' }] });
  });

  test('a relay that does not answer is told at the next collect', async () => {
    const { folder, newsroom, shelf, contact, exhibit } = await withExhibit();
    shelf.diesAfter = 0;
    expect(await newsroom.want({ exhibit, layer: 'whole', file: 0, asks: [enough], days: 7 })).toEqual({ took: 0, of: 1 });
    shelf.diesAfter = Infinity;
    expect(await wantsAt(folder, shelf, contact.dispatch)).toBeNull();
    await newsroom.lock();
    const again = await opened(folder);
    await again.collect();
    expect(await wantsAt(folder, shelf, contact.dispatch)).toMatchObject({ sequence: 1, entries: [enough] });
    shelf.messages.clear();
    await again.collect();
    expect(shelf.messages.size).toBe(0);
  });

  test('refuses an exhibit, a file or a time that there is not, and more than one message holds, and changes nothing', async () => {
    const { newsroom, shelf, exhibit } = await withExhibit();
    shelf.messages.clear();
    const ask = { exhibit, layer: 'whole', file: 0, asks: [enough], days: 7 } as const;
    await expect(newsroom.want({ ...ask, exhibit: 'nosuchid' })).rejects.toMatchObject({ code: 'DESK_NO_EXHIBIT' });
    const asks = Array.from({ length: 36 }, (_, part) => first(part, part));
    for (const wrong of [
      { ...ask, file: 2 },
      { ...ask, days: 0 },
      { ...ask, days: 181 },
      { ...ask, asks },
    ])
      await expect(newsroom.want(wrong)).rejects.toMatchObject({ code: 'DESK_REQUEST' });
    await newsroom.collect();
    expect(shelf.messages.size).toBe(0);
  });
});
