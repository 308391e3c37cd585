import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DispatchRecord } from './dispatch-record.ts';
import { emptyState } from './machine.ts';
import { progressOf } from './progress.ts';
import type { SpooledParcel } from './spool.ts';
import { makeNote } from './test-parcels.ts';
import type { WantsView } from './wants.ts';

const record: DispatchRecord = {
  v: 1,
  key: 'one',
  id: '00'.repeat(16),
  urgent: false,
  order: 1,
  wholes: [null],
  acknowledged: [],
  outcome: null,
};
const carried = { vkey: '', salt: '', quarter: 1, signature: '', arrived: false };
const parcels: SpooledParcel[] = (['words', 'glance', 'cut', 'whole', 'tally'] as const).map((layer, i) => ({
  ...makeNote(i + 1, 8192, { layer }),
  carried: { ...carried, arrived: true },
}));

describe('the progress', () => {
  test('nothing but acknowledgements of every layer that was made, by the quorum, makes it safe to erase', () => {
    const bit = fc.boolean();
    const claims = fc.record({ words: bit, files: fc.tuple(fc.record({ glance: bit, cut: bit, whole: bit })) });
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 3 }), fc.integer({ min: 1, max: 3 }), (said, quorum) => {
        const acknowledged = said.map((one, i) => ({ ...one, device: `d${i}`, sequence: 1, quarter: 1 }));
        const { safeToErase } = progressOf({ ...record, acknowledged }, parcels, emptyState, quorum);
        const held = (what: (one: (typeof said)[number]) => boolean): boolean => said.filter(what).length >= quorum;
        const all = held((one) => one.words) && (['glance', 'cut', 'whole'] as const).every((name) => held((one) => one.files[0][name]));
        expect(safeToErase).toBe(all);
      }),
    );
  });

  test('a whole without its tally is never taken, and has no total unless it was told', () => {
    const open = parcels.filter((parcel) => parcel.layer !== 'tally');
    expect(progressOf(record, open, emptyState, 1).files[0]?.whole).toEqual({
      state: 'going',
      bytesHeld: 8192,
      bytesTotal: null,
      enough: false,
    });
    expect(progressOf({ ...record, wholes: [90_000] }, open, emptyState, 1).files[0]?.whole.bytesTotal).toBe(90_000);
    expect(progressOf(record, parcels, emptyState, 1).files[0]?.whole).toEqual({
      state: 'arrived',
      bytesHeld: 16_384,
      bytesTotal: 16_384,
      enough: false,
    });
  });

  test('says here before anything left, and goes by the least of its parcels', () => {
    const waiting = parcels.map((parcel) => ({ ...parcel, carried: null }));
    expect(progressOf(record, waiting, emptyState, 1).words).toEqual({ state: 'here', bytesHeld: 0, bytesTotal: 8192, enough: false });
    const mixed = parcels.map((parcel) => (parcel.layer === 'tally' ? { ...parcel, carried } : parcel));
    expect(progressOf(record, mixed, emptyState, 1).files[0]?.whole.state).toBe('taken');
  });

  test('says enough when all that waits of a layer is, and only of that layer', () => {
    const wants: WantsView = new Map([['one', [[{ action: 'enough', layer: 'whole', file: 0 }]]]]);
    const state = { ...emptyState, wants };
    const layersOf = (list: readonly SpooledParcel[]) => {
      const { words, files } = progressOf(record, list, state, 1);
      return [words, files[0]?.glance, files[0]?.cut, files[0]?.whole].map((segment) => segment?.enough);
    };
    expect(layersOf(parcels.map((parcel) => ({ ...parcel, carried: null })))).toEqual([false, false, false, true]);
    expect(layersOf(parcels.map((parcel) => (parcel.layer === 'tally' ? { ...parcel, carried: null } : parcel)))[3]).toBe(true);
    expect(layersOf(parcels)[3]).toBe(false);
  });
});
