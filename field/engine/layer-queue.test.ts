import { expect, test } from 'vitest';
import { LayerQueue } from './layer-queue.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('glances of every dispatch come before any contact sheet, and those before any cut; older first', async () => {
  const made: string[] = [];
  const queue = new LayerQueue(() => undefined);
  const task = (rank: number, order: number) => ({ rank, order, run: async () => void made.push(`${rank}.${order}`) });
  queue.add({ rank: 2, order: 1, run: () => pause(20).then(() => void made.push('first')) });
  queue.add(task(2, 1), task(1, 2), task(0, 2), task(1, 1), task(0, 1));
  await pause(60);
  expect(made).toEqual(['first', '0.1', '0.2', '1.1', '1.2', '2.1']);
});

test('one at a time, and a task that breaks does not stop the others', async () => {
  const faults: unknown[] = [];
  let running = 0;
  let most = 0;
  let done = 0;
  const queue = new LayerQueue((error) => faults.push(error));
  for (let order = 0; order < 5; order++)
    queue.add({
      rank: 0,
      order,
      run: async () => {
        most = Math.max(most, ++running);
        await pause(2);
        running -= 1;
        if (order === 1) throw new Error('broken');
        done += 1;
      },
    });
  await pause(60);
  expect({ most, done, faults: faults.length }).toEqual({ most: 1, done: 4, faults: 1 });
});
