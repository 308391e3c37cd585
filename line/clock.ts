/** Time as an argument: milliseconds that never go back, and a sleep that can be cut short. */
export interface Clock {
  /** Milliseconds, monotonic, from any origin. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest that a timer may be set for: 2^31 - 1 ms, beyond which platforms fire at once. */
const longestMs = 2 ** 31 - 1;

export const platformClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.min(longestMs, Math.max(0, ms)));
      signal?.addEventListener('abort', end);
    }),
};

/** A signal that aborts after `ms`, or with `outer`. Whoever takes it calls `end` to let its timer go. */
export function deadlineAfter(clock: Clock, ms: number, outer?: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => over.abort());
  const signal = outer ? AbortSignal.any([outer, over.signal]) : over.signal;
  return { signal, end: () => done.abort() };
}
