import type { DispatchProgress, Segment, Snapshot } from '@zajil/line';
import { expect, test } from 'vitest';
import { Teller } from './teller.ts';

const unmade: Segment = { state: 'here', bytesHeld: 0, bytesTotal: null, enough: false };

function snapshot(whole: Segment): Snapshot {
  const file = { file: 0, glance: unmade, cut: unmade, whole, safeToErase: false };
  const dispatch: DispatchProgress = { key: 'one', urgent: false, order: 1, words: unmade, files: [file], copies: 0, safeToErase: false };
  return { dispatches: [dispatch], relays: [], state: 'going', trouble: null, bytesWaiting: 0, bytesPerSecond: null, bytesSent: 0 };
}

test('one line when a segment changes its state, one when the newsroom has enough, and one when it goes on', () => {
  const lines: string[] = [];
  const facts: unknown[] = [];
  const out = {
    fact: () => undefined,
    progress: (fields: object, line: string) => {
      facts.push((fields as { enough?: unknown }).enough);
      lines.push(line);
    },
  };
  const teller = new Teller(out, 'one');
  const going: Segment = { state: 'going', bytesHeld: 4096, bytesTotal: 30_000_000, enough: false };
  for (const segment of [going, { ...going, bytesHeld: 8192 }, { ...going, enough: true }, { ...going, enough: true }, going])
    teller.tell(snapshot(segment));
  expect(lines).toEqual([
    'whole of file 1, 30 MB: going',
    'whole of file 1, 30 MB: the newsroom has enough of it for now; the rest stays here',
    'whole of file 1, 30 MB: going',
  ]);
  expect(facts).toEqual([false, true, false]);
});
