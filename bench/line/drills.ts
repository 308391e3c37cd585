/** Two drills on *café that is shut*: how soon new words are held when the line comes back, and what its absence costs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from '../rounds.ts';
import { dialRoundTrips } from './bound.ts';
import type { Goal } from './goals.ts';
import type { Kit } from './kit-file.ts';
import { makeKit } from './kit.ts';
import type { BadLinePlan } from './lines.ts';
import type { Run } from './run-record.ts';
import { runOnce } from './run.ts';
import type { SenderPlan } from './senders.ts';
import { windowsOf } from './weather.ts';

export interface DrillPlan {
  readonly line: BadLinePlan;
  readonly sender: SenderPlan;
  /** Where kits may be made. */
  readonly folder: string;
  readonly compiled: string;
  readonly proxied: boolean;
  readonly signal: AbortSignal;
}

const megabyte = 1_000_000;
const videoBytes = 30 * megabyte;
const wordsBytes = 8192;
/** Windows of one seed; the first has no dead time before it. */
const windowsPerSeed = 5;
const seeds = [1, 2, 3, 4];
/** A window is looked at for so long. */
const lookSeconds = 12;
const mostOfCore = 0.01;

/** Seconds from the line's return until new words are whole at the relay, one for each window. */
export function wordsDelays(run: Run, kit: Kit): number[] {
  const returns = run.turns.filter(({ alive, at }) => alive && at > 0).map(({ at }) => at);
  return kit.parcels
    .filter(({ order }) => order > 0)
    .map(({ name, order }) => {
      const held = run.held.find(({ whole }) => whole.includes(name))?.at ?? Infinity;
      return held - (returns[order - 1] ?? Infinity);
    });
}

/** Half a dial interval, a handshake, half a round trip to land, their bytes, half a second. In seconds. */
export function wordsLimit({ rttMs, rate }: BadLinePlan): number {
  return ((dialRoundTrips / 2 + 1.5) * rttMs) / 1000 + wordsBytes / rate + 0.5;
}

export async function wordsDrill(plan: DrillPlan): Promise<Goal> {
  const folder = await mkdtemp(join(plan.folder, 'words-'));
  const kit = await makeKit(folder, videoBytes, windowsPerSeed);
  const sender = { ...plan.sender, words: ['words'] };
  const runs = await Promise.all(
    seeds.map(
      async (seed) => await runOnce({ ...plan, sender, seed, kit: folder, limitSeconds: lastReturn(plan.line, seed) + lookSeconds }),
    ),
  );
  await rm(folder, { recursive: true });
  const delays = runs.flatMap((run) => wordsDelays(run, kit));
  const limit = wordsLimit(plan.line);
  const middle = median(delays);
  const range = `${Math.min(...delays).toFixed(2)} to ${Math.max(...delays).toFixed(2)} s`;
  return {
    what: `new words held after the line comes back, 30 MB waiting behind: median of ${delays.length} windows`,
    reached: `${middle.toFixed(2)} s (${range})`,
    asked: `≤ ${limit.toFixed(2)} s`,
    met: middle <= limit,
  };
}

function lastReturn(line: BadLinePlan, seed: number): number {
  let count = 0;
  for (const { from } of windowsOf(line, seed)) {
    if (count === windowsPerSeed) return from;
    count += 1;
  }
  return 0;
}

/** Ten seconds of line, then none. */
export async function idleDrill(plan: DrillPlan): Promise<Goal[]> {
  const folder = await mkdtemp(join(plan.folder, 'idle-'));
  await makeKit(folder, plan.line.bytes);
  const line = { ...plan.line, alive: { least: 10, most: 10 }, dead: { least: 9999, most: 9999 } };
  const run = await runOnce({ ...plan, line, sender: { ...plan.sender, words: ['idle'] }, seed: 1, kit: folder, limitSeconds: 120 });
  await rm(folder, { recursive: true });
  const idle = run.phone?.idle;
  const share = idle ? idle.cpu / idle.seconds : Number.NaN;
  const dials = idle?.dials === undefined || idle.dials === null ? null : idle.dials / idle.seconds;
  return [
    {
      what: 'a minute of dead line: share of a core',
      reached: `${(100 * share).toFixed(2)} %`,
      asked: `< ${100 * mostOfCore} %`,
      met: share < mostOfCore,
    },
    {
      // A sender that has fallen asleep for good costs nothing either.
      what: 'a minute of dead line: first packets of TCP a second',
      reached: dials === null ? 'not counted here' : dials.toFixed(2),
      asked: `above 0, ≤ ${(1000 / plan.line.rttMs).toFixed(2)} (one in the air at a time)`,
      met: dials === null || (dials > 0 && dials <= 1000 / plan.line.rttMs),
    },
  ];
}
