import { toBase64Url, toHex } from '@zajil/format';
import { afterEach, describe, expect, test } from 'vitest';
import { MemorySpool } from './memory-spool.ts';
import { type NewsroomOptions, fetchNewsroom } from './newsroom.ts';
import { TestNewsroom } from './test-newsroom.ts';
import { TestRelay } from './test-relay.ts';

const relays: TestRelay[] = [];

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close();
});

async function serve(chain: string): Promise<{ relay: TestRelay; base: string }> {
  const relay = new TestRelay();
  relays.push(relay);
  relay.files.set('/v1/roster', chain);
  return { relay, base: await relay.listen() };
}

function options(newsroom: TestNewsroom, bases: readonly string[], notes = new MemorySpool()): NewsroomOptions {
  return { invitation: { relays: bases, newsroom: newsroom.name, token: new Uint8Array(16), plain: false }, fetch, notes };
}

describe('the newsroom as a phone sees it', () => {
  test('is the one that the invitation names, with keys that are what the roster says', async () => {
    const newsroom = new TestNewsroom();
    const key = newsroom.addKey('day', 5);
    const { relay, base } = await serve(newsroom.chain);
    relay.files.set(`/v1/key/${key.id}`, key.bytes);
    const found = await fetchNewsroom(options(newsroom, [base]));
    expect(found).toMatchObject({ fresh: true, troubles: [] });
    expect(await found.intakeKey('day', '2026-11-23')).toEqual(key.bytes);
  });

  test('is never another one, and never one with a key that was swapped', async () => {
    const newsroom = new TestNewsroom();
    const key = newsroom.addKey('day', 5);
    const { base: other } = await serve(new TestNewsroom(2).chain);
    await expect(fetchNewsroom(options(newsroom, [other]))).rejects.toMatchObject({ code: 'LINE_LYING_RELAY' });
    const { relay, base } = await serve(newsroom.chain);
    relay.files.set(`/v1/key/${key.id}`, new Uint8Array(1216).fill(6));
    const found = await fetchNewsroom(options(newsroom, [other, base]));
    expect(found.troubles).toMatchObject([{ code: 'LINE_LYING_RELAY' }]);
    await expect(found.intakeKey('day', '2026-11-23')).rejects.toMatchObject({ code: 'LINE_NO_KEY' });
  });

  test('never goes back', async () => {
    const newsroom = new TestNewsroom();
    const before = newsroom.chain;
    newsroom.addKey('month', 5);
    const notes = new MemorySpool();
    const { relay, base } = await serve(newsroom.chain);
    await fetchNewsroom(options(newsroom, [base], notes));
    relay.files.set('/v1/roster', before);
    const again = await fetchNewsroom(options(newsroom, [base], notes));
    expect(again).toMatchObject({ fresh: false, roster: { seq: 1 }, troubles: [{ code: 'LINE_WENT_BACK' }] });
  });

  test('is remembered without a line, with the keys that were fetched, and the last resort for those that were not', async () => {
    const newsroom = new TestNewsroom();
    const last = newsroom.addKey('last', 7);
    newsroom.addKey('month', 8);
    const notes = new MemorySpool();
    const { relay, base } = await serve(newsroom.chain);
    relay.files.set(`/v1/key/${last.id}`, last.bytes);
    const first = await fetchNewsroom(options(newsroom, [base], notes));
    await first.intakeKey('last', '2026-11-23');
    await relay.close();
    relays.pop();
    const later = await fetchNewsroom(options(newsroom, [base], notes));
    expect(later).toMatchObject({ fresh: false, roster: { seq: 2 } });
    expect(await later.intakeKey('month', '2026-11-23')).toEqual(last.bytes);
  });

  test('is not asked for over plain http, and not read beyond its bounds', async () => {
    const newsroom = new TestNewsroom();
    await expect(fetchNewsroom(options(newsroom, ['http://relay.example']))).rejects.toMatchObject({ code: 'LINE_NOT_SAFE' });
    const { base } = await serve('x'.repeat(4_000_001));
    await expect(fetchNewsroom(options(newsroom, [base]))).rejects.toMatchObject({ code: 'LINE_BAD_ANSWER' });
    const { base: silent } = await serve('');
    await expect(fetchNewsroom(options(newsroom, [silent]))).rejects.toMatchObject({ code: 'LINE_LYING_RELAY' });
    expect(toHex(newsroom.name)).toHaveLength(64);
  });

  test('is not fooled by a clock that is behind, and keeps no keys of days past', async () => {
    const newsroom = new TestNewsroom();
    const old = newsroom.addKey('day', 4, { from: '2026-11-01', until: '2026-11-01' });
    const key = newsroom.addKey('day', 5);
    const notes = new MemorySpool();
    await notes.setNote(`key/${old.id}`, toBase64Url(old.bytes));
    const { relay, base } = await serve(newsroom.chain);
    for (const { id, bytes } of [old, key]) relay.files.set(`/v1/key/${id}`, bytes);
    const found = await fetchNewsroom(options(newsroom, [base], notes));
    expect(await found.intakeKey('day', '2026-11-01')).toEqual(key.bytes);
    expect(await notes.listNotes('key/')).toEqual([`key/${key.id}`]);
  });
});
