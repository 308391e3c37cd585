import { expect, it } from 'vitest';
import { type Contender, median, Rounds } from './rounds.ts';

const wait = (ms: number) => async () => await new Promise((done) => setTimeout(done, ms));

it('says who is faster, per byte', async () => {
  const quick: Contender = { name: 'quick', bytes: 1000, run: wait(4) };
  const slow: Contender = { name: 'slow', bytes: 1000, run: wait(40) };
  const twice: Contender = { name: 'twice the bytes', bytes: 2000, run: wait(40) };
  const rounds = await Rounds.run([quick, slow, twice], 3, 1);
  expect(rounds.ratio(slow, quick, 'clock')).toBeLessThan(0.5);
  expect(rounds.ratio(quick, slow, 'clock')).toBeGreaterThan(2);
  expect(rounds.ratio(twice, slow, 'clock')).toBeGreaterThan(1.3);
  expect(rounds.speed(quick, 'clock')).toBeGreaterThan(rounds.speed(slow, 'clock'));
});

it('does not count waiting as work', async () => {
  const idle: Contender = { name: 'waits', bytes: 1000, run: wait(40) };
  const busy: Contender = {
    name: 'works',
    bytes: 1000,
    run: () => {
      const end = process.cpuUsage().user + 20_000;
      while (process.cpuUsage().user < end);
    },
  };
  const rounds = await Rounds.run([idle, busy], 3, 1);
  expect(rounds.ratio(busy, idle, 'processor')).toBeLessThan(1);
});

it('takes the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});
