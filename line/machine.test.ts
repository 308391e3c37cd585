/** The machine on a line that does whatever lines do: `line-life.rig.ts` says what happens, `plan-rules.rig.ts` judges every bag. */
import { Bitmap, type Layer, bucketBytes, layers } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyLife, anyNotes, anyWants, happen, play } from './line-life.rig.ts';
import { SimulatedLine } from './machine-line.rig.ts';
import {
  type SenderState,
  emptyState,
  onBagAnswered,
  onBagLost,
  onBagSent,
  onDoubt,
  onHeld,
  onParcels,
  onWants,
  viewOf,
} from './machine.ts';
import { MemorySpool } from './memory-spool.ts';
import { type ParcelNote, compareParcels } from './order.ts';
import { packBag } from './pack.ts';
import { whatMayGo } from './plan-rules.rig.ts';
import { awaitingPromise, nextBag, nextQuestion } from './plan.ts';
import { makeNote, makeParcel } from './test-parcels.ts';
import { noWants, piecesToSend } from './wants.ts';

const relay = 'http://127.0.0.1:1';
/** `ZAJIL_DRILLS=1` plays twenty times as many lines. */
const runs = (count: number): { numRuns: number } => ({ numRuns: process.env['ZAJIL_DRILLS'] === '1' ? 20 * count : count });

/** All that is here and wanted is at the relay; or was there, came from a card, and is lost again after the relay said so. */
function checkHeld(line: SimulatedLine, notes: readonly ParcelNote[]): void {
  const shelf = line.shelf(line.current);
  for (const note of notes) {
    if (!line.state.parcels.has(note.name)) {
      expect([...line.shelves.values()].some((one) => one.took(note.name))).toBe(true);
      continue;
    }
    const there = piecesToSend(line.state, note).every((piece) => shelf.holds(note.name, piece));
    expect(there || (note.pieces !== undefined && shelf.hasLost(note.name))).toBe(true);
  }
}

/** All that a state holds, as text. */
function picture(state: SenderState): string {
  return JSON.stringify(state, (_, value: unknown) => {
    if (value instanceof Bitmap) return [...value.bytes];
    return value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
  });
}

describe('the machine', () => {
  test('is never stuck, and wastes nothing without need, whatever the line, the relays and the newsroom do', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const line = play(life);
        line.calm();
        checkHeld(line, life.notes);
        if (line.mayStillTake) expect(awaitingPromise(line.state, line.current)).not.toEqual([]);
        line.want(noWants);
        line.calm();
        checkHeld(line, life.notes);
        expect(line.mayStillTake).toBe(false);
        for (const shelf of line.shelves.values()) expect(shelf.waste).toEqual({ pieces: 0, heads: 0, headless: 0 });
      }),
      runs(500),
    );
  });

  test('can be replayed: the same life gives the same bags', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        expect(JSON.stringify(play(life).plans)).toBe(JSON.stringify(play(life).plans));
      }),
      runs(25),
    );
  });

  test('changes no state that it gave away', () => {
    fc.assert(
      fc.property(anyLife, ({ shape, notes, events, views }) => {
        const line = new SimulatedLine(shape, notes);
        line.supply(notes);
        for (const event of events) {
          const { state } = line;
          const before = picture(state);
          happen(line, event, [], views);
          expect(picture(state)).toBe(before);
        }
      }),
      runs(25),
    );
  });

  test('does not depend on the order in which parcels were put', () => {
    fc.assert(
      fc.property(anyNotes, anyWants, fc.nat(), fc.integer({ min: 100, max: 60_000 }), (notes, wants, shift, budget) => {
        const turned = [...notes.slice(shift % notes.length), ...notes.slice(0, shift % notes.length)].toReversed();
        const plans = [notes, turned].map((some) => nextBag(onWants(onParcels(emptyState, some), wants), relay, budget));
        expect(plans[0]?.entries).toEqual(plans[1]?.entries);
      }),
      runs(100),
    );
  });

  test('comes to each parcel after at most as many bags as pieces go before it, though newer ones of a layer keep coming', () => {
    fc.assert(
      fc.property(anyNotes, fc.constantFrom<Layer[]>(...layers), fc.integer({ min: 100, max: 20_000 }), (some, layer, budget) => {
        const notes = some
          .map((note) => ({ ...note, urgent: false }))
          .filter((note) => compareParcels(note, makeNote(0, 8192, { layer, order: 10 })) < 0);
        const newer = Array.from({ length: 200 }, (_, i) => makeNote(1000 + i, 8192, { layer, order: 10 + i }));
        const line = new SimulatedLine({ relays: 1, lanes: 1, depth: 1, budget }, [...notes, ...newer]);
        line.supply(notes);
        const rows = whatMayGo(line.state, { relay, lane: 0, budget });
        while (rows.some(({ parcel }) => !line.plans.some(({ entries }) => entries.some(({ name }) => name === parcel.name)))) {
          line.supply(newer.splice(0, 1));
          expect(line.plans.length).toBeLessThan(rows.length);
          expect(line.send(0) && line.answer(0)).toBe(true);
        }
        for (const { parcel } of rows) {
          const turn = line.plans.findIndex(({ entries }) => entries.some(({ name }) => name === parcel.name));
          expect(turn).toBeLessThanOrEqual(rows.findIndex((row) => row.parcel === parcel));
        }
      }),
      runs(60),
    );
  });

  test('plans bags that have exactly the planned length when they are packed', async () => {
    const spool = new MemorySpool();
    const parcels = layers.map((layer, i) => makeParcel(i + 1, bucketBytes[i % 3] ?? 8192, { layer, part: i }));
    for (const { note, head, bytes } of parcels) await spool.put(note, head, bytes);
    const notes = parcels.map(({ note }) => note);
    let state = onParcels(emptyState, notes);
    for (const [lane, budget] of [100, 9000, 4500, 30_000, 60_000].entries()) {
      const plan = nextBag(state, relay, budget, lane % 2);
      if (!plan) throw new Error('nothing planned');
      const { body, absent } = await packBag(plan, spool);
      expect([body.length, absent]).toEqual([plan.bytes, []]);
      state = onBagSent(state, plan);
    }
    expect(nextBag(state, relay, 90_000)).toBeNull();
  });

  test('plans again only after asking when a bag is lost', () => {
    const [words] = [makeNote(1, 8192, { layer: 'words' })];
    if (!words) throw new Error('unreachable');
    let state = onParcels(emptyState, [words]);
    const plan = nextBag(state, relay, 20_000);
    if (!plan) throw new Error('nothing planned');
    state = onBagLost(onBagSent(state, plan), plan.bag);
    expect(nextBag(state, relay, 20_000)).toBeNull();
    expect(nextQuestion(state, relay)).toEqual([words.name]);
    state = onHeld(state, relay, [{ name: words.name, held: { state: 'unknown' } }], state.clock);
    expect(nextBag(state, relay, 20_000)?.entries).toEqual([{ name: words.name, head: true, pieces: [0, 1] }]);
  });

  test('an answer to what was asked, or sent, before a bag was lost leaves that bag in doubt', () => {
    const note = makeNote(1, 65_536, { layer: 'words' });
    const start = onParcels(emptyState, [note]);
    const beside = nextBag(start, relay, 9000, 1);
    const lost = beside && nextBag(onBagSent(start, beside), relay, 9000, 0);
    if (!beside || !lost) throw new Error('nothing planned');
    const flying = onBagSent(onBagSent(start, beside), lost);
    const state = onBagLost(flying, lost.bag);
    const unknown = [{ name: note.name, held: { state: 'unknown' as const } }];
    const doubt = new Set(lost.entries[0]?.pieces);
    expect(viewOf(onHeld(state, relay, unknown, flying.clock), relay, note).doubt).toEqual(doubt);
    expect(viewOf(onBagAnswered(state, beside.bag, unknown), relay, note).doubt).toEqual(doubt);
    expect(viewOf(onHeld(state, relay, unknown, state.clock), relay, note).doubt.size).toBe(0);
  });

  test('an answer that is older than what is known takes nothing away', () => {
    const note = makeNote(1, 8192, { layer: 'glance' });
    let state = onParcels(emptyState, [note]);
    const askedAt = state.clock;
    const one = new Bitmap(2);
    one.add(0);
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'partial', pieces: one } }], state.clock);
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'unknown' } }], askedAt);
    expect(viewOf(state, relay, note).held.has(0)).toBe(true);
  });

  test('an answer that is older than what is known does not open a relay again that let the parcel go', () => {
    const note = makeNote(1, 8192, { layer: 'glance' });
    let state = onParcels(emptyState, [note]);
    const askedAt = state.clock;
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'gone' } }], state.clock);
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'partial', pieces: new Bitmap(2) } }], askedAt);
    expect(nextBag(state, relay, 20_000)).toBeNull();
  });

  test('a relay that lost what it held is given it again', () => {
    const note = makeNote(1, 8192, { layer: 'glance' });
    let state = onParcels(emptyState, [note]);
    const one = new Bitmap(2);
    one.add(0);
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'partial', pieces: one } }], state.clock);
    state = onHeld(state, relay, [{ name: note.name, held: { state: 'unknown' } }], state.clock);
    expect(nextBag(state, relay, 20_000)?.entries).toEqual([{ name: note.name, head: true, pieces: [0, 1] }]);
  });

  test('asks about what an earlier run touched before it sends any of it', () => {
    const note = makeNote(1, 8192, { layer: 'words' });
    const state = onDoubt(onParcels(emptyState, [note]), relay, [note.name]);
    expect(nextBag(state, relay, 20_000)).toBeNull();
    expect(nextQuestion(state, relay)).toEqual([note.name]);
  });

  test('what was let go by a relay is not sent there again, but to another', () => {
    const note = makeNote(1, 8192, { layer: 'words' });
    const state = onHeld(onParcels(emptyState, [note]), relay, [{ name: note.name, held: { state: 'gone' } }], 0);
    expect(nextBag(state, relay, 20_000)).toBeNull();
    expect(nextBag(state, 'http://127.0.0.1:2', 20_000)).not.toBeNull();
  });
});

describe('the order', () => {
  test('is words, glances, cuts, wholes; urgent words newest first, all else oldest first; a tally after its parts', () => {
    const make = (id: number, layer: Layer, order: number, more: Partial<ParcelNote> = {}) => makeNote(id, 8192, { layer, order, ...more });
    const wanted = [
      make(1, 'words', 9, { urgent: true }),
      make(2, 'words', 7, { urgent: true }),
      make(3, 'words', 1),
      make(4, 'words', 8),
      make(5, 'glance', 1),
      make(6, 'glance', 9, { urgent: true }),
      make(7, 'cut', 2),
      make(8, 'whole', 1),
      make(9, 'whole', 1, { part: 1 }),
      make(10, 'tally', 1),
      make(11, 'whole', 1, { file: 1 }),
      make(12, 'whole', 2),
    ];
    expect(wanted.toReversed().sort(compareParcels)).toEqual(wanted);
  });
});
