import { expect, test } from 'vitest';
import { spellBytes, spellDay, spellMonth, spellReviewers } from './amount.ts';

test('days are spelled with the months that Syrian readers use', () => {
  expect(spellDay('2026-01-03', 'ar')).toBe('3 كانون الثاني 2026');
  expect(spellDay('2026-12-31', 'en')).toBe('31 December 2026');
  expect(spellMonth('2026-07', 'ar')).toBe('تموز 2026');
});

test('a size is never printed smaller than it is', () => {
  expect(spellBytes(999, 'en')).toBe('999 bytes');
  expect(spellBytes(1001, 'en')).toBe('2 kB');
  expect(spellBytes(1_000_001, 'en')).toBe('1.1 MB');
  expect(spellBytes(12_340_000, 'ar')).toBe('12.4 ميغابايت');
});

test('no reviewer is said plainly, and Arabic counts as Arabic does', () => {
  expect(spellReviewers(0, 'en')).toMatch(/^Nobody/);
  expect(spellReviewers(1, 'en')).toMatch(/^One other person/);
  expect(spellReviewers(0, 'ar')).toMatch(/^لم يراجع/);
  const forms = [1, 2, 3, 11, 101, 103].map((count) => spellReviewers(count, 'ar'));
  expect(new Set(forms).size).toBe(forms.length);
  expect(forms[2]).toContain('3 أشخاص');
  expect(forms[3]).toContain('11 شخصًا');
});
