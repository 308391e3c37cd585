/** The intake identities of this desk, in the order in which they are tried: nearest the arrival day first. */
import { type IntakeSeed, dayOf } from '@zajil/keys';
import { type Identity, createIdentity } from '@zajil/open';
import { quarterToDate } from '@zajil/format';

interface Known {
  readonly from: number;
  readonly until: number;
  readonly isLast: boolean;
  readonly identity: Identity;
}

export class Intake {
  readonly #known: Known[];
  readonly #byDay = new Map<string, Identity[]>();

  /** @param seeds - wiped when this returns */
  constructor(seeds: readonly IntakeSeed[]) {
    this.#known = seeds.map((key) => {
      const identity = createIdentity(key.seed);
      key.seed.wipe();
      return { from: Date.parse(key.from), until: Date.parse(key.until), isLast: key.scope === 'last', identity };
    });
  }

  /** @param quarter - quarter hour of the arrival, as the relay says */
  near(quarter: number): readonly Identity[] {
    const day = dayOf(quarterToDate(quarter).getTime());
    const known = this.#byDay.get(day);
    if (known) return known;
    const at = Date.parse(day);
    const distance = ({ from, until, isLast }: Known) => (isLast ? Number.POSITIVE_INFINITY : Math.max(0, from - at, at - until));
    const sorted = this.#known.toSorted((a, b) => compare(distance(a), distance(b))).map(({ identity }) => identity);
    this.#byDay.set(day, sorted);
    return sorted;
  }
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
