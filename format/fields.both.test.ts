import { expect, test } from 'vitest';
import { always, days } from './hostile.ts';
import { isDay, isMinute } from './fields.ts';

test('every day of the calendar is a day, and nothing else is', () => {
  always(days, (day) => {
    expect(isDay(day)).toBe(true);
  });
  for (const text of ['2026-02-29', '2026-04-31', '2026-13-01', '2026-00-10', '2026-01-00', '26-01-01', '2026-1-1', '2026-01-01\n', ''])
    expect(isDay(text), text).toBe(false);
  expect(isDay('2028-02-29')).toBe(true);
});

test('a minute is one that a clock shows', () => {
  expect(isMinute('2026-12-31T23:59Z')).toBe(true);
  for (const text of ['2026-12-31T24:00Z', '2026-12-31T23:60Z', '2026-12-31T23:59', '2026-02-30T00:00Z'])
    expect(isMinute(text), text).toBe(false);
});
