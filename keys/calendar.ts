/**
 * Which intake keys there are: for each day, for each month, and one of last resort, with the day on which each one's
 * secret is destroyed. `docs/protocol.md` section "Intake keys". All days are UTC, written as in ISO 8601.
 */
import type { KeyScope } from '@zajil/format';

/** Day keys are issued this many days ahead, so that a phone without a line for three weeks still has fresh ones. */
export const issueAheadDays = 21;
/** New ones are issued when fewer days than this remain. */
export const renewBelowDays = 14;
/** A day key's secret is destroyed this many days after its day. */
export const dayRetainDays = 14;
/** A month key's secret is destroyed this many days after its month. */
export const monthRetainDays = 180;
/** Two years: for a phone that was long out of reach. */
export const lastResortDays = 730;

export interface Term {
  readonly scope: KeyScope;
  readonly from: string;
  readonly until: string;
  readonly destroyed: string;
}

const dayMs = 86_400_000;

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(day) + days * dayMs);
}

/** The terms that ought to exist today and are not among those issued. */
export function missingTerms(today: string, issued: readonly Term[]): Term[] {
  return [...missingDays(today, issued), ...missingMonths(today, issued), ...missingLast(today, issued)];
}

function missingDays(today: string, issued: readonly Term[]): Term[] {
  const taken = new Set(issued.filter((term) => term.scope === 'day').map((term) => term.from));
  const near = Array.from({ length: renewBelowDays + 1 }, (_, i) => addDays(today, i));
  if (near.every((day) => taken.has(day))) return [];
  return Array.from({ length: issueAheadDays + 1 }, (_, i) => addDays(today, i))
    .filter((day) => !taken.has(day))
    .map((day) => ({ scope: 'day', from: day, until: day, destroyed: addDays(day, dayRetainDays) }));
}

function missingMonths(today: string, issued: readonly Term[]): Term[] {
  const first = `${today.slice(0, 7)}-01`;
  const next = `${addDays(first, 31).slice(0, 7)}-01`;
  const taken = new Set(issued.filter((term) => term.scope === 'month').map((term) => term.from));
  return [first, next]
    .filter((from) => !taken.has(from))
    .map((from) => {
      const until = addDays(`${addDays(from, 31).slice(0, 7)}-01`, -1);
      return { scope: 'month', from, until, destroyed: addDays(until, monthRetainDays) };
    });
}

function missingLast(today: string, issued: readonly Term[]): Term[] {
  const half = addDays(today, lastResortDays / 2);
  if (issued.some((term) => term.scope === 'last' && term.until >= half)) return [];
  const until = addDays(today, lastResortDays);
  return [{ scope: 'last', from: today, until, destroyed: addDays(until, monthRetainDays) }];
}
