/** What is asked of Zajil, and whether it was reached. */
import { pieceBytes } from '@zajil/format';
import type { Outcome } from './outcome.ts';

export interface Goal {
  readonly what: string;
  readonly reached: string;
  readonly asked: string;
  readonly met: boolean;
}

/** Of all bytes, sent although they were held. */
const mostTwice = 0.02;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param outcome - of Zajil */
export function goalsOf(outcome: Outcome): Goal[] {
  const { line, use, ofBound, twice, twicePerCut, done, seeds } = outcome;
  const goals: Goal[] = [
    { what: `${line.title}: everything taken`, reached: `${done} of ${seeds}`, asked: `${seeds} of ${seeds}`, met: done === seeds },
    {
      what: `${line.title}: use of the line`,
      reached: use.toFixed(3),
      asked: `≥ ${line.goals.use.toFixed(2)}`,
      met: use >= line.goals.use,
    },
    { what: `${line.title}: sent twice`, reached: percent(twice), asked: `≤ ${percent(mostTwice)}`, met: twice <= mostTwice },
    {
      what: `${line.title}: sent twice for each cut`,
      reached: `${Math.round(twicePerCut)} bytes`,
      asked: `≤ ${pieceBytes} bytes`,
      met: twicePerCut <= pieceBytes,
    },
  ];
  const { ofBound: asked } = line.goals;
  if (asked !== null)
    goals.push({ what: `${line.title}: of the bound`, reached: ofBound.toFixed(3), asked: `≥ ${asked.toFixed(2)}`, met: ofBound >= asked });
  return goals;
}
