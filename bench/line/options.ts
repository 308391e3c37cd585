/** What `npm run bench:line -- …` may be told. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BadLinePlan, badLines } from './lines.ts';
import { type SenderPlan, senders } from './senders.ts';

export interface BenchOptions {
  readonly lines: readonly BadLinePlan[];
  readonly senders: readonly SenderPlan[];
  readonly seeds: readonly number[];
  /** So many lines are played at the same time. */
  readonly atOnce: number;
  readonly drills: boolean;
  /** Over a TCP proxy even where namespaces are allowed. */
  readonly proxy: boolean;
  /** Folder of the page and the plot. */
  readonly out: string;
}

export const usage = `--lines ${keysOf(badLines)}  --senders ${keysOf(senders)}  --seeds 1,2,3,4,5  --at-once 10  --no-drills  --proxy  --out FOLDER`;

const usualSeeds = [1, 2, 3, 4, 5];
/** A line with its two ends costs about a twentieth of a core. */
const usualAtOnce = 10;

/** @throws TypeError with a sentence when it cannot be understood */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const one = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: one,
      senders: one,
      seeds: one,
      'at-once': one,
      'no-drills': { type: 'boolean' },
      proxy: { type: 'boolean' },
      out: one,
    },
  });
  return {
    lines: chosen(values.lines, badLines),
    senders: chosen(values.senders, senders),
    seeds: values.seeds === undefined ? usualSeeds : values.seeds.split(',').map(wholeNumber),
    atOnce: values['at-once'] === undefined ? usualAtOnce : wholeNumber(values['at-once']),
    drills: !values['no-drills'],
    proxy: values.proxy ?? false,
    out: values.out ?? join(import.meta.dirname, '..', 'results'),
  };
}

function keysOf(all: readonly { readonly key: string }[]): string {
  return all.map(({ key }) => key).join(',');
}

function chosen<T extends { readonly key: string }>(text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all;
  return text.split(',').map((key) => {
    const found = all.find((one) => one.key === key);
    if (!found) throw new TypeError(`there is no "${key}" among ${keysOf(all)}`);
    return found;
  });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError(`"${text}" is no number from 1 on`);
  return Number(text);
}
