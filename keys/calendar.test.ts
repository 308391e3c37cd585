import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, missingTerms, renewBelowDays, type Term } from './calendar.ts';

const at = (terms: readonly Term[], scope: string, day: string) =>
  terms.filter((term) => term.scope === scope && term.from <= day && day <= term.until);

describe('the calendar of intake keys', () => {
  test('begins with 22 days, two months and one of last resort', () => {
    const terms = missingTerms('2026-12-15', []);
    expect(terms.filter((term) => term.scope === 'day')).toHaveLength(22);
    expect(terms.filter((term) => term.scope === 'month')).toEqual([
      { scope: 'month', from: '2026-12-01', until: '2026-12-31', destroyed: '2027-06-29' },
      { scope: 'month', from: '2027-01-01', until: '2027-01-31', destroyed: '2027-07-30' },
    ]);
    expect(terms.filter((term) => term.scope === 'last')).toHaveLength(1);
  });

  test('has, on whatever days it is renewed, one key for each of the next 14 days and for this month and the next', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }), (gaps) => {
        let today = '2027-01-30';
        let issued: Term[] = [];
        for (const gap of [0, ...gaps]) {
          today = addDays(today, gap);
          issued = [...issued, ...missingTerms(today, issued)];
          for (let i = 0; i <= renewBelowDays; i += 1) expect(at(issued, 'day', addDays(today, i))).toHaveLength(1);
          expect(at(issued, 'month', today)).toHaveLength(1);
          expect(at(issued, 'month', addDays(`${today.slice(0, 7)}-01`, 32))).toHaveLength(1);
          expect(at(issued, 'last', today).length).toBeGreaterThan(0);
          expect(missingTerms(today, issued)).toEqual([]);
        }
      }),
      { numRuns: 30 },
    );
  });
});
