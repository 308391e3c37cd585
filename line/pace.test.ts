import { pieceFrameBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Pace,
  bagBudget,
  dialPace,
  followMs,
  laneBagBudget,
  onAnswered,
  onDialled,
  onLanded,
  onLost,
  onReplied,
  onSilence,
  patienceMs,
  pollPauseMs,
  unknownPace,
} from './pace.ts';

const mostBagBytes = 4 * 1024 * 1024;
const bagBytes = fc.integer({ min: 8710, max: mostBagBytes });
/** Bytes per second, from a line that hardly lives. */
const rate = fc.double({ min: 50, max: 1e8, noNaN: true });

/** A steady line: answers come at this rate. */
function steady(bytesPerSecond: number, rttMs: number, bags: number): Pace {
  let pace = onReplied(unknownPace, rttMs);
  for (let i = 0; i < bags; i += 1) {
    const bytes = bagBudget(pace);
    pace = onAnswered(pace, bytes, rttMs + (1000 * bytes) / bytesPerSecond);
  }
  return pace;
}

describe('the pace', () => {
  test.each([500, 2000, 30_000, 1_000_000])('finds a line of %i bytes per second within a factor of two', (rate) => {
    const found = steady(rate, 300, 30).bytesPerSecond ?? 0;
    expect(found).toBeGreaterThan(rate / 2);
    expect(found).toBeLessThan(rate * 2);
  });

  test('begins with a small bag and grows to several MiB on a fast line', () => {
    expect(bagBudget(unknownPace)).toBeLessThanOrEqual(16 * 1024);
    expect(bagBudget(steady(100e6, 1, 12))).toBe(mostBagBytes);
  });

  test('one lucky answer does not fill a slow line: what was answered bounds what is believed', () => {
    fc.assert(
      fc.property(bagBytes, fc.double({ min: 0, max: 49, noNaN: true }), fc.option(rate), (bytes, ms, before) => {
        const lucky = onAnswered({ ...unknownPace, bytesPerSecond: before }, bytes, ms);
        // Two and a half times as many bytes in a second as were answered, and bags of at most two and a half seconds.
        const most = Math.max(2.5 * bytes, before ?? 0);
        if (bytes <= mostBagBytes / 2) expect(lucky.bytesPerSecond).toBeLessThanOrEqual(most);
        expect(bagBudget(lucky)).toBeLessThanOrEqual(Math.max(13_000, bytes <= mostBagBytes / 2 ? 2.5 * most + 1 : mostBagBytes));
      }),
    );
    expect(bagBudget(onAnswered(unknownPace, 12_000, 1))).toBe(75_000);
  });

  test('where bags follow each other on lanes, one is no longer than a second of the line, or than what hides a round trip and its half', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 1, max: 5000, noNaN: true }), fc.integer({ min: 1, max: 4 }), (bytesPerSecond, trip, lanes) => {
        const pace = onDialled({ ...unknownPace, bytesPerSecond }, trip);
        const budget = laneBagBudget(pace, lanes);
        const second = bytesPerSecond * Math.max(1, (1.4 * trip) / 1000);
        expect(budget).toBeGreaterThanOrEqual(2 * pieceFrameBytes);
        expect(budget).toBeLessThanOrEqual(Math.max(2 * pieceFrameBytes + 512, second + 1));
        // All that may be under way, two bags on each lane, covers the round trip, up to the largest bag.
        if (budget < mostBagBytes) expect(2 * lanes * budget + lanes).toBeGreaterThanOrEqual((bytesPerSecond * trip) / 1000);
      }),
    );
    expect(laneBagBudget(unknownPace, 1)).toBe(bagBudget(unknownPace));
  });

  test('a line that is gone is dialled every third of a round trip at first, then seldom, and each attempt is kept for more than one', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 8000, noNaN: true }), fc.double({ min: 0, max: 1e8, noNaN: true }), (trip, goneMs) => {
        const { everyMs, keepMs } = dialPace(onDialled(unknownPace, trip), goneMs);
        expect(keepMs).toBeGreaterThan(trip);
        expect(everyMs).toBeGreaterThanOrEqual(200);
        expect(everyMs).toBeLessThanOrEqual(10_000);
        expect(dialPace(onDialled(unknownPace, trip), 2 * goneMs).everyMs).toBeGreaterThanOrEqual(everyMs);
      }),
    );
    const near = onDialled(unknownPace, 600);
    expect(dialPace(near, 60_000).everyMs).toBeLessThan(300);
    // In the end one attempt at a time.
    expect(dialPace(near, 200_000).everyMs).toBeGreaterThanOrEqual(dialPace(near, 200_000).keepMs);
    expect(onDialled({ ...unknownPace, strikes: 3 }, 0)).toEqual(unknownPace);
  });

  test('what landed of a bag under way never makes the line faster, and is believed for a third', () => {
    fc.assert(
      fc.property(rate, bagBytes, fc.double({ min: 0, max: 1e6, noNaN: true }), (before, bytes, ms) => {
        const after = onLanded({ ...unknownPace, bytesPerSecond: before }, bytes, ms).bytesPerSecond ?? 0;
        expect(after).toBeLessThanOrEqual(before);
        expect(after).toBeGreaterThanOrEqual(0.69 * before);
      }),
    );
    expect(onLanded(unknownPace, 8200, 1000).bytesPerSecond).toBe(8200);
  });

  test('lets bags share a fast line, and follow one another on a slow one', () => {
    expect(followMs(unknownPace, 8000)).toBe(Infinity);
    expect(followMs(steady(50_000_000, 1, 20), 4_000_000)).toBe(0);
    const fair = followMs(steady(200_000, 100, 10), 400_000);
    expect(fair).toBeGreaterThan(500);
    expect(fair).toBeLessThan(1500);
    const slow = steady(4000, 200, 20);
    expect(followMs(slow, 8000)).toBeGreaterThan(1000);
    expect(followMs(slow, 8000)).toBeLessThan(2500);
  });

  test('what landed of lost bags slows it down by half at most at a time, and a refused dial not at all', () => {
    const fast = steady(90_000, 200, 20);
    expect(onLost(fast, { bags: 1, pieces: 0, ms: 2 })).toEqual(fast);
    let pace = fast;
    for (let i = 0; i < 6; i += 1) {
      const before = pace.bytesPerSecond ?? 0;
      pace = onLost(pace, { bags: 2, pieces: 2, ms: 4000 });
      expect(pace.bytesPerSecond).toBeGreaterThanOrEqual(before / 2);
    }
    expect(pace.bytesPerSecond).toBeLessThan(5000);
    expect(onLost(unknownPace, { bags: 1, pieces: 0, ms: 4000 })).toEqual(unknownPace);
  });

  test('asks for news seldom on a slow line', () => {
    expect(pollPauseMs(steady(4000, 200, 20))).toBeGreaterThan(5000);
    expect(pollPauseMs(steady(1_000_000, 200, 20))).toBeLessThan(500);
  });

  test('waits longer than four round trips and five pieces, never more than half a minute', () => {
    expect(patienceMs(steady(30_000, 100, 10))).toBe(4000);
    expect(patienceMs(steady(30_000, 2000, 10))).toBe(8000);
    expect(patienceMs(steady(500, 100, 10))).toBeGreaterThanOrEqual(15_000);
    expect(patienceMs(onSilence(onSilence(onSilence(onSilence(onSilence(unknownPace))))))).toBeLessThanOrEqual(30_000);
  });

  test('stays in its bounds whatever happens', () => {
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('answered' as const),
        bytes: fc.integer({ min: 1, max: 5e6 }),
        ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('landed' as const),
        bytes: fc.integer({ min: 1, max: 5e6 }),
        ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
      }),
      fc.record({
        kind: fc.constantFrom('replied' as const, 'dialled' as const, 'lost' as const, 'silence' as const),
        bytes: fc.constant(0),
        ms: fc.double({ min: 0, max: 1e6, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let pace = unknownPace;
        for (const { kind, bytes, ms } of events) {
          if (kind === 'answered') pace = onAnswered(pace, bytes, ms);
          else if (kind === 'landed') pace = onLanded(pace, bytes, ms);
          else if (kind === 'lost') pace = onLost(pace, { bags: 2, pieces: Math.floor(ms % 3), ms });
          else if (kind === 'dialled') pace = onDialled(pace, ms);
          else pace = kind === 'replied' ? onReplied(pace, ms) : onSilence(pace);
          expect(laneBagBudget(pace, 2)).toBeGreaterThanOrEqual(2 * pieceFrameBytes);
          expect(laneBagBudget(pace, 2)).toBeLessThanOrEqual(mostBagBytes);
          expect(bagBudget(pace)).toBeGreaterThanOrEqual(2 * pieceFrameBytes);
          expect(bagBudget(pace)).toBeLessThanOrEqual(mostBagBytes);
          expect(patienceMs(pace)).toBeGreaterThanOrEqual(4000);
          expect(patienceMs(pace)).toBeLessThanOrEqual(30_000);
        }
      }),
    );
  });
});
