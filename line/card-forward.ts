/** Carries what stands on a courier's cards to a relay, by the courier's own invitation. `docs/protocol.md` section "Courier's file". */
import type { CardSpool } from './card-spool.ts';
import { noteTouched } from './relay-memory.ts';
import { type SenderOptions, runSender } from './sender.ts';
import type { Snapshot } from './snapshot.ts';

export type ForwardOptions = Omit<SenderOptions, 'spool' | 'supply' | 'bell' | 'until'>;

/**
 * Runs until a relay promised to hold every parcel that is whole here, and holds every piece of the others. May be run
 * again, with the same cards or others: what is held is asked for, not sent.
 *
 * @throws LineError as `runSender` does; `LINE_STORAGE` when a card is gone
 */
export async function forwardCards(cards: CardSpool, options: ForwardOptions): Promise<Snapshot> {
  const names = (await cards.list()).map((parcel) => parcel.name);
  // Others may have carried the same card, or this phone before.
  await noteTouched(cards, names, options.invitation.relays);
  return await runSender({ ...options, spool: cards, until: 'taken' });
}
