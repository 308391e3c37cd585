import { Bitmap, type Layer, type WantsEntry, layers, toTheEnd } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DispatchRecord, withWants } from './dispatch-record.ts';
import { type ParcelNote, compareParcels, rankOfLayer } from './order.ts';
import { makeNote } from './test-parcels.ts';
import { isInForce, type WantsView, compareIn, inOrder, isEnough, noWants, piecesToSend, wantedPieces, wantsInForce } from './wants.ts';

const bare: DispatchRecord = {
  v: 1,
  key: 'one',
  id: '00'.repeat(16),
  urgent: false,
  order: 1,
  wholes: [null],
  acknowledged: [],
  outcome: null,
};

const wantable = fc.constantFrom('glance' as const, 'cut' as const, 'whole' as const, 'tally' as const);
const entry: fc.Arbitrary<WantsEntry> = fc.oneof(
  fc
    .record({ layer: wantable, file: fc.nat(1), from: fc.nat(5), more: fc.constantFrom(0, 1, 3, toTheEnd - 5) })
    .map(({ layer, file, from, more }): WantsEntry => ({ action: 'first', layer, file, from, to: more > 3 ? toTheEnd : from + more })),
  fc
    .record({ layer: wantable, file: fc.nat(1), part: fc.nat(5), bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }) })
    .map(({ bytes, ...rest }): WantsEntry => ({ action: 'pieces', ...rest, missing: new Bitmap(256, bytes) })),
  fc.record({ layer: wantable, file: fc.nat(1) }).map((place): WantsEntry => ({ action: 'enough', ...place })),
);
const entries = fc.array(entry, { maxLength: 5 });

/** What some messages said, by device; each device's later ones have higher sequences. */
const messages = fc.array(
  fc.record({
    device: fc.constantFrom('a', 'b', 'c'),
    sequence: fc.nat(4),
    until: fc.integer({ min: 95, max: 105 }),
    entries,
  }),
  { maxLength: 12 },
);

const notes: fc.Arbitrary<ParcelNote[]> = fc
  .array(
    fc.record({
      layer: fc.constantFrom<Layer[]>(...layers),
      urgent: fc.boolean(),
      order: fc.nat(2),
      file: fc.nat(1),
      view: fc.nat(1),
      part: fc.nat(5),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((places) =>
    places.map((place, i) => makeNote(i + 1, 32_768, { ...place, dispatch: place.order === 0 ? 'one' : `d${place.order}` })),
  );

function viewOf(...said: readonly (readonly WantsEntry[])[]): WantsView {
  return said.length === 0 ? noWants : new Map([['one', said]]);
}

const stateOf = (wants: WantsView, parcels: readonly ParcelNote[]) => ({
  wants,
  parcels: new Map(parcels.map((note) => [note.name, note])),
});
const isAsked = (wants: WantsView, parcel: ParcelNote): boolean => {
  // The plain twin: asked for when, with all that is enough taken away, some entry still moves or cuts it.
  const said = (wants.get(parcel.dispatch) ?? []).flat();
  return (
    parcel.layer !== 'words' &&
    said.some((one) => {
      if (one.file !== parcel.file || one.action === 'enough') return false;
      if (one.action === 'pieces') return one.layer === parcel.layer && one.part === parcel.part && parcel.view === 0;
      if (one.layer === 'whole' && parcel.layer === 'tally') return one.to === toTheEnd;
      return one.layer === parcel.layer && parcel.part >= one.from && parcel.part <= one.to;
    })
  );
};

describe('the view', () => {
  test('is the same whatever the order of the messages, and however often each comes', () => {
    fc.assert(
      fc.property(
        // One message for each number of each device.
        messages.map((all) => [...new Map(all.map((one) => [`${one.device} ${one.sequence}`, one])).values()]),
        fc.array(fc.nat(), { maxLength: 40 }),
        (said, shuffle) => {
          const hear = (heard: typeof said) =>
            heard.reduce((record, { device, ...wants }) => withWants(record, device, { quarter: 90, ...wants }), bare);
          const again = [...said, ...shuffle.flatMap((at) => said[at % Math.max(1, said.length)] ?? [])];
          const other = again.map((one, i) => ({ one, at: shuffle[i % Math.max(1, shuffle.length)] ?? i })).sort((a, b) => a.at - b.at);
          const view = wantsInForce([hear(said)], 100);
          expect(wantsInForce([hear([...other.map(({ one }) => one), ...said.toReversed()])], 100)).toEqual(view);
        },
      ),
    );
  });

  test('is of the newest message of each device, also where that one lapsed or wants nothing', () => {
    fc.assert(
      fc.property(messages, (said) => {
        const record = said.reduce((all, { device, ...wants }) => withWants(all, device, { quarter: 90, ...wants }), bare);
        for (const device of ['a', 'b', 'c']) {
          const own = said.filter((one) => one.device === device);
          const newest = Math.max(-1, ...own.map(({ sequence }) => sequence));
          expect(record.wants?.find((one) => one.device === device)?.sequence ?? -1).toBe(newest);
        }
        const inForce = (record.wants ?? []).filter((one) => one.until >= 100 && one.entries.length > 0).length;
        expect(wantsInForce([record], 100).get('one')?.length ?? 0).toBe(inForce);
        expect(wantsInForce([record], 106)).toBe(noWants);
      }),
    );
  });

  test('an older message leaves the record as it is, and the last quarter of a want still counts', () => {
    const enough: WantsEntry = { action: 'enough', layer: 'whole', file: 0 };
    const first = withWants(bare, 'a', { sequence: 2, quarter: 5, until: 9, entries: [enough] });
    expect(withWants(first, 'a', { sequence: 2, quarter: 6, until: 99, entries: [] })).toBe(first);
    expect(withWants(first, 'a', { sequence: 1, quarter: 6, until: 99, entries: [] })).toBe(first);
    expect(wantsInForce([first], 9).get('one')).toEqual([[enough]]);
    expect(wantsInForce([first], 10)).toBe(noWants);
  });
});

describe('the order', () => {
  test('is total, never leaves its layer for a want, and has what is asked for before the rest of its layer', () => {
    fc.assert(
      fc.property(notes, fc.array(entries, { maxLength: 3 }), (parcels, said) => {
        const wants = viewOf(...said);
        const sorted = [...parcels].sort(compareIn({ wants }));
        expect([...parcels].toReversed().sort(compareIn({ wants }))).toEqual(sorted);
        const keys = sorted.map((one) => 2 * rankOfLayer(one.layer) + (isAsked(wants, one) ? 0 : 1));
        expect(keys.filter((key) => key > 1)).toEqual(keys.filter((key) => key > 1).sort((a, b) => a - b));
        const ranks = sorted.map(({ layer }) => rankOfLayer(layer));
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
        const words = parcels.filter(({ layer }) => layer === 'words').sort(compareParcels);
        expect(sorted.slice(0, words.length)).toEqual(words);
      }),
    );
  });

  test('is as without wants where nothing is asked for', () => {
    fc.assert(
      fc.property(notes, (parcels) => {
        expect([...parcels].sort(compareIn({ wants: noWants }))).toEqual([...parcels].sort(compareParcels));
        const enough = viewOf([{ action: 'enough', layer: 'cut', file: 0 }]);
        expect([...parcels].sort(compareIn({ wants: enough }))).toEqual([...parcels].sort(compareParcels));
      }),
    );
  });

  test('is that of the entries inside a dispatch, and of dispatches the oldest first', () => {
    const part = (id: number, part: number, order = 1) =>
      makeNote(id, 8192, { layer: 'whole', part, order, dispatch: order === 1 ? 'one' : 'two' });
    const parts = [part(1, 0), part(2, 1), part(3, 2), part(4, 3)] as const;
    const [later, latest] = [part(5, 0, 2), part(6, 1, 2)];
    const wants: WantsView = new Map([
      [
        'one',
        [
          [
            { action: 'first', layer: 'whole', file: 0, from: 3, to: toTheEnd },
            { action: 'first', layer: 'whole', file: 0, from: 1, to: 1 },
          ],
        ],
      ],
      ['two', [[{ action: 'first', layer: 'whole', file: 0, from: 1, to: 1 }]]],
    ]);
    const tally = makeNote(7, 8192, { layer: 'tally' });
    const sorted = [later, latest, ...parts, tally].sort(compareIn({ wants }));
    expect(sorted).toEqual([parts[3], tally, parts[1], latest, parts[0], parts[2], later]);
  });
});

describe('enough', () => {
  test('is what some device has enough of and none asks for; never words', () => {
    fc.assert(
      fc.property(notes, fc.array(entries, { maxLength: 3 }), (parcels, said) => {
        const state = stateOf(viewOf(...said), parcels);
        for (const parcel of parcels) {
          const enough = said.flat().some((one) => {
            const its = one.layer === parcel.layer || (one.layer === 'whole' && parcel.layer === 'tally');
            return one.action === 'enough' && parcel.dispatch === 'one' && one.file === parcel.file && its;
          });
          expect(isEnough(state, parcel)).toBe(parcel.layer !== 'words' && enough && !isAsked(state.wants, parcel));
          expect(piecesToSend(state, parcel).length === 0).toBe(isEnough(state, parcel) || wantedPieces(state, parcel)?.count === 0);
          expect(inOrder(state).includes(parcel)).toBe(!isEnough(state, parcel));
        }
      }),
    );
  });

  test('of one device is overruled by another that asks, for that part alone', () => {
    const parts = [0, 1, 2].map((part) => makeNote(part + 1, 8192, { layer: 'whole', part }));
    const tally = makeNote(9, 8192, { layer: 'tally' });
    const wants = viewOf([{ action: 'enough', layer: 'whole', file: 0 }], [{ action: 'first', layer: 'whole', file: 0, from: 1, to: 1 }]);
    expect([...parts, tally].map((parcel) => isEnough({ wants }, parcel))).toEqual([true, false, true, true]);
  });
});

test('of a part that is held in part only what some device lacks is sent, and of what is here only that', () => {
  const missing = (...pieces: number[]) => {
    const bitmap = new Bitmap(256);
    for (const piece of pieces) bitmap.add(piece);
    return bitmap;
  };
  const part = makeNote(1, 32_768, { layer: 'whole', part: 2 });
  const lacks = (...pieces: number[]): WantsEntry => ({
    action: 'pieces',
    layer: 'whole',
    file: 0,
    part: 2,
    missing: missing(...pieces),
  });
  const state = { wants: viewOf([lacks(1, 3, 200)], [lacks(3, 7)]) };
  expect(piecesToSend(state, part)).toEqual([1, 3, 7]);
  expect(wantedPieces(state, makeNote(2, 32_768, { layer: 'whole', part: 1 }))).toBeNull();
  const here = new Bitmap(8);
  here.add(3);
  expect(piecesToSend(state, { ...part, pieces: here })).toEqual([3]);
});

test('no word holds for ever, or from far ahead: whoever stole a device cannot silence a phone for a century', () => {
  const word = { quarter: 1000, until: 2 ** 32 - 1 };
  expect(isInForce(word, 1000)).toBe(true);
  expect(isInForce(word, 1000 + 180 * 96)).toBe(true);
  expect(isInForce(word, 1001 + 180 * 96)).toBe(false);
  expect(isInForce({ quarter: 5000, until: 6000 }, 4000)).toBe(false);
  // A clock may be a day behind.
  expect(isInForce({ quarter: 5000, until: 6000 }, 4900)).toBe(true);
  expect(isInForce({ quarter: 5000, until: 5010 }, 5011)).toBe(false);
});
