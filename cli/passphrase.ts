/** Where a passphrase comes from: a file, the file that an environment variable names, or a prompt; never an argument. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Arguments, OptionSpec } from './arguments.ts';
import { CliError } from './refusal.ts';

export const passphraseOption: Readonly<Record<string, OptionSpec>> = {
  'passphrase-file': { value: 'F', help: 'file whose first line is the passphrase; else ZAJIL_PASSPHRASE_FILE, else a prompt' },
};

/** @throws CliError `CLI_NO_PASSPHRASE` when none can be had */
export async function readPassphrase(args: Arguments): Promise<string> {
  const path = passphraseFile(args);
  if (path !== undefined) return firstLine(path);
  if (!process.stdin.isTTY) {
    throw new CliError(
      'CLI_NO_PASSPHRASE',
      'No passphrase was given. Nothing was changed; name a file with --passphrase-file or ZAJIL_PASSPHRASE_FILE, or run this at a terminal',
    );
  }
  return ask('Passphrase: ');
}

/** For founding: at a terminal a generated passphrase is shown and must be typed once. */
export async function choosePassphrase(args: Arguments, generate: () => string): Promise<string> {
  if (passphraseFile(args) !== undefined || !process.stdin.isTTY) return readPassphrase(args);
  const generated = generate();
  process.stderr.write(`Write this passphrase down. Nobody can bring it back:\n\n    ${generated}\n\n`);
  const typed = await ask('Type it once: ');
  if (typed !== generated)
    throw new CliError('CLI_NO_PASSPHRASE', 'What was typed is not the passphrase that was shown. Nothing was founded; run this again');
  return generated;
}

function passphraseFile(args: Arguments): string | undefined {
  return args.text('passphrase-file') ?? (process.env['ZAJIL_PASSPHRASE_FILE'] || undefined);
}

async function firstLine(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_NO_PASSPHRASE', 'The passphrase file cannot be read. Nothing was changed; check its name', cause);
  }
  const line = text.split(/\r?\n/)[0]?.trim() ?? '';
  if (line === '') throw new CliError('CLI_NO_PASSPHRASE', 'The passphrase file is empty. Nothing was changed');
  return line;
}

/** Asks at the terminal without showing what is typed. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return (await lines.question('')).trim();
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
