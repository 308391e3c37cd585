/** Wakes whoever waits: rung when there is something new to look at. Rings while nobody waits are not lost. */
import type { Clock } from './clock.ts';

export class Bell {
  #rung = false;
  #wake: (() => void) | null = null;
  readonly #listeners = new Set<() => void>();

  ring(): void {
    this.#rung = true;
    this.#wake?.();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back at each ring. Returns how to stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves at the next ring, at once if it rang since the last wait, or after `ms`. One waiter at a time. */
  async wait(clock: Clock, ms: number): Promise<void> {
    if (!this.#rung) {
      const timer = new AbortController();
      const rung = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([rung, clock.sleep(ms, timer.signal)]);
      this.#wake = null;
      timer.abort();
    }
    this.#rung = false;
  }
}
