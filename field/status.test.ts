import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Segment, segments, segmentStates } from './engine/protocol.ts';
import { countOf, fillOf, itemStates, stateOf } from './status.ts';

const segment: fc.Arbitrary<Segment> = fc.record({
  state: fc.constantFrom(...segmentStates),
  heldBytes: fc.nat(1e9),
  bytes: fc.nat(1e9),
});
const item = fc.record({
  segments: fc.record({ words: segment, glance: segment, cut: segment, whole: segment }),
  making: fc.boolean(),
  wanted: fc.array(fc.record({ file: fc.nat(254), aboutBytes: fc.nat() }), { maxLength: 2 }),
});

test('safe to erase is said only when every segment that there is was opened, and nothing is still to be sealed', () => {
  fc.assert(
    fc.property(item, (one) => {
      if (stateOf(one) !== 'opened') return;
      const present = segments.map((name) => one.segments[name].state).filter((state) => state !== 'none');
      expect(present.length).toBeGreaterThan(0);
      expect(present.every((state) => state === 'opened')).toBe(true);
      expect(one.making || one.wanted.length > 0).toBe(false);
    }),
  );
});

test('an item is never further than its least segment', () => {
  fc.assert(
    fc.property(item, (one) => {
      const rank = itemStates.indexOf(stateOf(one));
      for (const name of segments) {
        const { state } = one.segments[name];
        if (state !== 'none' && rank >= itemStates.indexOf('taken')) expect(segmentStates.indexOf(state) - 1).toBeGreaterThanOrEqual(rank);
      }
    }),
  );
});

test('a segment looks full only when all of it is held', () => {
  fc.assert(
    fc.property(segment, (one) => {
      const full = ['taken', 'arrived', 'opened'].includes(one.state);
      expect(fillOf(one) === 1).toBe(full);
      expect(fillOf(one)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('words that are under way make the whole item going', () => {
  const none: Segment = { state: 'none', heldBytes: 0, bytes: 0 };
  const words: Segment = { state: 'going', heldBytes: 4096, bytes: 8192 };
  const one = { segments: { words, glance: none, cut: none, whole: none }, making: false, wanted: [] };
  expect(stateOf(one)).toBe('going');
  expect(countOf(one)).toEqual({ heldBytes: 4096, bytes: 8192 });
});
