/** `npm start`: three addresses; started again, it finds the newsroom again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, World } from './zajil.ts';

let world: World;
const running: ChildProcess[] = [];

beforeAll(() => {
  world = new World('start');
});
afterAll(async () => {
  await Promise.all(running.map(stop));
  await world.end();
});

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await new Promise((resolve) => void child.once('exit', resolve));
}

interface Started {
  readonly child: ChildProcess;
  readonly phone: string;
  readonly desk: string;
  readonly site: string;
}

async function start(): Promise<Started> {
  const { ZAJIL_PASSPHRASE_FILE: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, 'cli/zajil.ts'), 'start', '--home', world.path('home')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let told = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    told += chunk.toString();
    if (told.includes('Ctrl-C')) break;
  }
  const address = (name: string): string => new RegExp(`${name}\\s+(http\\S+)`).exec(told)?.[1] ?? '';
  return { child, phone: address('phone.s page'), desk: address('The desk'), site: address('public site') };
}

async function tell(desk: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, desk), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(desk).origin },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

test('a newsroom that was founded is found again by the next start, at the same addresses', async () => {
  const first = await start();
  expect((await fetch(first.phone)).headers.get('content-type')).toContain('text/html');
  expect((await fetch(first.site)).status).toBe(200);
  expect(await (await fetch(new URL('/api/state', first.desk))).json()).toMatchObject({ state: 'unfounded' });
  const founded = await tell(first.desk, '/api/found', { name: 'شبكة', member: 'Layla' });
  expect(String(founded['passphrase']).split(' ')).toHaveLength(8);
  await stop(first.child);

  const second = await start();
  expect(new URL(second.desk).origin).toBe(new URL(first.desk).origin);
  expect(second.phone).toBe(first.phone);
  expect(await (await fetch(new URL('/api/state', second.desk))).json()).toMatchObject({ state: 'locked' });
  expect(await tell(second.desk, '/api/unlock', { passphrase: founded['passphrase'] })).toMatchObject({
    state: 'open',
    newsroom: { title: 'شبكة' },
  });
  await expect.poll(async () => (await fetch(new URL('/v1/roster', second.phone))).status, { timeout: 10_000 }).toBe(200);
});
