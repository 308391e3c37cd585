import { Bitmap, type Layer, bucketBytes, layers, piecesOf } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BagPlan,
  type Learned,
  type SenderState,
  emptyState,
  onBagAnswered,
  onBagLost,
  onBagSent,
  onDoubt,
  onHeld,
  onParcels,
  viewOf,
} from './machine.ts';
import { type ParcelNote, compareParcels, rankOfLayer } from './order.ts';
import { missingPieces, nextBag, nextQuestion, openPieces, underWay } from './plan.ts';
import { makeNote } from './test-parcels.ts';

const relay = 'http://127.0.0.1:1';

/** A relay as the machine sees it: what it holds, which of it was sent more than once. */
class Shelf {
  readonly held = new Map<string, Bitmap>();
  repeated = 0;

  take(plan: BagPlan, notes: ReadonlyMap<string, ParcelNote>, frames: number): void {
    let left = frames;
    for (const entry of plan.entries) {
      const note = notes.get(entry.name);
      if (!note) throw new Error('planned a parcel that nobody put');
      if (entry.head && left > 0 && !this.held.has(entry.name)) this.held.set(entry.name, new Bitmap(piecesOf(note.bytes)));
      for (const piece of entry.pieces) {
        const shelf = this.held.get(entry.name);
        if ((left -= 1) < 0 || !shelf) return;
        if (shelf.has(piece)) this.repeated += 1;
        shelf.add(piece);
      }
    }
  }

  answer(names: readonly string[]): Learned[] {
    return names.map((name) => {
      const pieces = this.held.get(name);
      if (!pieces) return { name, held: { state: 'unknown' } };
      return { name, held: pieces.full ? { state: 'taken' } : { state: 'partial', pieces: pieces.copy() } };
    });
  }
}

const anyNotes = fc
  .array(
    fc.record({
      layer: fc.constantFrom<Layer[]>(...layers),
      urgent: fc.boolean(),
      order: fc.nat(5),
      file: fc.nat(2),
      bytes: fc.constantFrom(...bucketBytes.slice(0, 5)),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((places) => places.map(({ bytes, ...place }, i) => makeNote(i + 1, bytes, { ...place, dispatch: `d${place.order}`, part: i })));

/** Plays one choice after the other; ends when nothing is under way and nothing can be planned. */
function play(
  notes: readonly ParcelNote[],
  budget: number,
  choices: readonly number[],
): { state: SenderState; shelf: Shelf; plans: BagPlan[] } {
  const byName = new Map(notes.map((note) => [note.name, note]));
  const shelf = new Shelf();
  const flights: BagPlan[] = [];
  const plans: BagPlan[] = [];
  let state = onParcels(emptyState, notes);
  const send = (): boolean => {
    const plan = flights.length < 2 ? nextBag(state, relay, budget) : null;
    if (!plan) return false;
    checkPlan(state, plan, budget);
    state = onBagSent(state, plan);
    flights.push(plan);
    plans.push(plan);
    return true;
  };
  const ask = (): boolean => {
    const names = nextQuestion(state, relay);
    state = onHeld(state, relay, shelf.answer(names), state.clock);
    return names.length > 0;
  };
  const end = (choice: number): boolean => {
    const [plan] = flights.splice(choice % Math.max(1, flights.length), 1);
    if (!plan) return false;
    const lost = choice % 3 === 0;
    shelf.take(plan, byName, lost ? choice % 20 : Infinity);
    state = lost ? onBagLost(state, plan.bag) : onBagAnswered(state, plan.bag, shelf.answer(plan.entries.map((entry) => entry.name)));
    return true;
  };
  for (const choice of choices) [send, () => end(choice), ask][choice % 3 === 2 ? 2 : (choice >> 2) % 2]?.();
  for (let calm = 0; send() || ask() || end(1); calm += 1) if (calm > 20_000) throw new Error('never ends');
  return { state, shelf, plans };
}

/** What a plan may be, given the state it was made from. */
function checkPlan(state: SenderState, plan: BagPlan, budget: number): void {
  const waiting = [...state.parcels.values()].sort(compareParcels);
  const planned = new Set(plan.entries.map((entry) => entry.name));
  const eligible = waiting.filter((parcel) => missingPieces(state, relay, parcel, budget).length > 0);
  // No parcel is passed over for one that comes after it.
  expect(eligible.slice(0, planned.size).map((parcel) => parcel.name)).toEqual([...planned]);
  for (const entry of plan.entries) {
    const parcel = state.parcels.get(entry.name);
    if (!parcel) throw new Error('planned what does not wait');
    const view = viewOf(state, relay, parcel);
    const flying = underWay(state, relay, entry.name);
    expect(entry.pieces.some((piece) => view.held.has(piece) || view.doubt.has(piece) || flying.has(piece))).toBe(false);
    expect(entry.head).toBe(!view.headHeld);
  }
  checkNothingOvertakes(state, plan, waiting);
}

/** Of all that tells more than what was planned, every piece is held, under way, or in the same plan. */
function checkNothingOvertakes(state: SenderState, plan: BagPlan, waiting: readonly ParcelNote[]): void {
  const least = Math.max(...plan.entries.map(({ name }) => rankOfLayer(state.parcels.get(name)?.layer ?? 'whole')));
  for (const parcel of waiting.filter(({ layer }) => rankOfLayer(layer) < least)) {
    const planned = plan.entries.find(({ name }) => name === parcel.name)?.pieces ?? [];
    expect(openPieces(state, relay, parcel)).toEqual(planned);
  }
}

describe('the machine', () => {
  test('ends with everything held, and sends nothing twice, whatever is lost and answered in whatever order', () => {
    fc.assert(
      fc.property(anyNotes, fc.integer({ min: 100, max: 60_000 }), fc.array(fc.nat(1000), { maxLength: 80 }), (notes, budget, choices) => {
        const { state, shelf } = play(notes, budget, choices);
        expect(state.parcels.size).toBe(0);
        expect([...shelf.held.values()].every((pieces) => pieces.full)).toBe(true);
        expect(shelf.repeated).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('sends no whole before every word is under way or held', () => {
    fc.assert(
      fc.property(anyNotes, fc.integer({ min: 9000, max: 60_000 }), (notes, budget) => {
        const { plans } = play(notes, budget, []);
        const ranks = plans.flatMap((plan) =>
          plan.entries.map((entry) => rankOfLayer(notes.find((note) => note.name === entry.name)?.layer ?? 'whole')),
        );
        // Heads of these words cost less than an eighth of the bag, so nothing ever overtakes.
        const small = notes.every((note) => note.bytes <= 64 * 1024 && 8 * (8 + note.bytes / 128) <= budget);
        if (small) expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
    );
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

  test('holds back all that tells less while a piece is in doubt', () => {
    const words = makeNote(1, 8192, { layer: 'words' });
    const glance = makeNote(2, 16_384, { layer: 'glance' });
    let state = onParcels(emptyState, [words, glance]);
    const plan = nextBag(state, relay, 8300);
    if (!plan) throw new Error('nothing planned');
    expect(plan.entries.map(({ name }) => name)).toEqual([words.name]);
    state = onBagSent(state, plan);
    expect(nextBag(state, relay, 8300)?.entries.map(({ name }) => name)).toEqual([glance.name]);
    state = onBagLost(state, plan.bag);
    expect(nextBag(state, relay, 8300)).toBeNull();
    state = onParcels(state, [makeNote(3, 8192, { layer: 'words', order: 2 })]);
    expect(nextBag(state, relay, 30_000)?.entries).toHaveLength(1);
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
