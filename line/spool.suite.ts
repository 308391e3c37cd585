/** What every spool must do. Run against each implementation on the real thing. */
import { pieceBytes } from '@zajil/format';
import { expect, test } from 'vitest';
import { announceDispatch, listDispatches } from './dispatch-record.ts';
import type { Carried, Spool } from './spool.ts';
import { makeParcel } from './test-parcels.ts';

const carried: Carried = {
  vkey: 'relay.test/log+00000000+AAAA',
  salt: '00'.repeat(16),
  quarter: 5,
  signature: '11'.repeat(64),
  arrived: false,
};

/** @param open - a fresh spool. @param reopen - another look at the same storage, or null where nothing outlasts the object */
export function spoolSuite(open: () => Promise<Spool>, reopen: ((spool: Spool) => Promise<Spool>) | null): void {
  const again = async (spool: Spool): Promise<Spool> => (reopen ? reopen(spool) : spool);

  test('gives back head and pieces exactly, in the order asked', async () => {
    const spool = await open();
    const { note, head, bytes } = makeParcel(1, 32_768, { layer: 'glance' });
    await spool.put(note, head, bytes);
    const later = await again(spool);
    expect(await later.readHead(note.name)).toEqual(head);
    const pieces = await later.readPieces(note.name, [7, 0, 1, 5]);
    expect(pieces).toEqual([7, 0, 1, 5].map((i) => bytes.slice(i * pieceBytes, (i + 1) * pieceBytes)));
  });

  test('lists what was put, waiting and carried, and changes nothing when it is put again', async () => {
    const spool = await open();
    const first = makeParcel(2, 8192, { layer: 'words', urgent: true, order: 3 });
    const second = makeParcel(3, 8192, { layer: 'whole', part: 2 });
    await spool.put(first.note, first.head, first.bytes);
    await spool.put(second.note, second.head, second.bytes);
    await spool.keep(second.note.name, carried);
    await spool.put(second.note, second.head, second.bytes);
    const listed = (await (await again(spool)).list()).sort((a, b) => a.order - b.order);
    expect(listed).toEqual([
      { ...second.note, carried },
      { ...first.note, carried: null },
    ]);
  });

  test('lets the bytes go when they are carried, and updates what it keeps', async () => {
    const spool = await open();
    const { note, head, bytes } = makeParcel(4, 8192, { layer: 'cut' });
    await spool.put(note, head, bytes);
    await spool.keep(note.name, carried);
    await spool.keep(note.name, { ...carried, arrived: true });
    const later = await again(spool);
    expect(await later.readHead(note.name)).toBeNull();
    expect(await later.readPieces(note.name, [0])).toBeNull();
    expect((await later.list())[0]?.carried?.arrived).toBe(true);
  });

  test('forgets what is removed, and keeps nothing of what was never put', async () => {
    const spool = await open();
    const { note, head, bytes } = makeParcel(5, 8192, { layer: 'words' });
    await spool.put(note, head, bytes);
    await spool.remove(note.name);
    await spool.keep(note.name, carried);
    const later = await again(spool);
    expect(await later.list()).toEqual([]);
    expect(await later.readPieces(note.name, [0])).toBeNull();
  });

  test('keeps notes until they are removed, and lists them by prefix', async () => {
    const spool = await open();
    await spool.setNote('key/aa', 'one');
    await spool.setNote('key/bb', 'two');
    await spool.setNote('keys', 'three');
    await spool.setNote('key/aa', 'four');
    await spool.setNote('key/bb', null);
    const later = await again(spool);
    expect(await later.getNote('key/aa')).toBe('four');
    expect(await later.getNote('key/bb')).toBeNull();
    expect(await later.listNotes('key/')).toEqual(['key/aa']);
    await expect(later.setNote('../outside', 'x')).rejects.toThrow(RangeError);
  });

  test('keeps a dispatch as it was first announced', async () => {
    const spool = await open();
    const id = new Uint8Array(16).fill(9);
    await announceDispatch(spool, { key: 'one', id, urgent: true, order: 4, wholes: [null, 5] });
    await announceDispatch(spool, { key: 'one', id: new Uint8Array(16), urgent: false, order: 5, wholes: [] });
    expect(await listDispatches(await again(spool))).toMatchObject([{ key: 'one', id: '09'.repeat(16), urgent: true, wholes: [null, 5] }]);
  });
}
