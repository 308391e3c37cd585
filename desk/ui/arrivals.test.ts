import { expect, test } from 'vitest';
import type { ExhibitSummary } from '../api.ts';
import { Arrivals, newsBetween } from './arrivals.ts';

const exhibit = (id: string, arrived: number, more: Partial<ExhibitSummary> = {}): ExhibitSummary => ({
  id,
  arrived,
  latest: arrived,
  words: null,
  files: [],
  releases: [],
  ...more,
});
const ids = (exhibits: readonly ExhibitSummary[]): string => exhibits.map(({ id }) => id).join('');
const words = (urgent = false) => ({ words: { text: 'x', urgent } as NonNullable<ExhibitSummary['words']> });
const file = (whole: 'arriving' | 'complete') => ({ files: [{ whole } as ExhibitSummary['files'][number]] });

test('a dispatch keeps its place while its parts arrive, also when the desk lists it otherwise', () => {
  const arrivals = new Arrivals();
  expect(ids(arrivals.ordered([exhibit('a', 2), exhibit('b', 2), exhibit('c', 1)]))).toBe('abc');
  expect(ids(arrivals.ordered([exhibit('c', 1, { latest: 9 }), exhibit('b', 2, { latest: 8 }), exhibit('a', 2)]))).toBe('abc');
});

test('what arrives in the same quarter hour stands above what was there, and is new until it is looked at', () => {
  const arrivals = new Arrivals();
  arrivals.ordered([exhibit('b', 2)]);
  expect(ids(arrivals.ordered([exhibit('b', 2), exhibit('z', 2), exhibit('a', 3)]))).toBe('azb');
  expect(['a', 'b', 'z'].map((id) => arrivals.isFresh(id))).toEqual([true, false, true]);
  arrivals.look('z');
  expect(arrivals.isFresh('z')).toBe(false);
});

test('the most telling thing that changed is told, and nothing when nothing did', () => {
  const before = [exhibit('a', 1)];
  expect(newsBetween(before, before)).toBeNull();
  expect(newsBetween(before, [exhibit('a', 1), exhibit('b', 1)])).toBe('dispatch');
  expect(newsBetween(before, [exhibit('a', 1), exhibit('b', 1, words(true))])).toBe('urgent');
  expect(newsBetween(before, [exhibit('a', 1, words())])).toBe('words');
  expect(newsBetween(before, [exhibit('a', 1, words(true))])).toBe('urgent');
  expect(newsBetween([exhibit('a', 1, file('arriving'))], [exhibit('a', 1, file('complete'))])).toBe('whole');
});
