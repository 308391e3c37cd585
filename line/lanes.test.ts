import { describe, expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

const steady = (): number => 1;
const lossy = (i: number): number => (i % 3 === 0 ? 2.5 : 0.4);

/** Answers come for so long from a line that carries what `rate` says for so many lanes. Returns milliseconds with more than one lane. */
function carry(lanes: Lanes, fromMs: number, toMs: number, rate: (lanes: number) => number, stretch: (i: number) => number): number {
  let several = 0;
  for (let now = fromMs, i = 0; now < toMs; i += 1) {
    const ms = 500 * stretch(i);
    now += ms;
    lanes.answered((rate(lanes.count) * 500) / 1000, now);
    if (lanes.count > 1) several += ms;
  }
  return several;
}

describe('the lanes', () => {
  test('stay one while every bag takes the same time', () => {
    const lanes = new Lanes(4);
    expect(carry(lanes, 0, 600_000, () => 30_000, steady)).toBe(0);
  });

  test('are tried less and less where more of them carry no more', () => {
    const lanes = new Lanes(4);
    const several = carry(lanes, 0, 600_000, () => 30_000, lossy);
    expect(lanes.count).toBe(1);
    expect(several).toBeGreaterThan(0);
    expect(several).toBeLessThan(0.06 * 600_000);
  });

  test('grow while each carries more, up to what the wire allows', () => {
    const lanes = new Lanes(3);
    carry(lanes, 0, 20_000, (count) => 12_000 * count, lossy);
    expect(lanes.count).toBe(3);
    carry(lanes, 20_000, 200_000, (count) => 12_000 * count, lossy);
    expect(lanes.count).toBe(3);
  });

  test('keep what was found over a loss, but not what was only being tried', () => {
    const lanes = new Lanes(4);
    for (let now = 0, i = 0; lanes.count < 3; i += 1) lanes.answered(6000 * lanes.count, (now += 500 * lossy(i)));
    lanes.lost();
    expect(lanes.count).toBe(2);
  });

  test('are always one on a wire that allows no more', () => {
    const lanes = new Lanes(1);
    expect(carry(lanes, 0, 100_000, (count) => 12_000 * count, lossy)).toBe(0);
  });
});
