/** Reads a command's words: strict, each option declared once, `--help` from the same declaration. */
import { parseArgs } from 'node:util';
import { CliError } from './refusal.ts';

export interface OptionSpec {
  /** What stands for the value in the usage line; absent for a flag. */
  readonly value?: string;
  readonly required?: boolean;
  readonly oneOf?: readonly string[];
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly help: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What stands for positional words, with the least number of them. */
  readonly words?: { readonly name: string; readonly least: number };
}

export class Arguments {
  readonly #values: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];

  constructor(values: Readonly<Record<string, string | boolean | undefined>>, words: readonly string[]) {
    this.#values = values;
    this.words = words;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A value that the declaration requires. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new CliError('CLI_USAGE', `--${name} is missing`);
    return value;
  }

  /** A number of at least `least`, or undefined when not given. @throws CliError `CLI_USAGE` */
  number(name: string, least = 0): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+(?:\.\d+)?$/.test(text) || value < least) throw new CliError('CLI_USAGE', `--${name} wants a number of at least ${least}`);
    return value;
  }
}

/** @throws CliError `CLI_USAGE` */
export function readArguments(spec: CommandSpec, words: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [name, { type: option.value ? ('string' as const) : ('boolean' as const) }]),
  );
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: spec.words !== undefined, strict: true });
  } catch (cause) {
    throw new CliError('CLI_USAGE', `${(cause as Error).message.split('. ')[0]}. Usage: ${usageOf(spec)}`, cause);
  }
  for (const [name, option] of Object.entries(spec.options)) {
    const value = parsed.values[name];
    if (option.required && value === undefined) throw new CliError('CLI_USAGE', `--${name} is missing. Usage: ${usageOf(spec)}`);
    if (option.oneOf && typeof value === 'string' && !option.oneOf.includes(value)) {
      throw new CliError('CLI_USAGE', `--${name} is one of ${option.oneOf.join(', ')}`);
    }
  }
  if (parsed.positionals.length < (spec.words?.least ?? 0))
    throw new CliError('CLI_USAGE', `${spec.words?.name} is missing. Usage: ${usageOf(spec)}`);
  return new Arguments(parsed.values, parsed.positionals);
}

export function usageOf(spec: CommandSpec): string {
  const options = Object.entries(spec.options).map(([name, { value, required, oneOf }]) => {
    const shown = value ? `--${name} ${oneOf ? oneOf.join('|') : value}` : `--${name}`;
    return required ? shown : `[${shown}]`;
  });
  const words = spec.words ? [spec.words.least > 0 ? `${spec.words.name}...` : `[${spec.words.name}...]`] : [];
  return ['zajil', spec.name, ...options, ...words].join(' ');
}

export function helpOf(spec: CommandSpec): string {
  const width = Math.max(0, ...Object.keys(spec.options).map((name) => name.length));
  const rows = Object.entries(spec.options).map(([name, { help }]) => `  --${name.padEnd(width)}  ${help}`);
  return [spec.help, '', usageOf(spec), ...(rows.length > 0 ? ['', ...rows] : []), ''].join('\n');
}
