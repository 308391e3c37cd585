/** The page of results: one table over all lines and senders, one of what is asked of Zajil. */
import { formatTable } from '../table.ts';
import type { Goal } from './goals.ts';
import { layers, type Outcome } from './outcome.ts';

export interface PageParts {
  /** Day, machine, seeds. */
  readonly circumstances: string;
  readonly proxied: boolean;
  readonly outcomes: readonly Outcome[];
  /** By key of a sender. */
  readonly titles: ReadonlyMap<string, string>;
  readonly goals: readonly Goal[];
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
}

const method = `*Use* is distinct bytes of parcels held at the relay ÷ what the line could have carried while it was alive, until the phone ended.
*Bound* is what TCP could at most do on the line of that very seed (\`bench/line/bound.ts\`). *Seconds* are of living line, from the
start of the phone until a layer is whole at the relay, which is when a desk can open it. *Twice* counts pieces that came although they
were held; a tus server only appends, so it has none. *Beyond* is all that came over TCP beside distinct bytes: heads of HTTP and of bags,
and what came twice; *handed out* is what the sender gave to the network beyond them, the bytes lost at cuts among it. *CPU* is of the
phone's process. All senders carry the same sealed parcels, tus as one upload in telling order (the fewest round trips). Routes use cubic.
A sender that has not made use of two fifths of the line by then is ended, and counts as it stood. *Watched* means: a silence
of 8 s (30 s on the edge line, 15 s on 3G; of 1.5 to 3.5 s while it waits for a mere answer) ends the request and resumes the upload, and the server
lets go of a dead lock after 50 ms. Other patience was tried and did worse.`;

export function formatPage({ circumstances, proxied, outcomes, titles, goals, leftOut }: PageParts): string {
  const warning = proxied
    ? '\n**Over a TCP proxy, not over a line between namespaces: no heads of IP and TCP, no dials that take a round trip, no queue, no loss. Not to be held against the goals.**\n'
    : '';
  const notes = leftOut.length > 0 ? `\nLeft out: ${leftOut.join('; ')}.\n` : '';
  const parts = ['# Lines that die', `${circumstances}\n${warning}${notes}`, formatTable(outcomeRows(outcomes, titles)), method];
  if (outcomes.length > 0) parts.push('![Bytes held over time](line.svg)');
  if (goals.length > 0) parts.push('## Asked of Zajil', formatTable(goalRows(goals)));
  return `${parts.join('\n\n')}\n`;
}

function outcomeRows(outcomes: readonly Outcome[], titles: ReadonlyMap<string, string>): string[][] {
  const head = [
    'line, sender',
    'done',
    'use',
    'bound',
    'of bound',
    ...layers.map((layer) => `${layer} s`),
    'twice',
    'beyond',
    'handed out',
    'CPU s',
    'min',
  ];
  return [
    head,
    ...outcomes.map((one) => [
      `${one.line.title}: ${titles.get(one.sender) ?? one.sender}`,
      `${one.done}/${one.seeds}`,
      one.use.toFixed(3),
      one.bound.toFixed(3),
      one.ofBound.toFixed(3),
      ...layers.map((layer) => one.alive[layer]?.toFixed(1) ?? 'never'),
      one.sender === 'zajil' ? percent(one.twice) : '–',
      percent(one.beyond),
      one.handedBeyond === null ? '–' : percent(one.handedBeyond),
      Number.isNaN(one.cpu) ? '–' : one.cpu.toFixed(1),
      one.minutes.toFixed(1),
    ]),
  ];
}

function goalRows(goals: readonly Goal[]): string[][] {
  return [
    ['what', 'reached', 'asked', ''],
    ...goals.map(({ what, reached, asked, met }) => [what, reached, asked, met ? 'met' : 'MISSED']),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
