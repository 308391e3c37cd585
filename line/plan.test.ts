/** Which pieces a bag carries, case by case; what holds for every bag is `plan-rules.rig.ts`, on every line of `machine.test.ts`. */
import { Bitmap, type WantsEntry } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { type BagPlan, type SenderState, emptyState, onBagKept, onBagLost, onBagSent, onHeld, onParcels, onWants } from './machine.ts';
import { awaitingPromise, mayTake, nextBag, nextQuestion, wordsBagBytes, wordsMayOvertake } from './plan.ts';
import { makeNote } from './test-parcels.ts';
import type { WantsView } from './wants.ts';
import type { Lane } from './wire.ts';

const relay = 'http://127.0.0.1:1';
const other = 'http://127.0.0.1:2';
const words = makeNote(1, 8192, { layer: 'words' });
const glance = makeNote(2, 16_384, { layer: 'glance' });
/** Its head is 8200 bytes long. */
const large = makeNote(3, 1024 * 1024, { layer: 'whole' });

function send(state: SenderState, budget: number, lane: Lane = 0): { plan: BagPlan; state: SenderState } {
  const plan = nextBag(state, relay, budget, lane);
  if (!plan) throw new Error('nothing planned');
  return { plan, state: onBagSent(state, plan) };
}

function listed(size: number, pieces: readonly number[]): Bitmap {
  const bitmap = new Bitmap(size);
  for (const piece of pieces) bitmap.add(piece);
  return bitmap;
}

function holding(state: SenderState, at: string, name: string, size: number, pieces: readonly number[]): SenderState {
  return onHeld(state, at, [{ name, held: { state: 'partial', pieces: listed(size, pieces) } }], state.clock);
}

describe('heads', () => {
  test('are not sent again behind the bag that brings them on the same lane', () => {
    const first = send(onParcels(emptyState, [large]), 20_000);
    const second = send(first.state, 20_000);
    expect([first.plan.entries[0]?.head, second.plan.entries[0]?.head]).toEqual([true, false]);
    expect(second.plan.entries[0]?.pieces[0]).toBe((first.plan.entries[0]?.pieces.at(-1) ?? 0) + 1);
  });

  test('go again on another lane where they cost an eighth of the bag at most; else the parcel waits, and what comes after it goes', () => {
    const { state } = send(onParcels(emptyState, [glance, large]), 20_000);
    const flying = send(state, 20_000).state;
    expect(nextBag(flying, relay, 8 * 8200 - 1, 1)).toBeNull();
    expect(nextBag(flying, relay, 8 * 8200, 1)?.entries[0]).toMatchObject({ name: large.name, head: true });
    const later = makeNote(4, 8192, { layer: 'whole', order: 2 });
    expect(nextBag(onParcels(flying, [later]), relay, 20_000, 1)?.entries.map(({ name }) => name)).toEqual([later.name]);
  });

  test('wait for the answer about a lost bag that may have brought them', () => {
    const { plan, state } = send(onParcels(emptyState, [large]), 20_000);
    const lost = onBagLost(state, plan.bag);
    expect([nextBag(lost, relay, 20_000), nextQuestion(lost, relay)]).toEqual([null, [large.name]]);
    expect(nextBag(lost, relay, 70_000)?.entries[0]?.head).toBe(true);
    expect(nextBag(holding(lost, relay, large.name, 256, [0]), relay, 20_000)?.entries[0]).toMatchObject({ head: false });
  });
});

describe('what goes', () => {
  test('while words are in doubt, what tells less; the words themselves only once the relay was asked', () => {
    const { plan, state } = send(onParcels(emptyState, [words, glance]), 30_000);
    expect(plan.entries.map(({ name }) => name)).toEqual([words.name]);
    const lost = onBagLost(state, plan.bag);
    expect(nextBag(lost, relay, 30_000)?.entries.map(({ name }) => name)).toEqual([glance.name]);
    const asked = onHeld(lost, relay, [{ name: words.name, held: { state: 'unknown' } }], lost.clock);
    expect(nextBag(asked, relay, 30_000)?.entries).toEqual([{ name: words.name, head: true, pieces: [0, 1] }]);
  });

  test('once more what never left, without a question', () => {
    const { plan, state } = send(onParcels(emptyState, [words]), 30_000);
    const kept = onBagKept(state, plan.bag);
    expect([nextQuestion(kept, relay), nextBag(kept, relay, 30_000)?.entries]).toEqual([[], plan.entries]);
  });

  test('last in its layer, and still before the next layer, what another relay holds', () => {
    const older = makeNote(5, 8192, { layer: 'glance', order: 0 });
    const whole = makeNote(6, 8192, { layer: 'whole' });
    const state = holding(onParcels(emptyState, [older, glance, whole]), other, older.name, 2, [0]);
    const planned = [nextBag(state, relay, 9000), nextBag(state, relay, 100_000)].map((plan) =>
      plan?.entries.map(({ name, pieces }) => [name, pieces]),
    );
    // The bag ends where a parcel would stand in it twice.
    expect(planned[0]).toEqual([
      [older.name, [1]],
      [glance.name, [0]],
    ]);
    const sent = send(state, 100_000);
    expect(sent.plan.entries.map(({ name, pieces }) => [name, pieces])).toEqual([
      [older.name, [1]],
      [glance.name, [0, 1, 2, 3]],
    ]);
    expect(nextBag(sent.state, relay, 100_000)?.entries.map(({ name, head, pieces }) => [name, head, pieces])).toEqual([
      [older.name, false, [0]],
      [whole.name, true, [0, 1]],
    ]);
  });

  test('as new words beside a running upload, and only while none are under way', () => {
    const running = send(onParcels(emptyState, [large]), 20_000).state;
    expect([wordsMayOvertake(running, relay), wordsBagBytes(running, relay)]).toEqual([false, 0]);
    const state = onParcels(running, [words]);
    expect(wordsMayOvertake(state, relay)).toBe(true);
    const overtaking = send(state, wordsBagBytes(state, relay), -2);
    expect(overtaking.plan.entries).toEqual([{ name: words.name, head: true, pieces: [0, 1] }]);
    expect(overtaking.plan.bytes).toBe(wordsBagBytes(state, relay));
    expect(wordsMayOvertake(onParcels(overtaking.state, [makeNote(7, 8192, { layer: 'words', order: 2 })]), relay)).toBe(false);
  });
});

test('words of which a lost bag may have brought the head do not overtake: something else would leave in their place', () => {
  const long = makeNote(8, 1024 * 1024, { layer: 'words' });
  const { plan, state } = send(onParcels(emptyState, [long, large]), 20_000);
  const running = send(onBagLost(state, plan.bag), 20_000).state;
  expect(nextBag(running, relay, 20_000, -2)?.entries ?? []).toEqual([]);
  expect(wordsMayOvertake(running, relay)).toBe(false);
  expect(wordsMayOvertake(holding(running, relay, long.name, 256, [0]), relay)).toBe(true);
});

describe('of a parcel that came in part', () => {
  const card = { ...glance, pieces: listed(4, [1, 3]) };
  const wanting = (missing: readonly number[]): WantsView =>
    new Map([['one', [[{ action: 'pieces', layer: 'glance', file: 0, part: 0, missing: listed(256, missing) } satisfies WantsEntry]]]]);

  test('what is not here is never planned, and nothing is left to do once the relay holds what is', () => {
    const state = onParcels(emptyState, [card]);
    expect(nextBag(state, relay, 60_000)?.entries).toEqual([{ name: card.name, head: true, pieces: [1, 3] }]);
    expect(mayTake(holding(state, relay, card.name, 4, [1]), relay)).toBe(true);
    const held = holding(state, relay, card.name, 4, [0, 1, 3]);
    expect([nextBag(held, relay, 60_000), mayTake(held, relay), awaitingPromise(held, relay)]).toEqual([null, false, []]);
  });

  test('nothing is left to do once the relay holds what is here and wanted, where the newsroom cannot bring the rest', () => {
    const state = onWants(onParcels(emptyState, [card]), wanting([0, 1]));
    expect(nextBag(state, relay, 60_000)?.entries[0]?.pieces).toEqual([1]);
    const held = holding(state, relay, card.name, 4, [1]);
    expect([nextBag(held, relay, 60_000), mayTake(held, relay), awaitingPromise(held, relay)]).toEqual([null, false, []]);
  });

  test('the promise is waited for, where the newsroom brings the rest', () => {
    const held = holding(onWants(onParcels(emptyState, [card]), wanting([1])), relay, card.name, 4, [1]);
    expect([nextBag(held, relay, 60_000), mayTake(held, relay), awaitingPromise(held, relay)]).toEqual([null, true, [card.name]]);
  });
});
