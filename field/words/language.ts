/** The two languages of the page, and which one is spoken now. Typed: a language without a sentence does not compile. */
import { computed, signal } from '@preact/signals';
import { arabic } from './arabic.ts';
import { english } from './english.ts';

export type LanguageName = 'ar' | 'en';

const languages = { ar: arabic, en: english } as const;

export function languageFrom(tag: string): LanguageName {
  return tag.toLowerCase().startsWith('ar') ? 'ar' : 'en';
}

/** Kept nowhere: it begins with the phone's own language each time. */
export const language = signal<LanguageName>(languageFrom(navigator.language));
export const say = computed(() => languages[language.value]);

const tag = computed(() => (languageFrom(navigator.language) === language.value ? navigator.language : language.value));
const numbers = computed(() => new Intl.NumberFormat(tag.value, { maximumFractionDigits: 1 }));

/** A size that a person reads at a glance: kB to 999, then MB. In the digits of the phone's country. */
export function sizeText(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1000);
  if (kilobytes < 1000) return `${numbers.value.format(kilobytes)} ${say.value.kilobytes}`;
  return `${numbers.value.format(Math.round(bytes / 100_000) / 10)} ${say.value.megabytes}`;
}

/** Only the number, in kB. */
export function kilobytesText(bytes: number): string {
  return numbers.value.format(Math.ceil(bytes / 1000));
}

export function numberText(value: number): string {
  return numbers.value.format(value);
}
