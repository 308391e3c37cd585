/** Waits for a line: asks again while only the line is missing, until the time is over. */
import { LineError } from '@zajil/line';
import type { Out } from '../out.ts';

const firstPauseMs = 500;
const longestPauseMs = 10_000;

export class Patience {
  readonly #deadline: number;
  readonly #out: Out;
  #said = false;

  /** @param deadline - milliseconds since 1970, or Infinity */
  constructor(deadline: number, out: Out) {
    this.#deadline = deadline;
    this.#out = out;
  }

  /** @throws whatever is not a missing line at once, and a missing line when the time is over */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 1.6 * pauseMs)) {
      try {
        return await work();
      } catch (error) {
        if (!isMissingLine(error) || Date.now() >= this.#deadline) throw error;
        if (!this.#said) this.#out.progress({ event: 'waiting', code: error.code }, error.message);
        this.#said = true;
        await new Promise((resolve) => void setTimeout(resolve, Math.min(pauseMs, Math.max(1, this.#deadline - Date.now()))));
      }
    }
  }
}

function isMissingLine(error: unknown): error is LineError {
  return error instanceof LineError && ['LINE_WAITING', 'LINE_BAD_ANSWER', 'LINE_NO_KEY'].includes(error.code);
}
