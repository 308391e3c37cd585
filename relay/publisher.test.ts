import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Publisher } from './publisher.ts';
import { until } from './rig.ts';

test('a batch enters at whole multiples of the period, one at a time, until it is stopped', async () => {
  const moments: number[] = [];
  let working = 0;
  const publish = async (): Promise<void> => {
    moments.push(Date.now());
    working += 1;
    expect(working).toBe(1);
    await wait(30);
    working -= 1;
  };
  const publisher = new Publisher(publish, 200, Date.now);
  await until(() => moments.length === 3);
  await publisher.stop();
  expect(working).toBe(0);
  await wait(250);
  expect(moments).toHaveLength(3);
  const [first = 0, second = 0, third = 0] = moments.map((moment) => Math.round(moment / 200));
  expect([second - first, third - second]).toEqual([1, 1]);
});

test('a batch that cannot enter makes it unhealthy until one can', async () => {
  let failing = true;
  let calls = 0;
  const publish = async (): Promise<void> => {
    calls += 1;
    if (failing) throw new Error('no room');
  };
  const publisher = new Publisher(publish, 50, Date.now);
  expect(publisher.healthy).toBe(true);
  await until(() => calls >= 2);
  expect(publisher.healthy).toBe(false);
  failing = false;
  await until(() => publisher.healthy);
  await publisher.stop();
});
