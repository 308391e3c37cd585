/**
 * Leaves wants for phones, at every relay of the newsroom: a phone uses whichever answers. What a relay did not take is
 * left at the next collect. The record that bears the sequence number is saved before the message leaves.
 */
import { messageAddress, quarterOf } from '@zajil/format';
import type { Keyring, Random } from '@zajil/keys';
import { parseVkey } from '@zajil/log';
import { sealWants } from '@zajil/roster';
import type { Collector } from '../collect/collect.ts';
import type { RelayClient } from '../collect/relay-client.ts';
import type { Exhibit } from '../exhibit/exhibit.ts';
import { DeskError } from '../refusal.ts';
import type { Vault } from '../vault/vault.ts';
import { type WantRequest, noteWants, wantedEntries } from './note-wants.ts';

export interface AskingOptions {
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly collector: Pick<Collector, 'client'>;
  readonly now: () => number;
  readonly random: Random;
}

/** How many relays took what was to be left there. */
export interface Told {
  readonly took: number;
  readonly of: number;
}

export class Asking {
  readonly #options: AskingOptions;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  /** Notes what is asked, durably, and tells the relays that answer. @throws DeskError `DESK_NO_EXHIBIT`, `DESK_REQUEST`, `DESK_DISK` */
  async want(request: WantRequest): Promise<Told> {
    const { keyring, vault, now } = this.#options;
    const exhibit = vault.exhibit(request.exhibit);
    noteWants(exhibit, request, { quarter: quarterOf(now()), relays: keyring.relays.map(({ base }) => base) });
    await vault.saveExhibit(exhibit);
    return this.tell();
  }

  /** Leaves what no relay, or not every one, took yet. @throws DeskError `DESK_DISK` */
  async tell(): Promise<Told> {
    const { keyring, vault } = this.#options;
    const unsent = [...vault.exhibits.values()].filter(({ wanted }) => wanted !== null && wanted.unsent.length > 0);
    const relays = keyring.relays.filter(({ base }) => unsent.some(({ wanted }) => wanted?.unsent.includes(base)));
    const results = await Promise.all(relays.map(async (relay) => this.#leaveAt(relay, unsent)));
    if (results.includes(true)) for (const exhibit of unsent) await vault.saveExhibit(exhibit);
    return { took: results.filter(Boolean).length, of: relays.length };
  }

  /** A relay that does not answer, refuses, or shows another key than before is passed over: collecting names it. */
  async #leaveAt({ base, vkey }: { base: string; vkey: string }, exhibits: readonly Exhibit[]): Promise<boolean> {
    const client = this.#options.collector.client(base);
    try {
      const shown = await client.vkey();
      if (vkey !== '' && vkey !== shown) return false;
      for (const exhibit of exhibits) await this.#leaveOne(client, exhibit);
      return true;
    } catch (error) {
      if (!(error instanceof DeskError) || !error.code.startsWith('DESK_RELAY_')) throw error;
      return false;
    }
  }

  async #leaveOne(client: RelayClient, exhibit: Exhibit): Promise<void> {
    const { keyring, now, random } = this.#options;
    const { wanted } = exhibit;
    if (!wanted?.unsent.includes(client.base)) return;
    if (wanted.until >= quarterOf(now())) {
      const { sequence, quarter, until } = wanted;
      const wants = { sequence, quarter, until, entries: wantedEntries(wanted, quarter) };
      const address = messageAddress(exhibit.dispatch, parseVkey(keyring.device.vkey).name, 'wants');
      await client.putMessage(address, sealWants(exhibit.dispatch, wants, keyring.device, random(24)));
    }
    // More may have been asked meanwhile, and has to be said as well.
    const noted = exhibit.wanted;
    if (noted?.sequence === wanted.sequence) exhibit.wanted = { ...noted, unsent: noted.unsent.filter((base) => base !== client.base) };
  }
}
