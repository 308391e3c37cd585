/** A file larger than memory allows, sealed by `zajil send` and opened by `zajil collect`, each in flat memory. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figure, fullSize } from './figures.ts';
import { peakOf, World } from './zajil.ts';

const bytes = fullSize ? 4 * 2 ** 30 : 96 * 2 ** 20;
const mostMemoryBytes = 300e6;
const name = fullSize ? '4 GiB' : '96 MiB';
let world: World;

beforeAll(() => {
  world = new World('big');
});
afterAll(() => world.end());

/** Bytes that do not compress and do not repeat; made faster than they are read. */
async function makeFile(path: string): Promise<string> {
  const file = await open(path, 'wx');
  const hash = createHash('sha256');
  const block = randomBytes(8 * 2 ** 20);
  for (let at = 0; at < bytes; at += block.length) {
    block.writeBigUInt64BE(BigInt(at), 0);
    const part = block.subarray(0, Math.min(block.length, bytes - at));
    hash.update(part);
    await file.write(part);
  }
  await file.close();
  return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

test(`${name} are sealed and opened with less than 300 MB in each process, and come out equal`, { timeout: 3_600_000 }, async () => {
  const { desk, relay, invite } = await world.newsroom();
  const path = world.path('evidence.bin');
  const sha256 = await makeFile(path);
  const begun = Date.now();
  const sent = await world.must('send', '--invite', invite, '--state', world.path('phone'), '--until', 'taken', '--json', path);
  const sentSeconds = (Date.now() - begun) / 1000;
  const collected = await world.must('collect', '--dir', desk, '--json');
  const collectedSeconds = (Date.now() - begun) / 1000 - sentSeconds;
  const listed = await world.must('exhibits', '--dir', desk, '--json');
  const exhibit = listed.lines.find((line) => line['event'] === 'exhibit');
  expect(exhibit?.['files']).toMatchObject([{ sha256, complete: true, bytes }]);
  const exported = await world.must('export', '--dir', desk, '--exhibit', String(exhibit?.['id']), '--out', world.path('out'), '--json');
  const original = exported.lines.find((line) => line['event'] === 'original');
  expect(await hashOf(world.path('out', String(original?.['file'])))).toBe(sha256);
  figure(
    'big file',
    `${name} sealed and sent`,
    `${Math.round(bytes / 1e6 / sentSeconds)} MB/s, peak ${Math.round(sent.peakBytes / 1e6)} MB`,
  );
  figure(
    'big file',
    `${name} fetched and opened`,
    `${Math.round(bytes / 1e6 / collectedSeconds)} MB/s, peak ${Math.round(collected.peakBytes / 1e6)} MB`,
  );
  figure('big file', 'exported', `peak ${Math.round(exported.peakBytes / 1e6)} MB`);
  const relayPeakBytes = peakOf(relay.child.pid);
  figure('big file', 'relay', `peak ${Math.round(relayPeakBytes / 1e6)} MB`);
  for (const peakBytes of [sent, collected, exported].map((ended) => ended.peakBytes)) expect(peakBytes).toBeLessThan(mostMemoryBytes);
  expect(relayPeakBytes).toBeGreaterThan(0);
  expect(relayPeakBytes).toBeLessThan(mostMemoryBytes);
});
