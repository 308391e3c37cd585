/** The inbox's order and what is new in it. Entries keep their places while their parts arrive, so that nothing moves under a hand. */
import type { ExhibitSummary } from '../api.ts';

export type News = 'dispatch' | 'urgent' | 'words' | 'whole';

export class Arrivals {
  readonly #firstSeen = new Map<string, number>();
  readonly #fresh = new Set<string>();
  #begun = false;

  /** Newest quarter hour first; within one, whatever this screen saw last. Does not change its argument. */
  ordered(exhibits: readonly ExhibitSummary[]): ExhibitSummary[] {
    for (const { id } of exhibits.toReversed()) {
      if (this.#firstSeen.has(id)) continue;
      this.#firstSeen.set(id, this.#firstSeen.size);
      if (this.#begun) this.#fresh.add(id);
    }
    this.#begun = true;
    const seen = (id: string): number => this.#firstSeen.get(id) ?? 0;
    return exhibits.toSorted((a, b) => b.arrived - a.arrived || seen(b.id) - seen(a.id));
  }

  /** Arrived since the screen was opened, and not looked at. */
  isFresh(id: string): boolean {
    return this.#fresh.has(id);
  }

  look(id: string): void {
    this.#fresh.delete(id);
  }
}

const wholes = (exhibit: ExhibitSummary): number => exhibit.files.filter(({ whole }) => whole === 'complete').length;

/** What is worth a sentence between two lists; the most telling one. */
export function newsBetween(before: readonly ExhibitSummary[], after: readonly ExhibitSummary[]): News | null {
  const old = new Map(before.map((exhibit) => [exhibit.id, exhibit]));
  const added = after.filter(({ id }) => !old.has(id));
  const became = (is: (now: ExhibitSummary, then: ExhibitSummary) => boolean): boolean =>
    after.some((now) => {
      const then = old.get(now.id);
      return then !== undefined && is(now, then);
    });
  if (added.some(({ words }) => words?.urgent) || became((now, then) => !then.words && now.words?.urgent === true)) return 'urgent';
  if (added.length > 0) return 'dispatch';
  if (became((now, then) => !then.words && now.words !== null)) return 'words';
  return became((now, then) => wholes(now) > wholes(then)) ? 'whole' : null;
}
