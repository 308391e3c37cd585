import { expect, test } from 'vitest';
import { createHold, type HoldClock, holdMs } from './hold.ts';

class Time implements HoldClock {
  #ms = 0;
  #timers = new Map<number, { at: number; act: () => void }>();
  #last = 0;
  nowMs = () => this.#ms;
  after = (ms: number, act: () => void) => (this.#timers.set(++this.#last, { at: this.#ms + ms, act }), this.#last);
  cancel = (timer: number) => void this.#timers.delete(timer);
  pass(ms: number): void {
    const end = this.#ms + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at);
      if (!next) break;
      this.#timers.delete(next[0]);
      this.#ms = next[1].at;
      next[1].act();
    }
    this.#ms = end;
  }
}

function start() {
  const time = new Time();
  const seen: number[] = [];
  let held = 0;
  const hold = createHold(
    (part) => seen.push(part),
    () => (held += 1),
    time,
  );
  return { time, seen, hold, held: () => held };
}

test('nothing is erased by a touch, nor by holding almost long enough', () => {
  const { time, seen, hold, held } = start();
  hold.press();
  time.pass(holdMs - 50);
  hold.release();
  time.pass(60_000);
  expect(held()).toBe(0);
  expect(seen.at(-1)).toBe(0);
});

test('held for two seconds, it happens once, also when the finger stays', () => {
  const { time, hold, held } = start();
  hold.press();
  time.pass(holdMs + 100);
  time.pass(10_000);
  hold.release();
  expect(held()).toBe(1);
});

test('two short presses do not add up, and a key that repeats does not begin anew', () => {
  const { time, hold, held } = start();
  for (let i = 0; i < 2; i++) {
    hold.press();
    time.pass(holdMs / 2 + 100);
    hold.release();
  }
  expect(held()).toBe(0);
  hold.press();
  time.pass(1500);
  hold.press();
  time.pass(600);
  expect(held()).toBe(1);
});
