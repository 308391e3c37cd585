/**
 * Leaves acknowledgements for phones. What is claimed stands in the saved record, under its sequence number, before the
 * message leaves: so only what is durable is claimed, and a phone never sees one number with two meanings.
 */
import { messageAddress, quarterOf } from '@zajil/format';
import type { Keyring, Random } from '@zajil/keys';
import { parseVkey } from '@zajil/log';
import { sealAcknowledgement } from '@zajil/roster';
import type { Exhibit } from '../exhibit/exhibit.ts';
import type { RelayClient } from './relay-client.ts';

/** Notes in the exhibit what its record, saved next, lets this device claim. */
export function noteClaims(exhibit: Exhibit, relays: readonly string[]): void {
  const { words, files } = exhibit.claims();
  const before = exhibit.acknowledged;
  const says = words || files.some((file) => file.glance || file.cut || file.whole);
  if (!says || JSON.stringify([words, files]) === JSON.stringify([before.words, before.files])) return;
  exhibit.acknowledged = { sequence: before.sequence + 1, words, files: [...files], unsent: [...relays] };
}

export interface SendOptions {
  readonly client: RelayClient;
  readonly keyring: Keyring;
  readonly random: Random;
  readonly nowMs: number;
}

/** Leaves at this relay what is unsent. Returns the exhibits told of. @throws DeskError `DESK_RELAY_…` */
export async function sendClaims(exhibits: Iterable<Exhibit>, options: SendOptions): Promise<Exhibit[]> {
  const { client, keyring, random, nowMs } = options;
  const signer = keyring.device;
  const device = parseVkey(signer.vkey).name;
  const sent: Exhibit[] = [];
  for (const exhibit of exhibits) {
    const noted = exhibit.acknowledged;
    if (!noted.unsent.includes(client.base)) continue;
    const claims = { sequence: noted.sequence, quarter: quarterOf(nowMs), words: noted.words, files: noted.files };
    const message = sealAcknowledgement(exhibit.dispatch, claims, signer, random(24));
    await client.putMessage(messageAddress(exhibit.dispatch, device), message);
    // More may have been noted meanwhile, and has to be said as well.
    const now = exhibit.acknowledged;
    if (now.sequence === noted.sequence) exhibit.acknowledged = { ...now, unsent: now.unsent.filter((base) => base !== client.base) };
    sent.push(exhibit);
  }
  return sent;
}
