/**
 * Asks again, on another connection, before the first answer is given up. A browser keeps connections that it does not
 * know to be dead and hands them out again; a small question sent twice finds one that lives, and clears the others.
 */
import type { Clock } from './clock.ts';

/** The first answer of up to `most` attempts, begun `everyMs` apart; the others are aborted. @throws what the last one threw */
export async function hedged<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { clock, signal, everyMs, most }: { clock: Clock; signal: AbortSignal; everyMs: number; most: number },
): Promise<T> {
  const settled = new AbortController();
  const both = AbortSignal.any([signal, settled.signal]);
  const attempts: Promise<T>[] = [];
  const begin = (): void => void attempts.push(attempt(both));
  try {
    begin();
    while (attempts.length < most) {
      const first = Promise.any(attempts).then(
        () => true,
        () => true,
      );
      if (await Promise.race([first, clock.sleep(everyMs, both).then(() => false)])) break;
      if (both.aborted) break;
      begin();
    }
    return await Promise.any(attempts);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    settled.abort();
  }
}
