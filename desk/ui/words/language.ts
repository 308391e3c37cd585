/** The two languages of the desk, and how times, sizes and refusals are told. */
import { computed, effect, signal } from '@preact/signals';
import { arabicTroubles } from './arabic-troubles.ts';
import { arabic } from './arabic.ts';
import { english } from './english.ts';

const languages = { ar: arabic, en: english } as const;

export const language = signal<'ar' | 'en'>(navigator.language.startsWith('ar') ? 'ar' : 'en');
export const say = computed(() => languages[language.value]);

effect(() => {
  document.documentElement.lang = language.value;
  document.documentElement.dir = say.value.direction;
  document.title = say.value.desk;
});

/** The sentence for a refusal in the desk's language, or the server's own where there is none. */
export function refusalText({ code, message }: { readonly code: string; readonly message: string }): string {
  const own = language.value === 'ar' ? arabicTroubles[code] : undefined;
  return own ?? (message || say.value.lost);
}

/** Letters of which script come first? The language in which a text is probably written. @returns null when there are none */
export function scriptOf(text: string): 'ar' | 'en' | null {
  const first = /\p{L}/u.exec(text)?.[0];
  if (first === undefined) return null;
  return /\p{Script=Arabic}/u.test(first) ? 'ar' : 'en';
}

const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/**
 * The quarter hour itself, since no more is known: its first minute alone would stand before the minute of writing.
 * In UTC with Latin digits, as evidence is written.
 *
 * @param quarter - quarter hours since 1970
 */
export function quarterText(quarter: number): string {
  const from = quarter * 900_000;
  return `${stamp(from)}–${stamp(from + 900_000).slice(11)} UTC`;
}

/** @param written - `YYYY-MM-DDThh:mmZ`, as the phone said it; shown as it is when it is not that */
export function writtenText(written: string): string {
  const ms = Date.parse(written);
  return Number.isNaN(ms) ? written : `${stamp(ms)} UTC`;
}

const units = { ar: ['بايت', 'كيلوبايت', 'ميغابايت', 'غيغابايت'], en: ['B', 'kB', 'MB', 'GB'] } as const;

/** Number and unit, isolated so that they stay together in either direction. */
export function sizeText(bytes: number): string {
  const [one, kilo, mega, giga] = units[language.value];
  return `\u2068${plainSize(bytes, one, kilo, mega, giga)}\u2069`;
}

function plainSize(bytes: number, one: string, kilo: string, mega: string, giga: string): string {
  if (bytes < 1000) return `${bytes} ${one}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} ${kilo}`;
  return bytes < 999_950_000 ? `${(bytes / 1_000_000).toFixed(1)} ${mega}` : `${(bytes / 1_000_000_000).toFixed(2)} ${giga}`;
}
