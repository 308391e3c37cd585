/** Runs the command `zajil` as a person would: real processes, real folders, and what they printed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, 'cli', 'zajil.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of `--json`. */
  readonly lines: readonly Record<string, unknown>[];
  /** The most memory that the process ever held, in bytes. */
  readonly peakBytes: number;
}

export interface Server {
  /** What it printed first. */
  readonly url: string;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A folder of its own for one journey, and everything that was started in it. */
export class World {
  readonly folder: string;
  readonly passphraseFile: string;
  readonly #servers: Server[] = [];

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `zajil-${name}-`));
    this.passphraseFile = join(this.folder, 'passphrase');
    writeFileSync(this.passphraseFile, 'a passphrase for a journey\n');
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Runs a command to its end. */
  async run(...words: string[]): Promise<Ended> {
    return await runEntry(entry, words, this.#env());
  }

  /** Runs a command that must end well; what it printed is in the error otherwise. */
  async must(...words: string[]): Promise<Ended> {
    const ended = await this.run(...words);
    if (ended.code !== 0) throw new Error(`zajil ${words[0]} ended with ${ended.code}: ${ended.stderr}${ended.stdout.slice(-2000)}`);
    return ended;
  }

  /** Starts a command that serves, and resolves once it printed its address. */
  async serve(...words: string[]): Promise<Server> {
    return await this.#serve(words, this.#env());
  }

  /** The same without a passphrase: whoever opens its screen gives it. */
  async serveOpen(...words: string[]): Promise<Server> {
    const { ZAJIL_PASSPHRASE_FILE: _, ...env } = this.#env();
    return await this.#serve(words, env);
  }

  async #serve(words: readonly string[], env: NodeJS.ProcessEnv): Promise<Server> {
    const child = spawn(process.execPath, [entry, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)));
    for await (const line of createInterface({ input: child.stdout })) {
      const server = { url: line.trim(), child, stop: (signal?: NodeJS.Signals) => stopChild(child, signal) };
      this.#servers.push(server);
      return server;
    }
    throw new Error(`zajil ${words[0]} ended before it listened: ${complaint}`);
  }

  /** Founds a newsroom, starts its relay and makes an invitation. */
  async newsroom(options: { publish?: string } = {}): Promise<{ desk: string; relay: Server; invite: string; relayFolder: string }> {
    const desk = this.path('desk');
    const relayFolder = this.path('relay');
    await this.must('newsroom', 'found', '--dir', desk, '--name', 'شبكة الرقة', '--member', 'Layla');
    const relay = await this.serve(
      'relay',
      '--dir',
      relayFolder,
      '--listen',
      '127.0.0.1:0',
      '--newsroom',
      desk,
      '--publish',
      options.publish ?? '900',
    );
    const invite = (await this.must('newsroom', 'invite', '--dir', desk, '--relay', relay.url)).stdout.trim();
    return { desk, relay, invite, relayFolder };
  }

  async end(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, ZAJIL_PASSPHRASE_FILE: this.passphraseFile };
  }
}

async function runEntry(path: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let peakBytes = 0;
  const look = (): void => void (peakBytes = Math.max(peakBytes, peakOf(child.pid)));
  const watch = setInterval(look, 50);
  const code = await new Promise<number | null>((resolve) => void child.once('close', resolve));
  clearInterval(watch);
  const stdout = Buffer.concat(out).toString();
  return { code, stdout, stderr: Buffer.concat(err).toString(), lines: jsonLines(stdout), peakBytes };
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
}

/** The kernel's own high-water mark of a process, in bytes; 0 once it is gone. */
export function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await new Promise((resolve) => void child.once('exit', resolve));
  }
  return child.exitCode;
}
