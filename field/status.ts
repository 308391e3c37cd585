/** What an item's segments mean in one state and one next step. Pure; `docs/protocol.md` section "What the phone shows". */
import { type CardState, type Item, type Segment, segments, segmentStates } from './engine/protocol.ts';

/** In the order in which an item goes through them. `arrived` is `taken` that also stands in the public log. */
export const itemStates = ['here', 'going', 'taken', 'arrived', 'opened'] as const;
export type ItemState = (typeof itemStates)[number];

/** The least that is true of all of it. Never `opened` while anything is not yet sealed. */
export function stateOf(item: Pick<Item, 'segments' | 'making' | 'wanted'>): ItemState {
  const present = segments.map((name) => item.segments[name]).filter((segment) => segment.state !== 'none');
  const least = Math.min(...present.map((segment) => segmentStates.indexOf(segment.state)));
  const unfinished = item.making || item.wanted.length > 0;
  if (present.length === 0) return 'here';
  if (least >= segmentStates.indexOf('taken') && !unfinished) return segmentStates[least] as ItemState;
  const begun = present.some((segment) => segment.heldBytes > 0 || segmentStates.indexOf(segment.state) >= segmentStates.indexOf('going'));
  return begun ? 'going' : 'here';
}

/** How full a segment is drawn, 0 to 1: full only when all of it is held. */
export function fillOf(segment: Segment): number {
  if (segment.state === 'none') return 0;
  if (segmentStates.indexOf(segment.state) >= segmentStates.indexOf('taken')) return 1;
  if (segment.bytes === 0) return 0;
  return Math.min(0.97, segment.heldBytes / segment.bytes);
}

/** Bytes held and bytes in all over every segment. */
export function countOf(item: Pick<Item, 'segments'>): { heldBytes: number; bytes: number } {
  const all = segments.map((name) => item.segments[name]);
  return {
    heldBytes: all.reduce((sum, segment) => sum + Math.min(segment.heldBytes, segment.bytes), 0),
    bytes: all.reduce((sum, segment) => sum + segment.bytes, 0),
  };
}

/** Is a card being read, carried on or written now? */
export function isCardBusy(card: CardState | null): boolean {
  return card !== null && ['reading', 'going', 'saving'].includes(card.step);
}
