import { Bitmap, type Held, type Promised, fromHex, leafEntry, promiseText, utf8 } from '@zajil/format';
import { type NoteSigner, createSigner, formatCheckpoint, formatTlogProof, leafHash, parseVkey, signNote, treeRoot } from '@zajil/log';
import { describe, expect, test } from 'vitest';
import { type Judged, judge } from './judge.ts';
import type { Carried } from './spool.ts';
import { makeParcel } from './test-parcels.ts';

const parcel = makeParcel(1, 8192, { layer: 'words' });
const other = makeParcel(2, 8192, { layer: 'words' });
const [first, second] = [7, 8].map((seed) => createSigner(`relay-${seed}.test/log`, new Uint8Array(32).fill(seed))) as [
  NoteSigner,
  NoteSigner,
];
const named = { promising: [first.vkey, second.vkey], named: [first.vkey, second.vkey] };

function promise(signer: NoteSigner, name: Uint8Array = parcel.name, quarter = 1000): Promised {
  const salt = new Uint8Array(16).fill(3);
  return { salt, quarter, signature: signer.sign(utf8(promiseText(parseVkey(signer.vkey).name, name, salt, quarter))) };
}

/** The only entry of its log. */
function receipt(signer: NoteSigner, { salt, quarter }: Promised, name: Uint8Array = parcel.name): string {
  const root = treeRoot([leafHash(leafEntry(salt, name, quarter))]);
  const checkpoint = signNote(formatCheckpoint({ origin: parseVkey(signer.vkey).name, size: 1, root }), signer);
  return formatTlogProof({ index: 0, hashes: [], checkpoint });
}

function judged(held: Held, carried: Carried | null = null, keys = named): Judged {
  return judge([{ id: parcel.name, held }], keys, (name) => (name === parcel.note.name ? { ...parcel.note, carried } : undefined));
}

/** What is kept once this was heard. */
function kept(held: Held, carried: Carried | null = null): Carried {
  const found = judged(held, carried).carried.get(parcel.note.name);
  if (!found) throw new Error('nothing was carried');
  return found;
}

const taken = (promise: Promised, receipt = ''): Held => ({ state: 'taken', promise, receipt });

describe('what one answer proves', () => {
  test('a promise by a known key, and a receipt for it', () => {
    const given = promise(first);
    expect(judged(taken(given))).toMatchObject({ lie: null, signed: first.vkey, heads: [] });
    expect(kept(taken(given)).arrived).toBe(false);
    const full = judged(taken(given, receipt(first, given)));
    expect(full).toMatchObject({ lie: null, heads: [{ vkey: first.vkey, size: 1 }] });
    expect(fromHex(full.carried.get(parcel.note.name)?.salt ?? '')).toEqual(given.salt);
    expect(full.carried.get(parcel.note.name)?.arrived).toBe(true);
  });

  test.each([
    ['of a stranger', promise(createSigner('relay-7.test/log', new Uint8Array(32).fill(9)))],
    ['for another parcel', promise(first, other.name)],
    ['for another time than it signed', { ...promise(first), quarter: 1001 }],
    ['with another salt', { ...promise(first), salt: new Uint8Array(16) }],
  ])('a promise %s is false, and nothing is carried', (_, given) => {
    const { lie, carried, learned } = judged(taken(given));
    expect([lie?.code, carried.size, learned.length]).toEqual(['LINE_FALSE_PROMISE', 0, 0]);
  });

  test.each([
    ['of another key', receipt(second, promise(first))],
    ['of another parcel', receipt(first, promise(first), other.name)],
    ['of another quarter', receipt(first, promise(first, parcel.name, 999))],
    ['that is none', 'a receipt'],
  ])('a receipt %s is false, and the promise stays', (_, shown) => {
    const { lie, carried } = judged(taken(promise(first), shown));
    expect(lie?.code).toBe('LINE_FALSE_RECEIPT');
    expect(carried.get(parcel.note.name)?.arrived).toBe(false);
  });

  test('a second promise by the same key is false, and the first one stays', () => {
    const before = kept(taken(promise(first)));
    const { lie, carried } = judged(taken(promise(first, parcel.name, 1001)), before);
    expect(lie?.code).toBe('LINE_FALSE_PROMISE');
    expect(carried.get(parcel.note.name)).toEqual(before);
  });

  test('a promise of another relay is no lie, and counts once its receipt holds', () => {
    const before = kept(taken(promise(first)));
    expect(judged(taken(promise(second)), before)).toMatchObject({ lie: null, signed: second.vkey });
    expect(kept(taken(promise(second)), before)).toEqual(before);
    const arrived = kept(taken(promise(second), receipt(second, promise(second))), before);
    expect(arrived).toMatchObject({ vkey: second.vkey, arrived: true });
    expect(judged(taken(promise(second), receipt(first, promise(second))), before).lie?.code).toBe('LINE_FALSE_RECEIPT');
  });

  test('what is of the wrong kind is not learned', () => {
    const { lie, learned } = judged({ state: 'partial', pieces: new Bitmap(4) });
    expect([lie?.code, learned.length]).toEqual(['LINE_FALSE_PIECES', 0]);
    const message = judged({ state: 'message', message: new Uint8Array(512) });
    expect([message.lie?.code, message.messages.length]).toEqual(['LINE_FALSE_MESSAGE', 0]);
  });
});
