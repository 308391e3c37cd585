import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyPromise } from '@zajil/log';
import { expect, onTestFinished, test } from 'vitest';
import { startRelay } from './relay.ts';
import { TestNewsroom, TestParcel, bag, freshFolder, have, send, until, upload } from './rig.ts';

async function startDying(folder: string, newsroomFolder: string, point: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'dying-relay.rig.ts'), folder, newsroomFolder, point], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
    child.once('exit', () => reject(new Error('ended before it listened')));
  });
  return { url, child };
}

async function folders(): Promise<{ folder: string; newsroomFolder: string; newsroom: TestNewsroom }> {
  const [folder, newsroomFolder, newsroom] = [await freshFolder(), await freshFolder(), new TestNewsroom()];
  await newsroom.write(newsroomFolder);
  return { folder, newsroomFolder, newsroom };
}

for (const point of ['pieces-flushed', 'parcel-durable', 'promise-durable']) {
  test(`killed at ${point}: what was answered is there, and what was not is taken by itself at the next start`, async () => {
    const { folder, newsroomFolder, newsroom } = await folders();
    const first = await startDying(folder, newsroomFolder, 'none');
    const [before, half, during] = [new TestParcel(16), new TestParcel(16), new TestParcel(16)];
    const [answered, partly] = await upload(first, newsroom.token, bag(before.frames(), half.frames([1])));
    first.child.kill('SIGKILL');
    const dying = await startDying(folder, newsroomFolder, point);
    await expect(send(dying, newsroom.token, bag(during.frames()))).rejects.toThrow();

    const relay = await startRelay({ folder, host: '127.0.0.1', port: 0, newsroomFolder });
    onTestFinished(async () => await relay.stop());
    expect(await have(relay, newsroom.token, before.name, half.name)).toEqual([answered, partly]);
    await until(async () => (await readdir(join(folder, 'staging'))).length === 2);
    const [held] = await have(relay, newsroom.token, during.name);
    expect(held?.state).toBe('taken');
    if (held?.state === 'taken') verifyPromise(relay.vkey, during.name, held.promise);
    expect(await upload(relay, newsroom.token, bag(during.frames()))).toEqual([held]);
    const bytes = await newsroom.ask(relay, 'GET', `/v1/desk/parcel/${during.hex}`);
    expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(during.bytes);
  });
}
