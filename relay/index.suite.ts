/** One test for each MUST of `relay-index.ts`, run against every implementation. */
import { describe, expect, test } from 'vitest';
import type { RelayIndex, TakenParcel } from './relay-index.ts';
import { random } from './rig.ts';

export interface IndexUnderTest {
  readonly index: RelayIndex;
  /** The same index, as the next process finds it; the first is closed. */
  readonly reopen: () => Promise<RelayIndex>;
}

function taken(quarter = 1_970_000, bytes = 8192): TakenParcel {
  return { name: random(32), bytes, promised: { salt: random(16), quarter, signature: random(64) } };
}

export function indexSuite(implementation: string, open: () => Promise<IndexUnderTest>): void {
  describe(`index: ${implementation}`, () => {
    test('what was taken is there for the next process, with its promise', async () => {
      const { index, reopen } = await open();
      const parcel = taken();
      const row = await index.take(parcel);
      expect(row).toEqual({ ...parcel, seq: 1, leaf: null, state: 'held' });
      expect(await (await reopen()).find(parcel.name)).toEqual(row);
    });

    test('a name that was never taken is null', async () => {
      const { index } = await open();
      expect(await index.find(random(32))).toBeNull();
    });

    test('taking a name again answers the first promise and changes nothing', async () => {
      const { index } = await open();
      const parcel = taken();
      const first = await index.take(parcel);
      expect(await index.take({ ...taken(), name: parcel.name })).toEqual(first);
      await index.letGo(parcel.name, 'gone');
      expect(await index.take({ ...taken(), name: parcel.name })).toEqual({ ...first, state: 'gone' });
    });

    test('parcels are listed by seq, after the given one, held ones only, at most so many', async () => {
      const { index } = await open();
      const rows = [];
      for (let i = 0; i < 5; i += 1) rows.push(await index.take(taken()));
      await index.letGo(rows[2]?.name ?? random(32), 'expired');
      const listed = async (after: number, most: number) => (await index.parcelsAfter(after, most)).map((row) => row.seq);
      const seqs = rows.map((row) => row.seq);
      expect(await listed(0, 10)).toEqual(seqs.toSpliced(2, 1));
      expect(await listed(seqs[0] ?? 0, 2)).toEqual([seqs[1], seqs[3]]);
      expect(await listed(seqs[4] ?? 0, 2)).toEqual([]);
    });

    test('seq grows, also when many are taken at once', async () => {
      const { index, reopen } = await open();
      const rows = await Promise.all(Array.from({ length: 20 }, async () => await index.take(taken())));
      expect(new Set(rows.map((row) => row.seq)).size).toBe(20);
      const next = await (await reopen()).take(taken());
      expect(next.seq).toBeGreaterThan(Math.max(...rows.map((row) => row.seq)));
    });

    test('letting go keeps promise and leaf, and counts no bytes any more', async () => {
      const { index } = await open();
      const [a, b] = [taken(10), taken(20)];
      await index.take(a);
      await index.take(b);
      await index.plan({ first: 0, size: 2, seed: random(16) }, [{ name: a.name, leaf: 1 }]);
      expect(await index.heldBytes()).toBe(16_384);
      expect((await index.parcelsBefore(20, 10)).map((row) => row.name)).toEqual([a.name]);
      await index.letGo(a.name, 'gone');
      await index.letGo(a.name, 'expired');
      await index.letGo(random(32), 'gone');
      expect(await index.find(a.name)).toEqual({ ...a, seq: 1, leaf: 1, state: 'gone' });
      expect(await index.heldBytes()).toBe(8192);
      expect(await index.parcelsBefore(20, 10)).toEqual([]);
    });

    test('a batch and its leaves are stored together', async () => {
      const { index, reopen } = await open();
      const rows = [await index.take(taken()), await index.take(taken()), await index.take(taken())];
      expect((await index.waiting()).map((row) => row.seq)).toEqual(rows.map((row) => row.seq));
      const batch = { first: 0, size: 4, seed: random(16) };
      const leaves = rows.slice(0, 2).map((row, i) => ({ name: row.name, leaf: 2 * i + 1 }));
      await index.plan(batch, leaves);
      const again = await reopen();
      expect(await again.lastBatch()).toEqual(batch);
      expect((await again.waiting()).map((row) => row.seq)).toEqual([rows[2]?.seq]);
      expect((await again.leavesBetween(0, 4)).map((row) => row.leaf)).toEqual([1, 3]);
      expect((await again.leavesBetween(0, 3)).map((row) => row.leaf)).toEqual([1]);
    });

    test('a batch that does not begin where the last one ended is refused, leaves and all', async () => {
      const { index } = await open();
      const parcel = taken();
      await index.take(parcel);
      const first = { first: 0, size: 4, seed: random(16) };
      await index.plan(first, []);
      for (const start of [0, 3, 5]) {
        const wrong = { first: start, size: 4, seed: random(16) };
        await expect(index.plan(wrong, [{ name: parcel.name, leaf: start }])).rejects.toThrow();
      }
      expect((await index.find(parcel.name))?.leaf).toBeNull();
      const second = { first: 4, size: 4, seed: random(16) };
      await index.plan(second, []);
      expect(await index.batchesFrom(0, 10)).toEqual([first, second]);
      expect(await index.batchesFrom(1, 10)).toEqual([second]);
      expect(await index.batchesFrom(0, 1)).toEqual([first]);
    });

    test('a message replaces the one before it at its address only', async () => {
      const { index, reopen } = await open();
      const [address, other, message] = [random(32), random(32), random(512)];
      await index.putMessage(address, random(512));
      await index.putMessage(other, random(512));
      await index.putMessage(address, message);
      const again = await reopen();
      expect(await again.message(address)).toEqual(message);
      expect(await again.message(other)).not.toEqual(message);
      expect(await again.message(random(32))).toBeNull();
    });

    test('the newsroom is replaced as a whole', async () => {
      const { index, reopen } = await open();
      expect(await index.newsroom()).toBeNull();
      await index.setNewsroom({ roster: 'one', doors: '', keys: [random(1216), random(1216)] });
      const record = { roster: 'two', doors: 'doors', keys: [random(1216)] };
      await index.setNewsroom(record);
      expect(await (await reopen()).newsroom()).toEqual(record);
    });

    test('a nonce serves once within its window, also across processes', async () => {
      const { index, reopen } = await open();
      expect(await index.useNonce('a', 10, 8)).toBe(true);
      expect(await index.useNonce('b', 10, 8)).toBe(true);
      expect(await index.useNonce('a', 12, 9)).toBe(false);
      expect(await (await reopen()).useNonce('a', 12, 10)).toBe(false);
    });
  });
}
