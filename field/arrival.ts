/**
 * How an invitation reaches the page: behind the `#` of the address at first open, or pasted. `docs/protocol.md`
 * section "Invitation".
 */
import { FormatError, type Invitation, isSafeTransport, parseInvitation } from '@zajil/format';
import type { InviteTrouble } from './engine/protocol.ts';

export type Arrival = { readonly invitation: Invitation; readonly text: string } | { readonly trouble: InviteTrouble };

/** The invitation in whatever was pasted: a whole message may stand around it, and a messenger may have broken its line. */
export function readInvitation(pasted: string): Arrival {
  const pattern = /https?:\/\/[^\s#]+#[\w-]+/;
  const found = [pattern.exec(pasted)?.[0], pattern.exec(pasted.replaceAll(/\s+/g, ''))?.[0], pasted.trim()].filter(
    (text) => text !== undefined,
  );
  const read = found.map(readOne);
  return read.find((arrival) => 'invitation' in arrival) ?? read.find((arrival) => isTold(arrival)) ?? { trouble: 'inviteBroken' };
}

/** It is an invitation, but not for this page or this way. */
function isTold(arrival: Arrival): boolean {
  return 'trouble' in arrival && arrival.trouble !== 'inviteBroken';
}

function readOne(text: string): Arrival {
  try {
    const invitation = parseInvitation(text);
    if (!invitation.relays.every((relay) => isSafeTransport(relay, invitation.plain))) return { trouble: 'inviteUnsafe' };
    return { invitation, text };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { trouble: error.code === 'FORMAT_VERSION' ? 'inviteNewer' : 'inviteBroken' };
  }
}
