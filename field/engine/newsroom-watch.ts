/**
 * The newsroom to seal for: at once from what is remembered, then from a relay as soon as one answers. Today's keys are
 * fetched when there is a line, so that they are there when there is none.
 */
import type { Invitation, KeyScope } from '@zajil/format';
import { type Fetch, fetchNewsroom, LineError, type Newsroom, type Notes } from '@zajil/line';
import { RosterError } from '@zajil/roster';

const pauseMs = { first: 2000, most: 30_000 };

export interface WatchOptions {
  readonly invitation: Invitation;
  readonly notes: Notes;
  readonly fetch: Fetch;
  readonly nowMs: () => number;
  /** Resolves after `ms` or when something wakes the engine. */
  readonly pause: (ms: number) => Promise<void>;
  readonly onNewsroom: (newsroom: Newsroom) => void;
  readonly onTrouble: (error: LineError) => void;
}

/** Day of the phone's clock, UTC: `YYYY-MM-DD`. */
export function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

/** Ends when a relay has shown the newsroom and its keys are here. */
export async function watchNewsroom(options: WatchOptions): Promise<void> {
  const remembered = await fetchNewsroom({ ...options, fetch: withoutRoster(options.fetch) }).catch(ignoreRefusal);
  if (remembered) options.onNewsroom(remembered);
  for (let ms = pauseMs.first; ; ms = Math.min(pauseMs.most, 2 * ms)) {
    const newsroom = await fetchNewsroom(options).catch((error: unknown) => {
      const refusal = refusalOf(error);
      if (!remembered) options.onTrouble(refusal);
      return null;
    });
    if (newsroom?.fresh) {
      options.onNewsroom(newsroom);
      if (await prefetchKeys(newsroom, dayOf(options.nowMs()))) return;
    }
    await options.pause(ms);
  }
}

/** Answers nothing about the roster, so that what is remembered is used without waiting for a line. */
function withoutRoster(fetch: Fetch): Fetch {
  return (input, init) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    return url.endsWith('/v1/roster') ? Promise.reject(new TypeError('not now')) : fetch(input, init);
  };
}

async function prefetchKeys(newsroom: Newsroom, day: string): Promise<boolean> {
  for (const scope of ['day', 'month', 'last'] satisfies KeyScope[]) {
    try {
      await newsroom.intakeKey(scope, day);
    } catch (error) {
      ignoreRefusal(error);
      return false;
    }
  }
  return true;
}

function ignoreRefusal(error: unknown): null {
  refusalOf(error);
  return null;
}

function refusalOf(error: unknown): LineError {
  if (error instanceof LineError) return error;
  if (error instanceof RosterError) return new LineError('LINE_NO_KEY', error);
  throw error;
}
