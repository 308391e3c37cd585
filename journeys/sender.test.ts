import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderSpool, MemorySpool, type Snapshot, type SenderOptions, runSender } from '@zajil/line';
import { afterEach, expect, test } from 'vitest';
import { BadLine } from '@zajil/cli';
import { type LineRig, putDispatch, startLineRig } from './line-rig.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(): Promise<{ rig: LineRig; line: BadLine; options: Omit<SenderOptions, 'spool'> }> {
  const rig = await startLineRig();
  closers.push(() => rig.stop());
  const line = new BadLine(rig.relay.url);
  const base = await line.listen();
  closers.push(() => line.close());
  const invitation = { ...rig.invitation, relays: [base] };
  return { rig, line, options: { invitation, roster: rig.roster, fetch, random: Math.random, until: 'taken', timeoutMs: 120_000 } };
}

async function folderSpool(): Promise<FolderSpool> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-spool-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return FolderSpool.open(folder);
}

test('a dispatch reaches a real relay, is promised by the key that the roster names, and arrives in its log', async () => {
  const { options } = await start();
  const spool = await folderSpool();
  await putDispatch(spool, { cut: 64, whole: 256, parts: 3 });
  const end = await runSender({ ...options, spool, until: 'arrived', pollMs: { first: 200, most: 500 } });
  expect(end).toMatchObject({ state: 'done', relays: [{ state: 'working', pinned: 'roster' }] });
  expect(end.dispatches[0]).toMatchObject({ words: { state: 'arrived' }, files: [{ whole: { state: 'arrived' } }] });
});

test('a slow line that comes and goes: words first, all of it in the end', async () => {
  const { line, options } = await start();
  const spool = new MemorySpool();
  const names = await putDispatch(spool, { cut: 64, whole: 128, parts: 2 });
  line.shape({ upBytesPerSecond: 30_000, delayMs: 150 });
  line.windows([{ upMs: 8000, downMs: 4000 }], 'black-hole');
  const end = await runSender({ ...options, spool, timeoutMs: 180_000 });
  expect(end.state).toBe('done');
  expect(names).toHaveLength(6);
});

test('line-slow-and-cut: what tells most goes first, and most bytes that cross the line count', async () => {
  const { line, options } = await start();
  const spool = new MemorySpool();
  await putDispatch(spool, { cut: 16, whole: 32, parts: 1 });
  line.shape({ upBytesPerSecond: 8000, delayMs: 40 });
  // Four pieces fit into a window, if nothing else does.
  line.windows([{ upMs: 2000, downMs: 600 }], 'cut');
  const crossed: Record<string, number> = {};
  const onProgress = ({ dispatches: [dispatch] }: Snapshot): void => {
    const layers = { words: dispatch?.words, glance: dispatch?.files[0]?.glance };
    for (const [layer, progress] of Object.entries(layers)) {
      if (progress && !['here', 'going'].includes(progress.state)) crossed[layer] ??= line.stats.bytesUp;
    }
  };
  const end = await runSender({ ...options, spool, onProgress });
  expect(end.state).toBe('done');
  expect(line.stats.broken).toBeGreaterThan(4);
  expect(crossed['words']).toBeLessThan(2.5 * 8 * 1024);
  expect(crossed['glance']).toBeLessThan(2.5 * (8 + 16) * 1024);
  expect(line.stats.bytesUp).toBeLessThan(1.5 * (8 + 16 + 16 + 32 + 8) * 1024);
});
