import { expect, it } from 'vitest';
import { planDispatch } from './dispatch-sizes.ts';
import { badLines, lineArguments } from './lines.ts';
import { parseBenchOptions } from './options.ts';

it('plays everything unless told otherwise', () => {
  const { lines, senders, seeds, drills } = parseBenchOptions([]);
  expect([lines.length, senders.length, seeds, drills]).toEqual([4, 3, [1, 2, 3, 4, 5], true]);
});

it('plays what it is told, and refuses what it does not know', () => {
  const told = parseBenchOptions(['--lines', 'edge,cafe', '--senders', 'zajil', '--seeds', '3,9', '--at-once', '2', '--no-drills']);
  expect(told).toMatchObject({ seeds: [3, 9], atOnce: 2, drills: false });
  expect(told.lines.map(({ key }) => key)).toEqual(['edge', 'cafe']);
  for (const args of [['--lines', 'moon'], ['--seeds', '0'], ['--seeds', '1,x'], ['--at-once', '-1'], ['--fast'], ['word']])
    expect(() => parseBenchOptions(args), args.join(' ')).toThrow(TypeError);
});

it('plays the lines as they were recorded in the instructions of the tool', () => {
  const [cafe, loss] = badLines;
  if (!cafe || !loss) throw new Error('no line');
  expect(lineArguments(cafe, 2, 99.2).join(' ')).toBe('--rate 30000 --rtt 600 --windows 15-25:20-60 --cut --seed 2 --limit 100');
  expect(lineArguments(loss, 2, 99).join(' ')).toContain('--loss 0.03');
});

it('plans parcels that add up to the bytes asked for, less than a small parcel below', () => {
  for (const { bytes } of [...badLines, { bytes: 30_000_000 }]) {
    const planned = planDispatch(bytes);
    const sum = planned.reduce((total, parcel) => total + parcel.bytes, 0);
    expect(bytes - sum).toBeGreaterThanOrEqual(0);
    expect(bytes - sum).toBeLessThan(8192);
    expect(planned.map(({ layer }) => layer).join(' ')).toMatch(/^words glance glance cut( whole)+ tally$/);
  }
});
