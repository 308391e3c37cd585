/** Runs each phone for a moment against a closed port, so that Node has compiled and kept what a phone needs before any clock runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { copyKit } from './kit.ts';
import type { SenderPlan } from './senders.ts';

/** Port of the discard protocol, on which nobody listens. */
const closedPort = 'http://127.0.0.1:9';
const longEnoughMs = 3000;

/** @param compiled - folder in which Node keeps what it compiled */
export async function warmPhones(senders: readonly SenderPlan[], kit: string, compiled: string): Promise<void> {
  for (const sender of senders) {
    const folder = await mkdtemp(join(tmpdir(), 'zajil-warm-'));
    await copyKit(kit, folder);
    const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
    const phone = spawn(process.execPath, [sender.phone, folder, closedPort, ...sender.words], { env, stdio: 'ignore' });
    const ended = once(phone, 'exit');
    await Promise.race([wait(longEnoughMs), ended]);
    phone.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }
}
