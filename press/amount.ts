/**
 * Days, sizes and counts as people read them, in both languages.
 *
 * Own tables rather than `Intl`: the same input must give the same bytes on every machine, and Syrian readers call the
 * months by their Levantine names. Digits are Latin in both, as in figures that are compared and copied.
 */
import type { ReleaseLanguage } from '@zajil/format';

const months: Record<ReleaseLanguage, readonly string[]> = {
  ar: ['كانون الثاني', 'شباط', 'آذار', 'نيسان', 'أيار', 'حزيران', 'تموز', 'آب', 'أيلول', 'تشرين الأول', 'تشرين الثاني', 'كانون الأول'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
};

/** @param day - `YYYY-MM-DD` */
export function spellDay(day: string, language: ReleaseLanguage): string {
  return `${Number(day.slice(8, 10))} ${spellMonth(day.slice(0, 7), language)}`;
}

/** @param month - `YYYY-MM` */
export function spellMonth(month: string, language: ReleaseLanguage): string {
  return `${months[language][Number(month.slice(5, 7)) - 1] ?? ''} ${month.slice(0, 4)}`;
}

const units: Record<ReleaseLanguage, readonly [string, string, string]> = {
  ar: ['بايت', 'كيلوبايت', 'ميغابايت'],
  en: ['bytes', 'kB', 'MB'],
};

/** Decimal units, since that is how lines are sold. */
export function spellBytes(bytes: number, language: ReleaseLanguage): string {
  const [one, kilo, mega] = units[language];
  if (bytes < 1000) return `${bytes} ${one}`;
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} ${kilo}`;
  return `${(Math.ceil(bytes / 100_000) / 10).toFixed(1)} ${mega}`;
}

/** How many other people reviewed a release; nought is said as plainly as any other number. */
export function spellReviewers(reviewers: number, language: ReleaseLanguage): string {
  return language === 'ar' ? arabicReviewers(reviewers) : englishReviewers(reviewers);
}

function englishReviewers(reviewers: number): string {
  if (reviewers === 0) return 'Nobody other than its author reviewed this.';
  return reviewers === 1 ? 'One other person reviewed and signed this.' : `${reviewers} other people reviewed and signed this.`;
}

function arabicReviewers(reviewers: number): string {
  if (reviewers === 0) return 'لم يراجع هذه المادة أحد غير كاتبها.';
  if (reviewers === 1) return 'راجع هذه المادة شخص آخر ووقّع عليها.';
  if (reviewers === 2) return 'راجع هذه المادة شخصان آخران ووقّعا عليها.';
  const rest = reviewers % 100;
  return `راجع هذه المادة ${reviewers} ${rest >= 3 && rest <= 10 ? 'أشخاص آخرين' : 'شخصًا آخر'} ووقّعوا عليها.`;
}
