/**
 * A run over a TCP proxy in this process, where namespaces are not allowed: the same windows, rate and distance. It plays
 * no heads of IP and TCP, no dial that takes a round trip, no queue and no loss, so its figures are kinder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BadLine } from '@zajil/cli';
import { instant } from './instant.ts';
import type { BadLinePlan } from './lines.ts';
import { type LineFigures, limitOf, type RunPlan, patienceWords } from './run-record.ts';
import { laneOf, phoneStart, windowsOf } from './weather.ts';

/** What a recorded line carries on average stands for it. */
const averagedOver = 600;

export async function playProxied(plan: RunPlan, folder: string): Promise<LineFigures> {
  const over = new AbortController();
  plan.signal?.addEventListener('abort', () => over.abort());
  const rate = laneOf(plan.line).bytesBetween(0, averagedOver) / averagedOver;
  const start = (script: string, ...words: string[]): ChildProcess =>
    fork(script, [folder, ...words, ...plan.sender.words, ...patienceWords(plan)], {
      env: { ...process.env, NODE_COMPILE_CACHE: plan.compiled },
    });
  const relay = start(plan.sender.relay, '127.0.0.1', '0');
  const [url] = (await once(relay, 'message')) as [string];
  const line = new BadLine(url);
  line.shape({ upBytesPerSecond: rate, delayMs: plan.line.rttMs / 2 });
  const address = await line.listen();
  const weather = new PlayedWeather(join(folder, 'weather'), line);
  const playing = weather.play(plan.line, plan.seed, over.signal);
  await wait(1000 * phoneStart);
  const phone = start(plan.sender.phone, address);
  const limit = setTimeout(() => phone.kill('SIGTERM'), 1000 * limitOf(plan));
  over.signal.addEventListener('abort', () => phone.kill('SIGTERM'));
  const [code] = (await once(phone, 'exit')) as [number | null];
  clearTimeout(limit);
  over.abort();
  await playing;
  const { bytesUp } = line.stats;
  relay.kill('SIGTERM');
  await once(relay, 'exit');
  await line.close();
  const { aliveSeconds, windows, elapsed } = weather;
  return {
    phone: code ?? 'limit',
    took_s: elapsed - phoneStart,
    capacity_up: aliveSeconds * rate,
    carried_up: bytesUp,
    alive_s: aliveSeconds,
    elapsed_s: elapsed,
    windows,
    dropped: { queue: 0, loss: 0, dead: 0, cut: 0 },
  };
}

/** Lets the line come and go as `tools/line` would, and writes down when. */
class PlayedWeather {
  readonly #path: string;
  readonly #line: BadLine;
  readonly #start = instant();
  aliveSeconds = 0;
  windows = 0;

  constructor(path: string, line: BadLine) {
    this.#path = path;
    this.#line = line;
  }

  /** Seconds since the line began. */
  get elapsed(): number {
    return instant() - this.#start;
  }

  async play(line: BadLinePlan, seed: number, signal: AbortSignal): Promise<void> {
    for (const { from, to } of windowsOf(line, seed)) {
      await this.#until(from, signal);
      if (signal.aborted) return;
      const began = this.elapsed;
      this.#line.restore();
      this.#note('alive');
      this.windows += 1;
      await this.#until(to, signal);
      this.aliveSeconds += this.elapsed - began;
      if (signal.aborted) return;
      this.#line.blackHole();
      this.#note('dead');
    }
  }

  async #until(second: number, signal: AbortSignal): Promise<void> {
    await wait(Math.max(0, 1000 * (second - this.elapsed)), undefined, { signal }).catch(() => undefined);
  }

  #note(mood: string): void {
    appendFileSync(this.#path, `${instant()} ${mood}\n`);
  }
}
