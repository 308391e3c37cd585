import { describe, expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

const steady = (): number => 1;
const lossy = (i: number): number => (i % 2 === 0 ? 1.6 : 0.4);

/** Answers come for so long from a line that carries what `rate` says for so many lanes. Returns milliseconds with several. */
function carry(lanes: Lanes, fromMs: number, toMs: number, rate: (lanes: number) => number, stretch: (i: number) => number): number {
  let several = 0;
  for (let now = fromMs, i = 0; now < toMs; i += 1) {
    const ms = 500 * stretch(i);
    now += ms;
    const bytesPerSecond = rate(lanes.count);
    lanes.answered(bytesPerSecond / 2, bytesPerSecond, now);
    if (lanes.count > 1) several += ms;
  }
  return several;
}

describe('the lanes', () => {
  test('end as one, after a few seconds, where that carries as much', () => {
    const lanes = new Lanes(4);
    expect(lanes.count).toBe(1);
    expect(carry(lanes, 0, 600_000, () => 30_000, steady)).toBeLessThan(6000);
    expect(lanes.count).toBe(1);
  });

  test('are tried again, less and less, where bags take very different times and more lanes carry no more', () => {
    const lanes = new Lanes(4);
    const several = carry(lanes, 0, 600_000, () => 30_000, lossy);
    expect(lanes.count).toBe(1);
    expect(several).toBeLessThan(0.06 * 600_000);
  });

  test('stay three where those carry more, and one is tried less and less', () => {
    const lanes = new Lanes(4);
    const several = carry(lanes, 0, 600_000, (count) => (count === 1 ? 17_000 : 27_000), lossy);
    expect(lanes.count).toBe(3);
    expect(several).toBeGreaterThan(0.94 * 600_000);
  });

  test('are one on a slow line, whatever happens on it', () => {
    const lanes = new Lanes(4);
    expect(carry(lanes, 0, 600_000, () => 5000, lossy)).toBe(0);
  });

  test('keep what was found over a loss, but not what was only being tried', () => {
    const lanes = new Lanes(4);
    carry(lanes, 0, 30_000, (count) => (count === 1 ? 17_000 : 27_000), lossy);
    expect(lanes.count).toBe(3);
    lanes.lost();
    expect(lanes.count).toBe(3);
    for (let now = 30_000, i = 0; lanes.count !== 1; i += 1) lanes.answered(13_500, 27_000, (now += 500 * lossy(i)));
    lanes.lost();
    expect(lanes.count).toBe(3);
  });

  test('are as many as the wire allows', () => {
    expect(carry(new Lanes(1), 0, 100_000, (count) => 20_000 * count, lossy)).toBe(0);
    const two = new Lanes(2);
    carry(two, 0, 20_000, (count) => 20_000 * count, lossy);
    expect(two.count).toBe(2);
  });
});
