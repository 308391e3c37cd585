/** Orders releases into editions: newest first, each version at an address of its own that never changes hands. */
import type { ClearedRelease, Edition } from './cleared-release.ts';
import { PressError } from './refusal.ts';

type Draft = { -readonly [Key in keyof Edition]: Edition[Key] };

/**
 * The newest version of each release, newest day first; superseded ones hang from it.
 *
 * @throws PressError `PRESS_DUPLICATE` when two releases claim one id and version
 */
export function arrangeEditions(cleared: readonly ClearedRelease[]): Edition[] {
  const byId = Map.groupBy(cleared, ({ release }) => release.id);
  return [...byId.values()].map(arrangeVersions).sort(newestFirst);
}

function arrangeVersions(cleared: ClearedRelease[]): Edition {
  const [first, ...rest] = cleared.toSorted((a, b) => b.release.version - a.release.version);
  if (!first) throw new RangeError('a group has at least one member');
  if (new Set(cleared.map(({ release }) => release.version)).size < cleared.length)
    throw new PressError('PRESS_DUPLICATE', 'Two releases carry the same number and version. Give the later one a new version.');
  const newest: Draft = { cleared: first, release: first.release, stem: first.release.id, newer: null, older: [] };
  newest.older = rest.map((older) => ({
    cleared: older,
    release: older.release,
    stem: `${older.release.id}-v${older.release.version}`,
    newer: newest,
    older: [],
  }));
  return newest;
}

function newestFirst(a: Edition, b: Edition): number {
  if (a.release.day !== b.release.day) return a.release.day < b.release.day ? 1 : -1;
  return a.release.id < b.release.id ? -1 : 1;
}

/** The first publication of a release, `YYYY-MM-DD`. */
export function firstDay(edition: Edition): string {
  return edition.older.at(-1)?.release.day ?? edition.release.day;
}
