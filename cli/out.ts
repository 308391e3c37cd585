/** What a command prints: lines for a person, or with `--json` one JSON object a line for a program. */
import type { Arguments } from './arguments.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Out {
  /** A fact, as an object for programs and as a sentence for people. */
  fact(fields: Fields, line: string): void;
  /** Something that passes; programs get it too, people on standard error. */
  progress(fields: Fields, line: string): void;
}

export function outFor(args: Arguments): Out {
  const write = (fields: Fields): void => void process.stdout.write(`${JSON.stringify(fields)}\n`);
  if (args.flag('json')) return { fact: write, progress: write };
  return {
    fact: (_fields, line) => void process.stdout.write(`${line}\n`),
    progress: (_fields, line) => void process.stderr.write(`${line}\n`),
  };
}

export const jsonOption = { json: { help: 'one JSON object a line' } } as const;

/** 1234567 → "1.2 MB"; the protocol's sizes are decimal for people. */
export function showBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
