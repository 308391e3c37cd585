import type { DispatchProgress, Segment } from '@zajil/line';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { stateOf } from '../status.ts';
import { itemOf, type Making } from './items.ts';

const nothing: Making = { glances: 0, cuts: 0, originals: 0, wanted: [], mismatch: false };
const unmade: Segment = { state: 'here', bytesHeld: 0, bytesTotal: null };
const at = (state: Segment['state'], bytes = 8192): Segment => ({ state, bytesHeld: state === 'here' ? 0 : bytes, bytesTotal: bytes });

function progress(files: { glance: Segment; cut: Segment; whole: Segment }[], words: Segment, safeToErase = false): DispatchProgress {
  const all = files.map((file, i) => ({ file: i, ...file, safeToErase }));
  return { key: 'k', urgent: false, order: 3, words, files: all, copies: 0, safeToErase };
}

test('a dispatch of words alone has one segment', () => {
  const item = itemOf(progress([], at('taken')), nothing);
  expect(Object.values(item.segments).map((segment) => segment.state)).toEqual(['taken', 'none', 'none', 'none']);
  expect(stateOf(item)).toBe('taken');
});

test('a layer that is still being made is here, and one that could not be made is not part of it', () => {
  const files = [{ glance: unmade, cut: unmade, whole: { ...unmade, bytesTotal: 65_536 } }];
  const made = { ...nothing, glances: 1, originals: 1 };
  const states = Object.values(itemOf(progress(files, at('taken')), made).segments).map((segment) => segment.state);
  expect(states).toEqual(['taken', 'here', 'none', 'here']);
});

test('who has the original has what the smaller layers would have told', () => {
  const item = itemOf(progress([{ glance: unmade, cut: unmade, whole: at('opened') }], at('opened'), true), nothing);
  expect(Object.values(item.segments).map((segment) => segment.state)).toEqual(['opened', 'opened', 'opened', 'opened']);
  expect(stateOf(item)).toBe('opened');
});

test('a segment over several files is as far as the least of them', () => {
  const file = (state: Segment['state']) => ({ glance: at(state), cut: unmade, whole: at('here', 65_536) });
  expect(itemOf(progress([file('taken'), file('here')], at('taken')), nothing).segments.glance.state).toBe('going');
  expect(itemOf(progress([file('opened'), file('taken')], at('taken')), nothing).segments.glance.state).toBe('taken');
});

test('while an original must be chosen again, its item is never taken', () => {
  fc.assert(
    fc.property(fc.constantFrom('here', 'going', 'taken', 'arrived', 'opened'), (state) => {
      const files = [{ glance: at(state), cut: at(state), whole: at(state) }];
      const item = itemOf(progress(files, at(state)), { ...nothing, wanted: [{ file: 0, aboutBytes: 1 }] });
      expect(['here', 'going']).toContain(stateOf(item));
    }),
  );
});
