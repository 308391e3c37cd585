/**
 * Runs a foreign parser on hostile input: limited in memory, processor time and wall time, with an empty environment,
 * without a working folder, and reading nothing but what it is handed. Its words are never shown: they may quote the file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Plaintext } from '@zajil/format';
import { readPlaintext } from '@zajil/format';
import { DeskError } from '../refusal.ts';

export interface ChildOptions {
  readonly tool: 'ffmpeg' | 'ffprobe' | 'exiftool';
  readonly args: readonly string[];
  /** What it reads on its standard input. */
  readonly input?: AsyncIterable<Plaintext>;
  readonly timeoutMs: number;
  /** Most bytes that it may write. */
  readonly mostBytes: number;
}

const memoryKib = 4 * 1024 * 1024;
const searchPath = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';

function start({ tool, args, timeoutMs }: ChildOptions): ChildProcess {
  const seconds = Math.ceil(timeoutMs / 1000) * 2;
  const limits = `ulimit -v ${memoryKib} -t ${seconds} -c 0 2>/dev/null; exec "$0" "$@"`;
  const [command, words] = process.platform === 'win32' ? [tool, [...args]] : ['/bin/sh', ['-c', limits, tool, ...args]];
  const env = { PATH: searchPath, LC_ALL: 'C', HOME: '/nonexistent', TZ: 'UTC' };
  return spawn(command, words, { env, cwd: process.platform === 'win32' ? undefined : '/', stdio: ['pipe', 'pipe', 'ignore'] });
}

/**
 * What it writes, as it writes it. Ends only when the tool ended well.
 *
 * @throws DeskError `DESK_TOOL_MISSING`, `DESK_MEDIA_LIMIT`, `DESK_MEDIA_UNREADABLE`
 */
export async function* runChild(options: ChildOptions): AsyncGenerator<Uint8Array> {
  const child = start(options);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', resolve);
  });
  let limited = false;
  const stop = () => {
    limited = true;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(stop, options.timeoutMs);
  const fed = feed(child, options.input);
  try {
    let bytes = 0;
    for await (const chunk of child.stdout ?? []) {
      const piece: Uint8Array = chunk;
      bytes += piece.length;
      if (bytes > options.mostBytes) stop();
      else yield piece;
    }
    const code = await ended;
    await fed;
    if (code === 0 && !limited) return;
    throw limited ? overLimit() : failed(options.tool, code);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
    await fed.catch(() => undefined);
  }
}

/** A tool may stop reading when it has seen enough; that is no fault. What the source throws is. */
async function feed(child: ChildProcess, input: AsyncIterable<Plaintext> | undefined): Promise<void> {
  const { stdin } = child;
  if (!stdin) return;
  let closed = false;
  stdin.on('error', () => (closed = true));
  stdin.on('close', () => (closed = true));
  try {
    for await (const piece of input ?? []) {
      if (closed) return;
      if (!stdin.write(readPlaintext(piece))) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => undefined);
    }
  } finally {
    stdin.end();
  }
}

/** All that it writes. */
export async function readChild(options: ChildOptions): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of runChild(options)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function failed(tool: string, code: number | null): DeskError {
  if (code === 127)
    return new DeskError(
      'DESK_TOOL_MISSING',
      `The program ${tool} is not installed on this computer, and without it nothing is released. Nothing was changed. Install ffmpeg and exiftool, then try again.`,
    );
  return new DeskError(
    'DESK_MEDIA_UNREADABLE',
    'This file could not be read as a picture, film or sound. Nothing was released; the original is kept as it is. It may be damaged, or of a kind that is not known.',
  );
}

function overLimit(): DeskError {
  return new DeskError(
    'DESK_MEDIA_LIMIT',
    'Working on this file took more time or room than is allowed, and was stopped. Nothing was released; the original is kept as it is. Release a smaller layer.',
  );
}
