/** When a batch enters the log: at the same moments every hour whatever comes in, so that they tell nothing. */

/** Calls `publish` at whole multiples of a period since 1970, one call at a time. */
export class Publisher {
  readonly #publish: () => Promise<void>;
  readonly #periodMs: number;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  #healthy = true;

  constructor(publish: () => Promise<void>, periodMs: number, now: () => number) {
    this.#publish = publish;
    this.#periodMs = periodMs;
    this.#now = now;
    this.#schedule(0);
  }

  /** Did the last batch enter the log? One that did not is tried again at the next moment; promises stand. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Resolves when a batch on its way has entered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  /** @param leastMs - timers may fire a moment early by the clock on the wall; a moment is served once */
  #schedule(leastMs: number): void {
    if (this.#stopped) return;
    const nextMs = this.#periodMs - (this.#now() % this.#periodMs);
    const waitMs = nextMs < leastMs ? nextMs + this.#periodMs : nextMs;
    this.#timer = setTimeout(() => {
      this.#running = this.#once().then(() => this.#schedule(this.#periodMs / 10));
    }, waitMs);
    this.#timer.unref();
  }

  async #once(): Promise<void> {
    try {
      await this.#publish();
      this.#healthy = true;
    } catch {
      this.#healthy = false;
    }
  }
}
