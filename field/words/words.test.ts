import { expect, test } from 'vitest';
import { arabic } from './arabic.ts';
import { english } from './english.ts';
import { languageFrom, sizeText } from './language.ts';

function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value ? Object.values(value).flatMap(sentences) : [];
}

test('Arabic numbers its files in all six ways', () => {
  expect([0, 1, 2, 3, 11, 100].map((count) => arabic.files(count).replaceAll(/[\d٠-٩]+ /g, ''))).toEqual([
    'لا ملفات',
    'ملف واحد',
    'ملفان',
    'ملفات',
    'ملفًا',
    'ملف',
  ]);
});

test('no sentence promises safety of the phone, speaks of failure, or uses the words of programmers', () => {
  const forbidden = /fail|error|secure|encrypt|upload|sync|undetect|فشل|خطأ في|مشفّر|آمن/i;
  for (const sentence of [...sentences(english), ...sentences(arabic)]) expect(sentence).not.toMatch(forbidden);
});

test('Arabic is spoken to whoever has a phone in Arabic', () => {
  expect(['ar', 'ar-SY', 'AR-iq', 'en-GB', 'ku', ''].map(languageFrom)).toEqual(['ar', 'ar', 'ar', 'en', 'en', 'en']);
});

test('Arabic text is Arabic: no Latin letter stands in it but the name of the other language', () => {
  const { otherLanguage, direction, ...rest } = arabic;
  expect(direction).toBe('rtl');
  expect(otherLanguage).toBe('English');
  for (const sentence of sentences(rest)) expect(sentence).not.toMatch(/[a-z]/i);
});

test('sizes are short: kB below a thousand, then MB', () => {
  expect(sizeText(1)).toMatch(/^\S+ \S+$/);
  expect(sizeText(8192)).toContain(sizeText(8193).split(' ')[0] ?? '');
});
