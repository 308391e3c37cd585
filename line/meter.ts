/** Measures the line while it is used: by answers, and by what turns out to have landed of bags that were lost. */
import { pieceBytes } from '@zajil/format';
import { type BagPlan, type SenderState, viewOf } from './machine.ts';
import { type Pace, onAnswered, onDialled, onLanded, onLost, onReplied, onSilence, unknownPace } from './pace.ts';
import { landedPieces } from './plan.ts';

interface LostBag {
  readonly plan: BagPlan;
  readonly startedAt: number;
  readonly lostAt: number;
}

/** So many bags answered in a row are a better measure than one that was lost behind them. */
const trustedAnswers = 2;

/** As many bags may be under way when the line ends; what is lost after them was lost by what was measured. */
const trustedLosses = 2;

export class Meter {
  #pace: Pace = unknownPace;
  #lost: LostBag[] = [];
  /** In a row, until something was lost. */
  #answers = 0;
  /** Bags in a row that were lost since. */
  #losses = 0;

  get pace(): Pace {
    return this.#pace;
  }

  answered(bagBytes: number, { bytes, ms }: { bytes: number; ms: number }): void {
    this.#answers = this.#losses > 0 ? 1 : this.#answers + 1;
    this.#losses = 0;
    this.#pace = onAnswered(this.#pace, bytes, ms, bagBytes);
  }

  dialled(ms: number): void {
    this.#pace = onDialled(this.#pace, ms);
  }

  replied(ms: number, busy: boolean): void {
    this.#pace = onReplied(this.#pace, ms, busy);
  }

  /** Pieces of bags that are still under way. */
  landed({ pieces, ms }: { pieces: number; ms: number }): void {
    if (pieces > 0) this.#pace = onLanded(this.#pace, pieces * pieceBytes, ms);
  }

  silence(): void {
    this.#pace = onSilence(this.#pace);
  }

  /** @param startedAt - milliseconds of the clock */
  lost(plan: BagPlan, startedAt: number, lostAt: number): void {
    // What was measured until the line ended is how fast it is when it lives.
    this.#losses += 1;
    if (this.#answers >= trustedAnswers && this.#losses <= trustedLosses) return;
    this.#lost = [...this.#lost.filter((one) => one.plan.relay === plan.relay), { plan, startedAt, lostAt }];
  }

  /** Once nothing of the bags lost lately is in doubt any more, what landed of them is the measure. */
  settle(state: SenderState): void {
    const lost = this.#lost;
    if (lost.length === 0 || lost.some(({ plan }) => isInDoubt(state, plan))) return;
    this.#lost = [];
    const pieces = lost.reduce((sum, { plan }) => sum + landedPieces(state, plan), 0);
    const ms = Math.max(...lost.map((one) => one.lostAt)) - Math.min(...lost.map((one) => one.startedAt));
    this.#pace = onLost(this.#pace, { bags: lost.length, pieces, ms });
  }
}

function isInDoubt(state: SenderState, plan: BagPlan): boolean {
  return plan.entries.some(({ name }) => {
    const parcel = state.parcels.get(name);
    return parcel !== undefined && viewOf(state, plan.relay, parcel).doubt.size > 0;
  });
}
