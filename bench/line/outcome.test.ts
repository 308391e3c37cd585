import { expect, it } from 'vitest';
import { wordsDelays } from './drills.ts';
import { goalsOf } from './goals.ts';
import type { Kit } from './kit-file.ts';
import { badLines } from './lines.ts';
import { outcomeOf } from './outcome.ts';
import { formatPage } from './page.ts';
import { formatPlot } from './plot.ts';
import { aliveBetween, aliveUntilWhole, type Run, useOfLine } from './run-record.ts';
import { SteadyLane } from './weather.ts';

const [cafe] = badLines;
if (!cafe) throw new Error('no line');
const lane = new SteadyLane(cafe.rate);

const parcel = (name: string, layer: 'words' | 'whole', order = 0) => ({ name, layer, part: 0, bytes: 100_000, order });
const kit: Kit = {
  token: '',
  roster: '',
  parcels: [parcel('w', 'words'), parcel('a', 'whole'), parcel('b', 'whole'), parcel('n', 'words', 1)],
};

/** The line is alive for 10 s, dead for 20 s, alive again. The phone begins a second after it. */
const turns = [
  { at: 0, alive: true },
  { at: 10, alive: false },
  { at: 30, alive: true },
];
const note = (at: number, held: number, surplus: number, ...whole: string[]) => ({ at, held, surplus, received: held + 5000, whole });

function run(surplus: number, phone: number | 'limit' = 0): Run {
  return {
    proxied: false,
    line: 'cafe',
    sender: 'zajil',
    seed: 1,
    start: 500,
    turns,
    held: [note(4, 100_000, 0, 'w'), note(8, 200_000, 0, 'a'), note(32, 300_000, surplus, 'n'), note(34, 400_000, surplus, 'b')],
    phone: { began: 501, ended: 535, cpu: 2, handedOut: 440_000, dials: 9, troubles: {} },
    figures: {
      phone,
      took_s: 34,
      capacity_up: 500_000,
      carried_up: 450_000,
      alive_s: 15,
      elapsed_s: 35,
      windows: 2,
      dropped: { queue: 0, loss: 0, dead: 0, cut: 0 },
    },
  };
}

it('counts seconds of living line only', () => {
  expect(aliveBetween(turns, 1, 34)).toBe(13);
  expect(aliveBetween(turns, 12, 29)).toBe(0);
  expect(aliveUntilWhole(run(0), kit, 'words')).toBe(3);
  expect(aliveUntilWhole(run(0), kit, 'whole')).toBe(13);
  expect(aliveUntilWhole(run(0), kit, 'cut')).toBe(3);
});

it('measures new words from the moment the line came back', () => {
  expect(wordsDelays(run(0), kit)).toEqual([2]);
});

it('holds what was reached against what is asked', () => {
  expect(useOfLine(run(0))).toBe(0.8);
  const parts = { line: cafe, lane, kit, sender: 'zajil', asked: 1 };
  const good = outcomeOf({ ...parts, runs: [{ ...run(4096), figures: { ...run(0).figures, capacity_up: 410_000 } }] });
  expect(good).toMatchObject({
    done: 1,
    twice: 4096 / 400_000,
    twicePerCut: 4096,
    handedBeyond: expect.closeTo(0.1),
    beyond: expect.closeTo(5000 / 400_000),
  });
  const missed = (outcome: typeof good): string[] =>
    goalsOf(outcome).flatMap(({ met, what }) => (met ? [] : [what.replace(`${cafe.title}: `, '')]));
  expect(missed(good)).toEqual([]);
  expect(missed(outcomeOf({ ...parts, runs: [run(9000, 'limit')] }))).toEqual([
    'everything taken',
    'use of the line',
    'sent twice',
    'sent twice for each cut',
    'of the bound',
  ]);
  expect(missed(outcomeOf({ ...parts, asked: 2, runs: good.seeds === 1 ? [run(0)] : [] }))).toContain('everything taken');
});

it('prints a table of as many columns in every row, with what was missed and what was left out', () => {
  const outcome = outcomeOf({ line: cafe, lane, kit, sender: 'zajil', asked: 1, runs: [run(0)] });
  const parts = {
    circumstances: 'today',
    proxied: true,
    outcomes: [outcome],
    titles: new Map([['zajil', 'Zajil']]),
    goals: goalsOf(outcome),
    leftOut: ['3G'],
  };
  const page = formatPage(parts);
  const rows = page.split('\n').filter((line) => line.startsWith('|'));
  expect(new Set(rows.slice(0, 3).map((row) => row.split('|').length)).size).toBe(1);
  expect(page).toContain('0.800');
  expect(page).toContain('MISSED');
  expect(page).toContain('Left out: 3G.');
  expect(page).toContain('proxy');
  expect(formatPage({ ...parts, proxied: false })).not.toContain('proxy');
});

it('draws what is held as steps inside its panel, and no markup of a title', () => {
  const curves = [{ sender: 'zajil', title: 'a < b', points: run(0).held }];
  const svg = formatPlot([
    {
      title: 'one',
      bytes: 400_000,
      until: 40,
      windows: [
        { from: 0, to: 10 },
        { from: 30, to: 90 },
      ],
      curves,
    },
  ]);
  expect(svg).toContain('a &lt; b');
  const numbers = [...svg.matchAll(/[HV](-?[\d.]+)/g)].map(([, value]) => Number(value));
  expect(numbers).toHaveLength(8);
  for (const value of numbers) expect(value).toBeGreaterThanOrEqual(0);
  for (const value of numbers) expect(value).toBeLessThanOrEqual(880);
  const heights = [...svg.matchAll(/V([\d.]+)/g)].map(([, value]) => Number(value));
  expect(heights).toEqual(heights.toSorted((a, b) => b - a));
  expect(svg.match(/<rect[^>]*>/g)).toHaveLength(3);
});
