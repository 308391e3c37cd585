/** Never back: a chain replaces a known one only when it continues it. `docs/protocol.md` section "Roster". */
import { equalBytes } from '@zajil/format';
import { splitChain } from './chain.ts';
import { RosterError } from './refusal.ts';
import type { Roster } from './roster.ts';

/**
 * The next roster, if it is the known one or continues it. Both are verified before.
 *
 * @throws RosterError `ROSTER_OTHER_NEWSROOM`; `ROSTER_OLDER` when it is a beginning of the known one; `ROSTER_FORK`
 *   when the two contradict each other, which is evidence against whoever signed both
 */
export function verifyExtends(known: Roster, next: Roster): Roster {
  if (!equalBytes(known.name, next.name))
    throw new RosterError('ROSTER_OTHER_NEWSROOM', 'this roster is of another newsroom; the known one is kept');
  const [longer, shorter] = next.seq >= known.seq ? [next, known] : [known, next];
  if (splitChain(longer.text)[shorter.seq]?.hash !== shorter.head)
    throw new RosterError('ROSTER_FORK', 'this roster contradicts the known one; the known one is kept. Keep both, and ask the newsroom');
  if (next.seq < known.seq) throw new RosterError('ROSTER_OLDER', 'this roster is older than the known one; the known one is kept');
  return next;
}
