/**
 * `npm run bench:line`: Zajil and tus-js-client over lines that die, in turn, seed by seed. Prints one table and writes
 * `../results/line.md` and `../results/line.svg`. Ends with status 1 when a goal is missed, 2 when it was not understood.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DrillPlan, idleDrill, wordsDrill } from './drills.ts';
import { type Goal, goalsOf } from './goals.ts';
import type { Kit } from './kit-file.ts';
import { makeKit } from './kit.ts';
import { type BadLinePlan, isPlayable } from './lines.ts';
import { namespacesAllowed } from './namespaces.ts';
import { type BenchOptions, parseBenchOptions, usage } from './options.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { formatPage } from './page.ts';
import { formatPlot, type Panel } from './plot.ts';
import { limitOf, type Run, type RunPlan, useOfLine } from './run-record.ts';
import { runOnce } from './run.ts';
import { senders } from './senders.ts';
import { warmPhones } from './warm.ts';
import { laneOf, type LineWindow, windowsOf } from './weather.ts';

const began = Date.now();
const titles = new Map(senders.map(({ key, title }) => [key, title]));

interface Bench {
  readonly options: BenchOptions;
  readonly folder: string;
  readonly compiled: string;
  readonly proxied: boolean;
  readonly signal: AbortSignal;
}

/** What was played on one line, with the parcels that it was played with. */
interface Played {
  readonly line: BadLinePlan;
  readonly kit: Kit;
  readonly runs: readonly Run[];
}

function say(text: string): void {
  console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${text}`);
}

/** Seeds are played at the same time, the senders of one seed one after the other, so that nothing but the sender differs. */
async function playAll(bench: Bench, lines: readonly BadLinePlan[]): Promise<Played[]> {
  const played = lines.map((line) => ({ line, folder: join(bench.folder, line.key), runs: [] as Run[] }));
  const kits: Kit[] = [];
  for (const { line, folder } of played) kits.push(await makeKit(folder, line.bytes));
  const [first] = played;
  if (first) await warmPhones(bench.options.senders, first.folder, bench.compiled);
  const chains = played.flatMap(({ line, folder, runs }) => bench.options.seeds.map((seed) => ({ line, folder, runs, seed })));
  // The longest first, so that none is left over at the end.
  chains.sort((a, b) => limitOf(b) - limitOf(a));
  const work = async (): Promise<void> => {
    for (let chain = chains.shift(); chain; chain = chains.shift()) {
      for (const sender of bench.options.senders) {
        if (bench.signal.aborted) return;
        const run = await attempt({ ...bench, line: chain.line, sender, seed: chain.seed, kit: chain.folder });
        if (run) chain.runs.push(run);
      }
    }
  };
  await Promise.all(Array.from({ length: bench.options.atOnce }, work));
  return played.map(({ line, runs }, i) => ({ line, kit: kits[i] ?? { token: '', roster: '', parcels: [] }, runs }));
}

/** A run that fails altogether does not end the others; it is missing among the seeds, and goals are missed by it. */
async function attempt(plan: RunPlan): Promise<Run | null> {
  const name = `${plan.line.key} ${plan.sender.key} seed ${plan.seed}`;
  try {
    const run = await runOnce(plan);
    const { phone, took_s } = run.figures;
    say(`${name}: use ${useOfLine(run).toFixed(3)} in ${took_s.toFixed(0)} s${phone === 0 ? '' : ', not done'}`);
    return run;
  } catch (error) {
    say(`${name}: failed: ${String(error)}`);
    return null;
  }
}

function outcomesOf({ options }: Bench, played: readonly Played[]): Outcome[] {
  return played.flatMap(({ line, kit, runs }) => {
    const lane = laneOf(line);
    return options.senders.map(({ key }) => {
      const own = runs.filter(({ sender }) => sender === key);
      return outcomeOf({ line, lane, kit, sender: key, asked: options.seeds.length, runs: own });
    });
  });
}

/** The first seed of each line. */
function panelOf({ line, kit, runs }: Played, seed: number): Panel {
  const shown = runs.filter((run) => run.seed === seed);
  const until = Math.max(...shown.map(({ figures }) => figures.elapsed_s));
  const windows: LineWindow[] = [];
  for (const window of windowsOf(line, seed)) {
    if (window.from > until) break;
    windows.push(window);
  }
  return {
    title: `${line.title}, seed ${seed}`,
    bytes: kit.parcels.reduce((sum, { bytes }) => sum + bytes, 0),
    until,
    windows,
    curves: shown.map(({ sender, held }) => ({ sender, title: titles.get(sender) ?? sender, points: held })),
  };
}

async function drill(bench: Bench): Promise<Goal[]> {
  const zajil = bench.options.senders.find(({ key }) => key === 'zajil');
  const line = bench.options.lines.find(({ key }) => key === 'cafe');
  if (!bench.options.drills || !zajil || !line || bench.signal.aborted) return [];
  const plan: DrillPlan = { ...bench, line, sender: zajil };
  say('drills: new words behind 30 MB; a minute of dead line (about six minutes)');
  const [words, idle] = await Promise.all([wordsDrill(plan), idleDrill(plan)]);
  return [words, ...idle];
}

function circumstances({ options }: Bench): string {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, load ${load}`;
  return `${new Date().toISOString().slice(0, 10)}, ${machine}. Seeds ${options.seeds.join(', ')}; figures are means of them.`;
}

async function run(bench: Bench): Promise<number> {
  const { options, proxied } = bench;
  const lines = options.lines.filter(isPlayable);
  const leftOut = options.lines.filter((line) => !isPlayable(line)).map(({ title }) => `${title} (its recordings are not on this machine)`);
  for (const one of leftOut) say(`left out: ${one}`);
  if (proxied && !options.proxy)
    say('network namespaces are not allowed here (they need root, iproute2, ethtool, python3): over a TCP proxy, marked as such');
  const played = await playAll(bench, lines);
  const goals = await drill(bench);
  if (bench.signal.aborted) return 130;
  const outcomes = outcomesOf(bench, played);
  const asked = [...outcomes.filter(({ sender }) => sender === 'zajil').flatMap(goalsOf), ...goals];
  const page = formatPage({ circumstances: circumstances(bench), proxied, outcomes, titles, goals: asked, leftOut });
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'line.md'), page);
  await writeFile(join(options.out, 'line.svg'), formatPlot(played.map((one) => panelOf(one, options.seeds[0] ?? 1))));
  console.log(page);
  return asked.every(({ met }) => met) ? 0 : 1;
}

async function main(): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseBenchOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n${usage}`);
    return 2;
  }
  const stop = new AbortController();
  process.on('SIGINT', () => stop.abort());
  process.on('SIGTERM', () => stop.abort());
  const folder = await mkdtemp(join(tmpdir(), 'zajil-bench-line-'));
  try {
    return await run({
      options,
      folder,
      compiled: join(folder, 'compiled'),
      proxied: options.proxy || !namespacesAllowed(),
      signal: stop.signal,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
