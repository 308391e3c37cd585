import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeKit } from './kit.ts';
import { type BadLinePlan, badLines } from './lines.ts';
import { aliveUntilWhole, heldAtEnd, useOfLine } from './run-record.ts';
import { runOnce } from './run.ts';
import { senders } from './senders.ts';

const [cafe] = badLines;
if (!cafe) throw new Error('no line');
/** Quick, and alive long enough for the first window to suffice. */
const line: BadLinePlan = { ...cafe, rate: 200_000, rttMs: 20, alive: { least: 60, most: 60 }, bytes: 300_000 };

test.each(senders)('over a line that is there, $title brings every byte and is measured', { timeout: 60_000 }, async (sender) => {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-proxied-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const kit = await makeKit(join(folder, 'kit'), line.bytes);
  const bytes = kit.parcels.reduce((sum, parcel) => sum + parcel.bytes, 0);
  const run = await runOnce({
    line,
    sender,
    seed: 1,
    kit: join(folder, 'kit'),
    compiled: join(folder, 'c'),
    proxied: true,
    limitSeconds: 30,
  });
  expect(run.figures.phone).toBe(0);
  expect(heldAtEnd(run)).toBe(bytes);
  expect(run.held.at(-1)?.received).toBeGreaterThanOrEqual(bytes);
  expect(run.phone?.cpu).toBeGreaterThan(0);
  expect(useOfLine(run)).toBeGreaterThan(0.05);
  expect(useOfLine(run)).toBeLessThan(1);
  const words = aliveUntilWhole(run, kit, 'words') ?? Infinity;
  const whole = aliveUntilWhole(run, kit, 'whole') ?? Infinity;
  expect(words).toBeGreaterThan(0);
  expect(whole).toBeGreaterThan(words);
  expect(whole).toBeLessThan(run.figures.alive_s);
});
