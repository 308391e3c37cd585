/** What the runs of one sender on one line come to: means over seeds, beside what TCP could at most do there. */
import { boundOf } from './bound.ts';
import type { Kit } from './kit-file.ts';
import type { BadLinePlan } from './lines.ts';
import { aliveUntilWhole, heldAtEnd, type Run, useOfLine } from './run-record.ts';
import { type Lane, windowsOf } from './weather.ts';

export const layers = ['words', 'glance', 'cut', 'whole'] as const;

export interface Outcome {
  readonly line: BadLinePlan;
  readonly sender: string;
  readonly seeds: number;
  /** Runs in which everything was held and the sender knew it. */
  readonly done: number;
  readonly use: number;
  readonly bound: number;
  /** Mean of the ratios of each seed. */
  readonly ofBound: number;
  /** Seconds of living line until a layer was whole; null when it was not in every run. */
  readonly alive: Readonly<Record<(typeof layers)[number], number | null>>;
  /** Bytes of parcels that came although they were held ÷ distinct bytes held. */
  readonly twice: number;
  /** The same, in bytes for each time that the line was cut. */
  readonly twicePerCut: number;
  /** Bytes that came over TCP and are no new bytes of parcels ÷ distinct bytes: heads of HTTP and of bags too. */
  readonly beyond: number;
  /** Bytes handed to the network ÷ distinct bytes, less one; null where the sender does not say. */
  readonly handedBeyond: number | null;
  readonly cpu: number;
  readonly minutes: number;
}

export interface OutcomeParts {
  readonly line: BadLinePlan;
  readonly lane: Lane;
  readonly kit: Kit;
  readonly sender: string;
  /** As many runs were asked for. */
  readonly asked: number;
  readonly runs: readonly Run[];
}

export function outcomeOf({ line, lane, kit, sender, asked, runs }: OutcomeParts): Outcome {
  const bytes = kit.parcels.reduce((sum, parcel) => sum + parcel.bytes, 0);
  const bounds = runs.map(({ seed }) => boundOf({ windows: windowsOf(line, seed), lane, rtt: line.rttMs / 1000, bytes }).use);
  const uses = runs.map(useOfLine);
  const ends = runs.map((run) => ({ run, held: heldAtEnd(run), last: run.held.at(-1) }));
  const handed = runs.map((run) => run.phone?.handedOut ?? null);
  const distinct = sum(ends.map(({ held }) => held));
  const surplus = sum(ends.map(({ last }) => last?.surplus ?? 0));
  return {
    line,
    sender,
    seeds: asked,
    done: runs.filter((run) => run.figures.phone === 0).length,
    use: mean(uses),
    bound: mean(bounds),
    ofBound: mean(uses.map((use, i) => use / (bounds[i] ?? 1))),
    alive: Object.fromEntries(
      layers.map((layer) => [layer, meanOrNull(runs.map((run) => aliveUntilWhole(run, kit, layer)))]),
    ) as Outcome['alive'],
    twice: surplus / distinct,
    twicePerCut: surplus / Math.max(1, sum(runs.map(cuts))),
    beyond: sum(ends.map(({ last }) => last?.received ?? 0)) / distinct - 1,
    handedBeyond: handed.some((one) => one === null) ? null : sum(handed.map((one) => one ?? 0)) / distinct - 1,
    cpu: mean(runs.map((run) => run.phone?.cpu ?? Number.NaN)),
    minutes: mean(runs.map((run) => run.figures.took_s)) / 60,
  };
}

function cuts(run: Run): number {
  return run.turns.filter(({ alive }) => !alive).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? mean(known) : null;
}
