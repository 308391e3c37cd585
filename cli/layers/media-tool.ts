/** Runs ffmpeg and ffprobe: output through pipes only, so that no picture is written to a disk, and within limits. */
import { spawn } from 'node:child_process';
import { CliError } from '../refusal.ts';

const mostSeconds = 300;
const mostOutputBytes = 64 * 1024 * 1024;

/** @returns what the tool wrote to standard output. @throws CliError `CLI_TOOL_MISSING`; Error when it failed */
export async function runTool(program: 'ffmpeg' | 'ffprobe', args: readonly string[]): Promise<Uint8Array> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: mostSeconds * 1000, killSignal: 'SIGKILL' });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > mostOutputBytes) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', (cause) => reject(new CliError('CLI_TOOL_MISSING', `${program} is not installed`, cause)));
    child.on('close', (code) =>
      code === 0 ? resolve(new Uint8Array(Buffer.concat(chunks))) : reject(new Error(`${program} ended with ${code}`)),
    );
  });
}

let installed: Promise<boolean> | undefined;

/** Are both tools on this machine? */
export async function hasMediaTools(): Promise<boolean> {
  installed ??= Promise.all([runTool('ffmpeg', ['-version']), runTool('ffprobe', ['-version'])]).then(
    () => true,
    () => false,
  );
  return await installed;
}
