/** A relay's address as a person types it into the form of a new invitation. */
import { FormatError, isSafeTransport, relayBase } from '@zajil/format';
import type { InviteRequest } from './api.ts';
import { DeskError } from './refusal.ts';

/** Its one spelling. @throws DeskError `DESK_ADDRESS`, `DESK_PLAIN_HTTP` */
export function readBase({ relay, plain }: Pick<InviteRequest, 'relay' | 'plain'>): string {
  let base: string;
  try {
    base = relayBase(relay.trim());
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new DeskError(
      'DESK_ADDRESS',
      'This is not the address of a relay. No invitation was made. It looks like https://relay.example.',
      cause,
    );
  }
  if (!isSafeTransport(base, plain))
    throw new DeskError(
      'DESK_PLAIN_HTTP',
      'This address is not encrypted on the way. No invitation was made. Use https, an onion address, or allow it knowingly for a closed network.',
    );
  return base;
}
