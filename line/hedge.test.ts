import { describe, expect, test } from 'vitest';
import { platformClock as clock } from './clock.ts';
import { hedged } from './hedge.ts';

const never = (signal: AbortSignal): Promise<string> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')));
  });

describe('a hedged question', () => {
  test('takes the answer of the attempt that lives, and ends the others', async () => {
    const signals: AbortSignal[] = [];
    const attempt = (signal: AbortSignal): Promise<string> => {
      signals.push(signal);
      return signals.length < 3 ? never(signal) : Promise.resolve('held');
    };
    expect(await hedged(attempt, { clock, signal: new AbortController().signal, everyMs: 5, most: 3 })).toBe('held');
    expect(signals.every((signal) => signal.aborted)).toBe(true);
  });

  test('asks once when it is answered, and says what went wrong when it is not', async () => {
    let asked = 0;
    const signal = new AbortController().signal;
    await hedged(async () => (asked += 1), { clock, signal, everyMs: 50, most: 3 });
    expect(asked).toBe(1);
    await expect(hedged(() => Promise.reject(new Error('no line')), { clock, signal, everyMs: 5, most: 3 })).rejects.toThrow('no line');
    const over = new AbortController();
    setTimeout(() => over.abort(), 20);
    await expect(hedged(never, { clock, signal: over.signal, everyMs: 5, most: 2 })).rejects.toThrow('aborted');
  });
});
