import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { NameLocks } from './name-locks.ts';

test('work under one name takes turns, in order, also after a failure; under another it does not wait', async () => {
  const locks = new NameLocks();
  const steps: string[] = [];
  const step = async (name: string, text: string, fail = false): Promise<void> => {
    steps.push(`${text} begins`);
    await wait(5);
    steps.push(`${text} ends`);
    if (fail) throw new Error(name);
  };
  const work = [
    locks.with('a', async () => await step('a', 'one', true)).catch(() => {}),
    locks.with('a', async () => await step('a', 'two')),
    locks.with('b', async () => await step('b', 'other')),
  ];
  expect([locks.busy('a'), locks.busy('c')]).toEqual([true, false]);
  await Promise.all(work);
  expect(steps.filter((text) => !text.startsWith('other'))).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  expect(steps.indexOf('other begins')).toBeLessThan(steps.indexOf('one ends'));
  expect(locks.busy('a')).toBe(false);
});
