/**
 * Argon2id (RFC 9106) in a process of its own, which ends with the guess: its memory goes back to the system at once,
 * and the desk that goes on stays small.
 *
 * The passphrase and what is derived from it cross through pipes; neither is an argument or an environment variable.
 */
import { spawn } from 'node:child_process';
import { Cursor, Writer } from '@zajil/format';

/** What one guess costs. */
export interface Cost {
  /** Memory in KiB. */
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

const derivedBytes = 64;
const mostSeconds = 120;

/** Reads cost, salt and passphrase from standard input, writes what was derived; part of this file, so that a bundle needs no other. */
const child = `
const { argon2Sync } = require('node:crypto');
const { readFileSync, writeSync } = require('node:fs');
const input = readFileSync(0);
const saltEnd = 7 + input.readUInt8(6);
const cost = { memory: input.readUInt32BE(0), passes: input.readUInt8(4), parallelism: input.readUInt8(5), tagLength: ${derivedBytes} };
writeSync(1, argon2Sync('argon2id', { message: input.subarray(saltEnd), nonce: input.subarray(7, saltEnd), ...cost }));`;

/**
 * @param passphrase - zeroed here once it was handed over
 * @returns 64 bytes
 * @throws Error when the machine has no memory or process for it
 */
export async function argon2id(passphrase: Uint8Array, salt: Uint8Array, cost: Cost): Promise<Uint8Array> {
  const input = new Writer().u32(cost.memoryKib).u8(cost.passes).u8(cost.lanes).u8(salt.length).put(salt).put(passphrase).bytes();
  passphrase.fill(0);
  const running = spawn(process.execPath, ['-e', child], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {},
    timeout: mostSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  const chunks: Uint8Array[] = [];
  running.stdout.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  running.stdin.on('error', () => undefined);
  running.stdin.end(input, () => input.fill(0));
  const code = await new Promise<number | null>((resolve, reject) => {
    running.once('error', reject);
    running.once('close', resolve);
  });
  const derived = new Cursor(new Uint8Array(Buffer.concat(chunks)));
  if (code !== 0 || derived.left !== derivedBytes) throw new Error('the passphrase could not be worked on: no memory or no process for it');
  return derived.take(derivedBytes);
}
