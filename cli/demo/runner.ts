/** Runs commands of this program as a person would: in processes of their own, over what they print. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cliEntry } from '../places.ts';
import { CliError } from '../refusal.ts';

export interface Ran {
  readonly code: number | null;
  /** Each line of `--json`. */
  readonly lines: readonly Record<string, unknown>[];
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export class Runner {
  readonly #children = new Set<ChildProcess>();
  readonly #env: NodeJS.ProcessEnv;

  constructor(passphraseFile: string) {
    this.#env = { ...process.env, ZAJIL_PASSPHRASE_FILE: passphraseFile };
  }

  /** Runs to the end, whatever that is. */
  async run(words: readonly string[], onLine: (line: Record<string, unknown>) => void = () => undefined): Promise<Ran> {
    const begun = Date.now();
    const child = this.#spawn(words);
    const lines: Record<string, unknown>[] = [];
    let stdout = '';
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const reading = (async () => {
      if (!child.stdout) return;
      for await (const line of createInterface({ input: child.stdout })) {
        stdout += `${line}\n`;
        if (!line.startsWith('{')) continue;
        const fields = JSON.parse(line) as Record<string, unknown>;
        lines.push(fields);
        onLine(fields);
      }
    })();
    const code = await new Promise<number | null>((resolve) => void child.once('close', resolve));
    await reading;
    this.#children.delete(child);
    return { code, lines, stdout, stderr, seconds: (Date.now() - begun) / 1000 };
  }

  /** Runs a step that must end well. @throws CliError `CLI_DEMO` with what it complained of */
  async must(words: readonly string[], onLine?: (line: Record<string, unknown>) => void): Promise<Ran> {
    const ran = await this.run(words, onLine);
    if (ran.code !== 0)
      throw new CliError('CLI_DEMO', `The step "${words[0]}" did not end well: ${ran.stderr.trim().split('\n').at(-1) ?? ''}`);
    return ran;
  }

  /** Starts a server and resolves to the address that it prints. */
  async serve(words: readonly string[]): Promise<string> {
    const child = this.#spawn(words);
    child.stderr?.resume();
    if (child.stdout) for await (const line of createInterface({ input: child.stdout })) return line.trim();
    throw new CliError('CLI_DEMO', `The ${words[0]} ended before it listened`);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await new Promise((resolve) => void child.once('exit', resolve));
    }
  }

  #spawn(words: readonly string[]): ChildProcess {
    const child = spawn(process.execPath, [cliEntry, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: this.#env });
    this.#children.add(child);
    return child;
  }
}
