/** The machine while the newsroom asks for things: one bag at a time, lost and answered as it comes, wants changing in between. */
import { Bitmap, type Layer, type WantsEntry, bucketBytes, layers, piecesOf, toTheEnd } from '@zajil/format';
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
  onHeld,
  onParcels,
  onWants,
  viewOf,
} from './machine.ts';
import type { ParcelNote } from './order.ts';
import { awaitingPromise, mayTake, missingPieces, nextBag, nextQuestion } from './plan.ts';
import { makeNote } from './test-parcels.ts';
import { type WantsView, compareIn, isEnough, noWants, piecesToSend } from './wants.ts';

const relay = 'http://127.0.0.1:1';

const place = { layer: fc.constantFrom('glance' as const, 'cut' as const, 'whole' as const), file: fc.nat(1) };
const entry: fc.Arbitrary<WantsEntry> = fc.oneof(
  fc
    .record({ ...place, from: fc.nat(11), more: fc.constantFrom(0, 2, toTheEnd) })
    .map(({ more, ...rest }): WantsEntry => ({ action: 'first', ...rest, to: Math.min(toTheEnd, rest.from + more) })),
  fc
    .record({ ...place, part: fc.nat(11), bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }) })
    .map(({ bytes, ...rest }): WantsEntry => ({ action: 'pieces', ...rest, missing: new Bitmap(256, bytes) })),
  fc.record(place).map((rest): WantsEntry => ({ action: 'enough', ...rest })),
);
const anyView: fc.Arbitrary<WantsView> = fc
  .array(fc.tuple(fc.constantFrom('d0', 'd1', 'd2'), fc.array(fc.array(entry, { maxLength: 4 }), { minLength: 1, maxLength: 2 })))
  .map((said) => new Map(said));

const anyNotes: fc.Arbitrary<ParcelNote[]> = fc
  .array(
    fc.record({
      layer: fc.constantFrom<Layer[]>(...layers),
      urgent: fc.boolean(),
      order: fc.nat(2),
      file: fc.nat(1),
      bytes: fc.constantFrom(...bucketBytes.slice(0, 4)),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((places) => places.map(({ bytes, ...rest }, part) => makeNote(part + 1, bytes, { ...rest, dispatch: `d${rest.order}`, part })));

class Play {
  readonly held = new Map<string, Bitmap>();
  readonly #notes: ReadonlyMap<string, ParcelNote>;
  readonly #budget: number;
  repeated = 0;
  state: SenderState;
  #plan: BagPlan | null = null;

  constructor(notes: readonly ParcelNote[], budget: number) {
    this.#notes = new Map(notes.map((note) => [note.name, note]));
    this.#budget = budget;
    this.state = onParcels(emptyState, notes);
  }

  /** Sends what may go. Returns whether anything did. */
  send(): boolean {
    const plan = this.#plan ? null : nextBag(this.state, relay, this.#budget);
    if (!plan) return false;
    checkPlan(this.state, plan, this.#budget);
    this.state = onBagSent(this.state, plan);
    this.#plan = plan;
    return true;
  }

  /** @param frames - of the bag that arrive; fewer than all lose the answer */
  end(frames: number): boolean {
    const plan = this.#plan;
    if (!plan) return false;
    this.#plan = null;
    const whole = this.#take(plan, frames);
    const names = plan.entries.map(({ name }) => name);
    this.state = whole ? onBagAnswered(this.state, plan.bag, this.#answer(names)) : onBagLost(this.state, plan.bag);
    return true;
  }

  ask(): boolean {
    const names = nextQuestion(this.state, relay);
    this.state = onHeld(this.state, relay, this.#answer(names), this.state.clock);
    return names.length > 0;
  }

  /** Until nothing more can be sent. */
  calm(): this {
    for (let steps = 0; this.send() || this.ask() || this.end(Infinity); steps += 1) if (steps > 20_000) throw new Error('never ends');
    return this;
  }

  #take(plan: BagPlan, frames: number): boolean {
    let left = frames;
    for (const { name, head, pieces } of plan.entries) {
      const note = this.#notes.get(name);
      if (!note || (head && (left -= 1) < 0)) return false;
      if (head && !this.held.has(name)) this.held.set(name, new Bitmap(piecesOf(note.bytes)));
      for (const piece of pieces) {
        if ((left -= 1) < 0) return false;
        if (this.held.get(name)?.has(piece)) this.repeated += 1;
        this.held.get(name)?.add(piece);
      }
    }
    return true;
  }

  #answer(names: readonly string[]): Learned[] {
    return names.map((name) => {
      const pieces = this.held.get(name);
      if (!pieces) return { name, held: { state: 'unknown' } };
      return { name, held: pieces.full ? { state: 'taken' } : { state: 'partial', pieces: pieces.copy() } };
    });
  }
}

/** Nothing that is enough, nothing that the newsroom has, and nothing for which something else is passed over. */
function checkPlan(state: SenderState, plan: BagPlan, budget: number): void {
  const planned = new Map(plan.entries.map((one) => [one.name, one.pieces]));
  const before = compareIn(state);
  for (const [name, pieces] of planned) {
    const parcel = state.parcels.get(name);
    if (!parcel) throw new Error('planned what does not wait');
    expect(isEnough(state, parcel)).toBe(false);
    const wanted = new Set(piecesToSend(state, parcel));
    expect(pieces.every((piece) => wanted.has(piece))).toBe(true);
    for (const other of state.parcels.values()) {
      const passedOver = !planned.has(other.name) && missingPieces(state, relay, other, budget).length > 0;
      if (passedOver) expect(before(other, parcel)).toBeGreaterThan(0);
    }
  }
}

function playWith(notes: readonly ParcelNote[], budget: number, choices: readonly number[], views: readonly WantsView[]): Play {
  const play = new Play(notes, budget);
  for (const choice of choices) {
    if (choice % 4 === 0) play.send();
    if (choice % 4 === 1) play.end(choice % 3 === 0 ? choice % 13 : Infinity);
    if (choice % 4 === 2) play.ask();
    if (choice % 4 === 3) play.state = onWants(play.state, views[choice % Math.max(1, views.length)] ?? noWants);
  }
  return play;
}

describe('the machine, while the newsroom wants things', () => {
  test('plans nothing that is enough, what is wanted first inside its layer and never before a layer that tells more', () => {
    fc.assert(
      fc.property(
        anyNotes,
        fc.integer({ min: 100, max: 60_000 }),
        fc.array(fc.nat(1000), { maxLength: 60 }),
        fc.array(anyView, { minLength: 1, maxLength: 4 }),
        (notes, budget, choices, views) => {
          const play = playWith(notes, budget, choices, views).calm();
          for (const parcel of play.state.parcels.values()) {
            const view = viewOf(play.state, relay, parcel);
            expect(piecesToSend(play.state, parcel).every((piece) => view.held.has(piece))).toBe(true);
          }
          expect(play.repeated).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('sends all of it once nothing is wanted any more, and none of it twice', () => {
    fc.assert(
      fc.property(
        anyNotes,
        fc.integer({ min: 100, max: 60_000 }),
        fc.array(fc.nat(1000), { maxLength: 60 }),
        fc.array(anyView, { minLength: 1, maxLength: 4 }),
        (notes, budget, choices, views) => {
          const play = playWith(notes, budget, choices, views).calm();
          play.state = onWants(play.state, noWants);
          play.calm();
          expect(play.state.parcels.size).toBe(0);
          expect(play.repeated).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  const whole = (part: number) => makeNote(part + 1, 8192, { layer: 'whole', part, dispatch: 'd0' });
  const enough: WantsView = new Map([['d0', [[{ action: 'enough', layer: 'whole', file: 0 }]]]]);

  test('has nothing to send of what is enough, keeps it, and still sends words', () => {
    let state = onWants(onParcels(emptyState, [whole(0), whole(1)]), enough);
    expect([nextBag(state, relay, 60_000), mayTake(state, relay), state.parcels.size]).toEqual([null, false, 2]);
    const words = makeNote(9, 8192, { layer: 'words', dispatch: 'd0' });
    state = onParcels(state, [words]);
    expect(mayTake(state, relay)).toBe(true);
    expect(nextBag(state, relay, 60_000)?.entries.map(({ name }) => name)).toEqual([words.name]);
  });

  test('does not ask about a lost bag of what is enough before it is wanted again', () => {
    let state = onParcels(emptyState, [whole(0)]);
    const plan = nextBag(state, relay, 60_000);
    if (!plan) throw new Error('nothing planned');
    state = onWants(onBagLost(onBagSent(state, plan), plan.bag), enough);
    expect(nextQuestion(state, relay)).toEqual([]);
    expect(nextQuestion(onWants(state, noWants), relay)).toEqual([whole(0).name]);
  });

  test('of a part that the newsroom holds in part, sends the rest of it and then asks until it is promised', () => {
    const missing = new Bitmap(256);
    missing.add(1);
    const wants: WantsView = new Map([['d0', [[{ action: 'pieces', layer: 'whole', file: 0, part: 0, missing }]]]]);
    let state = onWants(onParcels(emptyState, [whole(0)]), wants);
    const plan = nextBag(state, relay, 60_000);
    expect(plan?.entries).toEqual([{ name: whole(0).name, head: true, pieces: [1] }]);
    const held = new Bitmap(2);
    held.add(1);
    state = onHeld(state, relay, [{ name: whole(0).name, held: { state: 'partial', pieces: held } }], state.clock);
    expect([nextBag(state, relay, 60_000), mayTake(state, relay), awaitingPromise(state, relay)]).toEqual([null, true, [whole(0).name]]);
    expect(nextBag(onWants(state, noWants), relay, 60_000)?.entries).toEqual([{ name: whole(0).name, head: false, pieces: [0] }]);
  });

  test('the same view again is no event', () => {
    const state = onWants(emptyState, enough);
    expect(onWants(state, enough)).toBe(state);
  });
});
