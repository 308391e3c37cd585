import { Bitmap, type Layer, nameFrameBytes, parcelHeadBytes, pieceFrameBytes, toHex } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CardPlan, planCard, turnOf } from './card-plan.ts';
import type { ParcelNote } from './order.ts';
import { compareParcels } from './order.ts';
import { makeNote, numbersFrom } from './test-parcels.ts';

const kib = 1024;
const mib = 1024 * kib;

/** One dispatch: words, glance, cut, and a whole of `parts` parcels of 1 MiB with its tally. */
function waiting(parts: number): ParcelNote[] {
  const random = numbersFrom(parts);
  const note = (bytes: number, place: Partial<ParcelNote> & { layer: Layer }): ParcelNote => ({
    ...makeNote(1, bytes, place),
    name: toHex(Uint8Array.from({ length: 32 }, () => random() * 256)),
  });
  return [
    note(8 * kib, { layer: 'tally' }),
    ...Array.from({ length: parts }, (_, part) => note(mib, { layer: 'whole', part })),
    note(64 * kib, { layer: 'cut' }),
    note(16 * kib, { layer: 'glance' }),
    note(8 * kib, { layer: 'words' }),
  ];
}

function bitmapOf(size: number, pieces: readonly number[]): Bitmap {
  const bitmap = new Bitmap(size);
  for (const piece of pieces) bitmap.add(piece);
  return bitmap;
}

const keysOf = (plan: CardPlan): Set<string> =>
  new Set(plan.files.flatMap(({ entries }) => entries.flatMap(({ name, pieces }) => pieces.map((piece) => `${name}/${piece}`))));

function lengthOf(plan: CardPlan, parcels: readonly ParcelNote[]): number {
  const bytesOf = new Map(parcels.map((parcel) => [parcel.name, parcel.bytes]));
  const entryBytes = plan.files.flatMap(({ entries }) =>
    entries.map(
      ({ name, head, pieces }) =>
        (head ? 1 + parcelHeadBytes(bytesOf.get(name) ?? 0) : 0) + nameFrameBytes + pieces.length * pieceFrameBytes,
    ),
  );
  return plan.files.length * 4 + entryBytes.reduce((sum, bytes) => sum + bytes, 0);
}

describe('what goes onto a card', () => {
  test('is all that waits, in the order in which it tells, when there is room', () => {
    const parcels = waiting(3);
    const plan = planCard(parcels, { fillBytes: 100 * mib });
    expect(plan.files).toHaveLength(1);
    expect(plan.files[0]?.entries.map(({ name }) => name)).toEqual([...parcels].sort(compareParcels).map(({ name }) => name));
    expect(plan).toMatchObject({ parcels: 7, pieces: 2 + 4 + 16 + 3 * 256 + 2, piecesLeft: 0 });
    expect(plan.bytes).toBe(lengthOf(plan, parcels));
  });

  test('is never more than was allowed, in no file more than the card takes, and each file has its own heads', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 * mib }),
        fc.integer({ min: 20 * kib, max: 9 * mib }),
        fc.integer({ min: 1, max: 4 }),
        (fillBytes, mostFileBytes, of) => {
          const parcels = waiting(5);
          const plan = planCard(parcels, { fillBytes, mostFileBytes, share: { number: of, of } });
          expect(plan.bytes).toBe(lengthOf(plan, parcels));
          expect(plan.bytes).toBeLessThanOrEqual(fillBytes);
          for (const file of plan.files) {
            expect(file.bytes).toBeLessThanOrEqual(mostFileBytes);
            const seen = new Set<string>();
            for (const { name, head, pieces } of file.entries) {
              expect(head).toBe(!seen.has(name));
              expect(pieces.length).toBeGreaterThan(0);
              seen.add(name);
            }
          }
          expect(keysOf(plan).size).toBe(plan.pieces);
          expect(plan.pieces + plan.piecesLeft).toBe(2 + 4 + 16 + 5 * 256 + 2);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('fills the room there is: less than one piece and a head stay free', () => {
    for (const fillBytes of [100_000, 1_000_000, 3_333_333])
      expect(fillBytes - planCard(waiting(5), { fillBytes }).bytes).toBeLessThan(
        pieceFrameBytes + 1 + parcelHeadBytes(mib) + nameFrameBytes + 4,
      );
  });

  test('of a parcel that is here in part is only that part', () => {
    const [parcel] = waiting(0).slice(-1);
    const other = planCard([{ ...(parcel as ParcelNote), pieces: bitmapOf(2, [1]) }], { fillBytes: mib });
    expect(other.files[0]?.entries[0]?.pieces).toEqual([1]);
  });
});

test('what the newsroom wants goes first inside its layer, and what it has enough of fills what room is left', () => {
  const parcels = waiting(4);
  const parts = parcels.filter(({ layer }) => layer === 'whole').map(({ name }) => name);
  const [dispatch = ''] = parcels.map((parcel) => parcel.dispatch);
  const first = { action: 'first', layer: 'whole', file: 0, from: 2, to: 3 } as const;
  const cut = { action: 'enough', layer: 'cut', file: 0 } as const;
  const orderOf = (limits: Parameters<typeof planCard>[1]) =>
    planCard(parcels, limits).files.flatMap(({ entries }) => entries.map(({ name }) => name));
  const wanted = orderOf({ fillBytes: 100 * mib, wants: new Map([[dispatch, [[first, cut]]]]) });
  expect(wanted.filter((name) => parts.includes(name))).toEqual([parts[2], parts[3], parts[0], parts[1]]);
  expect(wanted.at(-1)).toBe(parcels.find(({ layer }) => layer === 'cut')?.name);
  expect(new Set(wanted).size).toBe(parcels.length);
  expect(orderOf({ fillBytes: 4 * mib, wants: new Map([[dispatch, [[cut]]]]) })).not.toContain(wanted.at(-1));
});

describe('cards that share', () => {
  test('each carry all that tells more than a whole, and the tally', () => {
    const parcels = waiting(8);
    for (const number of [1, 2, 3]) {
      const keys = keysOf(planCard(parcels, { fillBytes: 3 * mib, share: { number, of: 3 } }));
      for (const { name, layer, bytes } of parcels) {
        if (layer !== 'whole') for (let piece = 0; piece < bytes / 4096; piece += 1) expect(keys).toContain(`${name}/${piece}`);
      }
    }
  });

  test('hold everything together when each holds its share, and with 60 % each any two hold 93 %', () => {
    const parcels = waiting(30);
    const all = planCard(parcels, { fillBytes: 1e9 });
    const cards = (part: number) =>
      [1, 2, 3].map((number) => keysOf(planCard(parcels, { fillBytes: all.bytes * part, share: { number, of: 3 } })));
    const shareOf = (...some: (Set<string> | undefined)[]) => new Set(some.flatMap((keys) => [...(keys ?? [])])).size / all.pieces;
    expect(shareOf(...cards(0.36))).toBe(1);
    const [a, b, c] = cards(0.6);
    for (const pair of [
      [a, b],
      [a, c],
      [b, c],
    ])
      expect(shareOf(...pair)).toBeGreaterThan(0.92);
    const [d, e] = cards(0.7);
    expect(shareOf(d, e)).toBeGreaterThan(0.995);
  });

  test('take turns by name and number alone, each piece once by every card', () => {
    const names = waiting(9).map(({ name }) => name);
    for (const of of [1, 2, 3, 5])
      for (const name of names)
        for (let piece = 0; piece < 64; piece += 1) {
          const turns = Array.from({ length: of }, (_, card) => turnOf(name, piece, card, of));
          expect([...turns].sort((x, y) => x - y)).toEqual(turns.map((_, i) => i));
        }
  });

  test('are told apart from 1 to 16', () => {
    for (const share of [
      { number: 0, of: 2 },
      { number: 3, of: 2 },
      { number: 1, of: 17 },
      { number: 1.5, of: 2 },
    ])
      expect(() => planCard([], { fillBytes: 1, share })).toThrow(RangeError);
  });
});
