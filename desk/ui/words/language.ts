/** The two languages of the desk, and how times and sizes are shown. */
import { computed, effect, signal } from '@preact/signals';
import { arabic } from './arabic.ts';
import { english } from './english.ts';

const languages = { ar: arabic, en: english } as const;

export const language = signal<'ar' | 'en'>(navigator.language.startsWith('ar') ? 'ar' : 'en');
export const say = computed(() => languages[language.value]);

effect(() => {
  document.documentElement.lang = language.value;
  document.documentElement.dir = say.value.direction;
});

/** @param quarter - quarter hours since 1970. Shown in UTC with Latin digits, as evidence is written. */
export function quarterText(quarter: number): string {
  return `${new Date(quarter * 900_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Isolated left to right, so that number and unit keep their order inside Arabic. */
export function sizeText(bytes: number): string {
  return `\u2066${plainSize(bytes)}\u2069`;
}

function plainSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
