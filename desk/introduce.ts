/** Tells a relay, by a person's word, whose relay it is now. */
import type { Keyring } from '@zajil/keys';
import type { RelaySummary } from './api.ts';
import type { Collector } from './collect/collect.ts';
import { DeskError } from './refusal.ts';

/** The person names the relay now: its key is taken as it is shown. What is not possible is said, and done later. */
export async function introduce(base: string, parts: { keyring: Keyring; collector: Collector; now: () => number }): Promise<RelaySummary> {
  const { keyring, collector, now } = parts;
  try {
    const client = collector.client(base);
    await keyring.learnRelay(base, await client.vkey(), now());
    await collector.tell(client);
    return { base, state: 'reached', message: '' };
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    return { base, state: error.code === 'DESK_RELAY_UNREACHABLE' ? 'unreachable' : 'refused', message: error.message };
  }
}
