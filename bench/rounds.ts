/**
 * Runs contenders in turn, round after round, so that whatever else the machine does falls on all of them alike. What is
 * reported are medians; a ratio is the median of the ratios within each round.
 *
 * Time is taken twice: by the clock, and as processor time of all threads of this process, the collector's included,
 * which is what a contender costs when others use the machine too.
 */

export interface Contender {
  readonly name: string;
  /** Bytes that one run handles. */
  readonly bytes: number;
  readonly run: () => unknown;
}

export type Measure = 'clock' | 'processor';

/** Seconds of one run. */
type Seconds = Readonly<Record<Measure, number>>;

export class Rounds {
  readonly #seconds = new Map<Contender, Seconds[]>();

  private constructor(contenders: readonly Contender[]) {
    for (const contender of contenders) this.#seconds.set(contender, []);
  }

  /** @param atLeastMs - how long each contender runs in each round; a first, unmeasured round warms up */
  static async run(contenders: readonly Contender[], rounds: number, atLeastMs: number): Promise<Rounds> {
    const measured = new Rounds(contenders);
    for (const contender of contenders) await secondsOf(contender, 4 * atLeastMs);
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) measured.#of(contender).push(await secondsOf(contender, atLeastMs));
    }
    return measured;
  }

  /** Megabytes (10^6 bytes) per second. */
  speed(contender: Contender, measure: Measure): number {
    return median(this.#of(contender).map((seconds) => contender.bytes / seconds[measure] / 1e6));
  }

  /** How much faster `contender` handles a byte than `reference`; 1 is as fast. */
  ratio(contender: Contender, reference: Contender, measure: Measure): number {
    const other = this.#of(reference);
    const scale = contender.bytes / reference.bytes;
    return median(this.#of(contender).map((seconds, round) => ((other[round] ?? seconds)[measure] * scale) / seconds[measure]));
  }

  #of(contender: Contender): Seconds[] {
    const seconds = this.#seconds.get(contender);
    if (!seconds) throw new RangeError('this contender did not run');
    return seconds;
  }
}

async function secondsOf(contender: Contender, atLeastMs: number): Promise<Seconds> {
  const start = performance.now();
  const before = process.cpuUsage();
  let runs = 0;
  do {
    await contender.run();
    runs += 1;
  } while (performance.now() - start < atLeastMs);
  const { user, system } = process.cpuUsage(before);
  return { clock: (performance.now() - start) / 1000 / runs, processor: (user + system) / 1e6 / runs };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
