/** The bad lines of the bench, and what is asked of Zajil on each. `docs/protocol.md` section "Sending". */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Span {
  readonly least: number;
  readonly most: number;
}

export interface BadLinePlan {
  readonly key: string;
  readonly title: string;
  /** Bytes per second each way, where no trace is given. */
  readonly rate: number;
  readonly trace: { readonly up: string; readonly down: string } | null;
  readonly rttMs: number;
  /** From 0 to below 1, each way. */
  readonly loss: number;
  /** Seconds. */
  readonly alive: Span;
  readonly dead: Span;
  /** Of parcels that wait. */
  readonly bytes: number;
  /** How long the watched tus client bears a silence while it sends, and while it waits for an answer: tried out for this line. */
  readonly tusPatience: { readonly sendingMs: number; readonly answerMs: number };
  readonly goals: { readonly use: number; readonly ofBound: number | null };
}

const megabyte = 1_000_000;
const traces = join(import.meta.dirname, '..', '..', '..', 'shared', 'lines');
const mobileTrace = { up: join(traces, 'TMobile-UMTS-driving.up'), down: join(traces, 'TMobile-UMTS-driving.down') };

const cafe: BadLinePlan = {
  key: 'cafe',
  title: 'café that is shut',
  rate: 30_000,
  trace: null,
  rttMs: 600,
  loss: 0,
  alive: { least: 15, most: 25 },
  dead: { least: 20, most: 60 },
  bytes: 2 * megabyte,
  tusPatience: { sendingMs: 8000, answerMs: 2600 },
  goals: { use: 0.88, ofBound: 0.96 },
};

export const badLines: readonly BadLinePlan[] = [
  cafe,
  { ...cafe, key: 'cafe-loss', title: 'the same, 3 % lost', loss: 0.03, goals: { use: 0.8, ofBound: null } },
  {
    key: 'edge',
    title: 'edge in a siege',
    rate: 5000,
    trace: null,
    rttMs: 900,
    loss: 0,
    alive: { least: 20, most: 90 },
    dead: { least: 60, most: 300 },
    bytes: 400_000,
    tusPatience: { sendingMs: 30_000, answerMs: 3500 },
    goals: { use: 0.85, ofBound: null },
  },
  {
    key: '3g',
    title: '3G on the move',
    rate: 0,
    trace: mobileTrace,
    rttMs: 150,
    loss: 0,
    alive: { least: 30, most: 120 },
    dead: { least: 5, most: 30 },
    bytes: 10 * megabyte,
    tusPatience: { sendingMs: 15_000, answerMs: 1500 },
    goals: { use: 0.85, ofBound: null },
  },
];

/** Can this machine play it? Recorded lines are not part of the repository. */
export function isPlayable(line: BadLinePlan): boolean {
  return line.trace === null || (existsSync(line.trace.up) && existsSync(line.trace.down));
}

/** The line as arguments of `tools/line`. A phone that is not done by then is ended. */
export function lineArguments(line: BadLinePlan, seed: number, limitSeconds: number): string[] {
  const rate = line.trace ? ['--trace-up', line.trace.up, '--trace-down', line.trace.down] : ['--rate', String(line.rate)];
  const windows = `${line.alive.least}-${line.alive.most}:${line.dead.least}-${line.dead.most}`;
  const loss = line.loss > 0 ? ['--loss', String(line.loss)] : [];
  const rest = ['--seed', String(seed), '--limit', String(Math.ceil(limitSeconds))];
  return [...rate, '--rtt', String(line.rttMs), ...loss, '--windows', windows, '--cut', ...rest];
}
