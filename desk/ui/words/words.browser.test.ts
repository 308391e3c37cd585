import { expect, test } from 'vitest';
import { arabicTroubles } from './arabic-troubles.ts';
import { arabic } from './arabic.ts';
import { english } from './english.ts';
import { language, quarterText, refusalText, scriptOf, sizeText, writtenText } from './language.ts';

function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [0, 1, 2, 3, 11, 100].map((n) => (value as (...counts: number[]) => string)(n, n));
  return typeof value === 'object' && value ? Object.values(value).flatMap(sentences) : [];
}

test('Arabic counts in all six ways', () => {
  expect([0, 1, 2, 3, 11, 100].map(arabic.files)).toEqual(['لا ملفات', 'ملف واحد', 'ملفان', '3 ملفات', '11 ملفًا', '100 ملف']);
  expect(new Set([1, 2, 3, 11].map(arabic.damaged)).size).toBe(4);
  expect(english.exported(1)).toContain('1 file.');
});

test('Arabic is Arabic: a Latin word stands only in an isolate, or is the name of the other language', () => {
  const { direction: _, otherLanguage: __, ...rest } = arabic;
  for (const sentence of [...sentences(rest), ...sentences(arabicTroubles)])
    expect(sentence.replaceAll(/\u2066[^\u2069]*\u2069/g, '')).not.toMatch(/[a-z]/i);
});

test('a refusal is told in Arabic where there is a sentence for it, otherwise in the words of the desk', () => {
  language.value = 'ar';
  expect(refusalText({ code: 'KEYS_MISTYPED', message: 'A word is mistyped.' })).toBe(arabicTroubles['KEYS_MISTYPED']);
  expect(refusalText({ code: 'DESK_UNHEARD_OF', message: 'Something else.' })).toBe('Something else.');
  expect(refusalText({ code: 'DESK_SILENT', message: '' })).toBe(arabic.lost);
  language.value = 'en';
  expect(refusalText({ code: 'KEYS_MISTYPED', message: 'A word is mistyped.' })).toBe('A word is mistyped.');
});

test('the page turns with its language', () => {
  language.value = 'ar';
  expect([document.documentElement.lang, document.documentElement.dir, document.title]).toEqual(['ar', 'rtl', arabic.desk]);
  language.value = 'en';
  expect([document.documentElement.lang, document.documentElement.dir, document.title]).toEqual(['en', 'ltr', english.desk]);
});

test('a quarter hour is shown whole, over midnight too; a minute is shown as it was said', () => {
  expect(quarterText(0)).toBe('1970-01-01 00:00–00:15 UTC');
  expect(quarterText(95)).toBe('1970-01-01 23:45–00:00 UTC');
  expect(writtenText('2026-11-23T02:02Z')).toBe('2026-11-23 02:02 UTC');
  expect(writtenText('not a time')).toBe('not a time');
});

test('sizes change their unit before they have four digits', () => {
  language.value = 'en';
  const plain = (bytes: number): string => sizeText(bytes).replaceAll(/[\u2068\u2069]/g, '');
  expect([999, 1000, 999_499, 999_500, 999_949_999, 999_950_000].map(plain)).toEqual([
    '999 B',
    '1 kB',
    '999 kB',
    '1.0 MB',
    '999.9 MB',
    '1.00 GB',
  ]);
});

test('the language of a text is that of its first letter', () => {
  expect(['انفجار', '3 killed', '  «الجسر» bridge', '123', ''].map(scriptOf)).toEqual(['ar', 'en', 'ar', null, null]);
});
