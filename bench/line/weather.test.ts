import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { badLines } from './lines.ts';
import { Twister } from './twister.ts';
import { packetBytes, RecordedLane, SteadyLane, windowsOf } from './weather.ts';

const python = spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0;

if (!python) console.log('  left out: the weather of a seed against the line tool: python3 is not installed');

/** As `tools/line` draws them. */
const script = `
import json, random, sys
out = []
for seed, a, b, c, d in json.loads(sys.argv[1]):
    w, at, turns = random.Random(seed), 0, []
    for _ in range(400):
        at += w.uniform(a, b); turns.append(at)
        at += w.uniform(c, d); turns.append(at)
    out.append(turns)
print(json.dumps(out))
`;

test.skipIf(!python)('the weather of a seed is the one that the line tool plays', () => {
  const seeds = [1, 2, 3, 4, 5, 0, 77, 2 ** 32 - 1];
  for (const line of badLines) {
    const asked = seeds.map((seed) => [seed, line.alive.least, line.alive.most, line.dead.least, line.dead.most]);
    const played = JSON.parse(spawnSync('python3', ['-c', script, JSON.stringify(asked)], { encoding: 'utf8' }).stdout) as number[][];
    for (const [i, seed] of seeds.entries()) {
      const turns: number[] = [];
      for (const { from, to } of windowsOf(line, seed)) {
        if (turns.length > 0) turns.push(from);
        if (turns.length >= 800) break;
        turns.push(to);
      }
      expect(turns.slice(0, 799)).toEqual(played[i]?.slice(0, 799));
    }
  }
});

it('draws the numbers of MT19937 as Python does', () => {
  const twister = new Twister(1);
  expect([twister.random(), twister.random()]).toEqual([0.13436424411240122, 0.8474337369372327]);
});

it('lets as many packets onto a recorded line as there are stamps, lap after lap', () => {
  const lane = new RecordedLane([0.1, 0.1, 0.4, 1]);
  expect(lane.bytesBetween(0, 0.2)).toBe(2 * packetBytes);
  expect(lane.bytesBetween(0.2, 1.2)).toBe(4 * packetBytes);
  expect(lane.whenEntered(0, 1)).toBe(0.1);
  expect(lane.whenEntered(0.2, 4 * packetBytes)).toBeCloseTo(1.1);
});

it('lets in by a moment what had entered at that moment', () => {
  const lanes = [new SteadyLane(30_000), new RecordedLane([0.013, 0.5, 0.51, 2])];
  fc.assert(
    fc.property(
      fc.constantFrom(...lanes),
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.integer({ min: 1, max: 500_000 }),
      (lane, from, bytes) => {
        const at = lane.whenEntered(from, bytes);
        expect(at).toBeGreaterThanOrEqual(from - 1e-9);
        expect(lane.bytesBetween(from, at + 1e-6)).toBeGreaterThanOrEqual(bytes - 1);
        expect(lane.bytesBetween(from, at - 1e-6)).toBeLessThan(bytes);
      },
    ),
  );
});
