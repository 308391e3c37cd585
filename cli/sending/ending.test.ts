import type { DispatchProgress, Segment, SegmentState, Snapshot } from '@zajil/line';
import { describe, expect, test } from 'vitest';
import { restIsEnough, tellEnd } from './ending.ts';

const unmade: Segment = { state: 'here', bytesHeld: 0, bytesTotal: null, enough: false };
const at = (state: SegmentState, enough = false): Segment => ({ state, bytesHeld: 4096, bytesTotal: 30_000_000, enough });

interface Layers {
  words?: Segment;
  glance?: Segment;
  wholes?: readonly Segment[];
}

function snapshot({ words = at('taken'), glance = unmade, wholes = [] }: Layers): Snapshot {
  const files = wholes.map((whole, file) => ({ file, glance, cut: unmade, whole, safeToErase: false }));
  const dispatch: DispatchProgress = { key: 'one', urgent: false, order: 1, words, files, copies: 0, safeToErase: false };
  return { dispatches: [dispatch], relays: [], state: 'waiting', trouble: null, bytesWaiting: 5, bytesPerSecond: null, bytesSent: 9 };
}

describe('the rest is enough', () => {
  test('when all that is missing is what the newsroom has enough of', () => {
    expect(restIsEnough(snapshot({ wholes: [at('going', true), at('taken')] }), 'taken')).toBe(true);
    expect(restIsEnough(snapshot({ glance: at('arrived'), words: at('opened'), wholes: [at('here', true)] }), 'arrived')).toBe(true);
  });

  test('not while anything else is missing, or not even sealed', () => {
    const whole = at('going', true);
    expect(restIsEnough(snapshot({ wholes: [whole, at('going')] }), 'taken')).toBe(false);
    expect(restIsEnough(snapshot({ wholes: [whole, unmade] }), 'taken')).toBe(false);
    expect(restIsEnough(snapshot({ words: unmade, wholes: [whole] }), 'taken')).toBe(false);
    expect(restIsEnough(snapshot({ glance: at('going'), wholes: [whole] }), 'taken')).toBe(false);
    expect(restIsEnough(snapshot({ wholes: [whole] }), 'arrived')).toBe(false);
    expect(restIsEnough(snapshot({ wholes: [at('taken')] }), 'taken')).toBe(false);
  });
});

test('what is enough ends well, in a sentence of its own; what merely waits is refused', () => {
  const facts: unknown[] = [];
  const out = { fact: (fields: object) => void facts.push(fields), progress: () => undefined };
  expect(tellEnd(out, snapshot({ wholes: [at('going', true)] }), 'taken')).toBe(0);
  expect(facts).toEqual([{ event: 'enough', until: 'taken', bytesSent: 9, bytesWaiting: 5, safeToErase: false }]);
  expect(() => tellEnd(out, snapshot({ wholes: [at('going')] }), 'taken')).toThrow(expect.objectContaining({ code: 'CLI_TIMEOUT' }));
});
