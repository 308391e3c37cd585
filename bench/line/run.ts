/** One run: a line between two network namespaces, a sender over it, and what both ends and the line say afterwards. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldNote } from './held-log.ts';
import { copyKit } from './kit.ts';
import { lineArguments } from './lines.ts';
import type { PhoneFigures } from './phone-figures.ts';
import { playProxied } from './proxied.ts';
import { type LineFigures, limitOf, type Run, type RunPlan, patienceWords } from './run-record.ts';

const root = join(import.meta.dirname, '..', '..');
const relayHost = '10.77.0.1';
const port = 8080;
/** Phones and most servers use cubic; what this machine prefers must not change the outcome. */
const cubic = 'set -- $(ip -4 route show 10.77.0.0/24) && ip route replace 10.77.0.0/24 dev $3 congctl cubic && exec';

export async function runOnce(plan: RunPlan): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-run-'));
  try {
    await copyKit(plan.kit, folder);
    const figures = plan.proxied ? await playProxied(plan, folder) : await play(plan, folder);
    return await readRun(plan, folder, figures);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(plan: RunPlan, folder: string): Promise<LineFigures> {
  // In a shell of its own that it replaces: the tool puts an `exec` before the relay's, and ends whatever it started itself.
  const node = (script: string, ...words: string[]): string => `sh -c '${[cubic, process.execPath, script, folder, ...words].join(' ')}'`;
  const relay = node(plan.sender.relay, relayHost, String(port), ...plan.sender.words);
  const words = [...plan.sender.words, ...patienceWords(plan)];
  const phone = `exec ${node(plan.sender.phone, `http://${relayHost}:${port}`, ...words)}`;
  const line = lineArguments(plan.line, plan.seed, limitOf(plan));
  const child = spawn(join(root, 'tools', 'line'), [...line, '--weather', join(folder, 'weather'), '--relay', relay, '--phone', phone], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: plan.compiled },
  });
  // What it made of namespaces it takes down itself, when it is asked to end.
  plan.signal?.addEventListener('abort', () => child.kill('SIGTERM'));
  let printed = '';
  for await (const chunk of child.stdout) printed += String(chunk);
  if (printed === '') throw new Error('the line ended without its figures');
  return JSON.parse(printed) as LineFigures;
}

async function readRun({ line, sender, seed, proxied }: RunPlan, folder: string, figures: LineFigures): Promise<Run> {
  const text = async (name: string): Promise<string> => await readFile(join(folder, name), 'utf8').catch(() => '');
  const rows = (await text('weather')).trim().split('\n');
  const start = Number(rows[0]?.split(' ')[0]);
  const turns = rows.map((row) => row.split(' ')).map(([at, mood]) => ({ at: Number(at) - start, alive: mood === 'alive' }));
  const notes = (await text('held.jsonl')).trim().split('\n').filter(Boolean);
  const held = notes.map((note) => JSON.parse(note) as HeldNote).map((note) => ({ ...note, at: note.at - start }));
  const phoneText = await text('phone.json');
  const phone = phoneText === '' ? null : (JSON.parse(phoneText) as PhoneFigures);
  return { proxied, line: line.key, sender: sender.key, seed, figures, phone, held, turns, start };
}
