/**
 * Makes pieces from everywhere add up: fetches from each relay what the tray lacks, files what becomes whole, and hands
 * each relay what it lacks of what the desk has. `docs/protocol.md` section "Collect".
 *
 * What a relay lists is believed only as far as it costs little: pieces prove themselves, requests and bytes of a run are
 * bounded, and a list that promised more than came is not followed again.
 */
import { type Bitmap, type NameHex, BagSalvage, pieceBytes } from '@zajil/format';
import { DeskError } from '../refusal.ts';
import type { Due } from '../tray/due.ts';
import { fastSha256 } from '../tray/pieces-on-disk.ts';
import type { Tray } from '../tray/tray.ts';
import type { Uniter } from '../tray/uniter.ts';
import type { Vault } from '../vault/vault.ts';
import { Handing } from './handing.ts';
import { missingFrom, without } from './pieces-of.ts';
import type { RelayClient } from './relay-client.ts';

export interface UnitingParts {
  readonly vault: Vault;
  readonly tray: Tray;
  readonly due: Due;
  readonly now: () => number;
}

/** A relay, and what it lists as not whole. */
export interface Peer {
  readonly client: RelayClient;
  readonly partials: Map<NameHex, Bitmap>;
}

const mostPages = 8;
/** In a run, of one relay. */
const mostFetches = 256;
const mostFetchedBytes = 64 * 1024 * 1024;

/** Lives as long as the desk is unlocked: it remembers in which lists it was disappointed. */
export class Uniting {
  readonly #parts: UnitingParts;
  readonly #handing: Handing;
  /** By relay and name, the list that was not kept. */
  readonly #vain = new Map<string, string>();

  constructor(parts: UnitingParts) {
    this.#parts = parts;
    this.#handing = new Handing(parts);
  }

  /**
   * One run over these relays, in the newsroom's order. A relay that fails is left for the next run.
   *
   * @returns pieces handed to relays. @throws DeskError `DESK_DISK`
   */
  async run(clients: readonly RelayClient[], uniter: Uniter): Promise<number> {
    const peers: Peer[] = [];
    for (const client of clients) await unlessRelay(async () => peers.push({ client, partials: await listAll(client) }));
    for (const peer of peers) await unlessRelay(async () => this.#fetch(peer, uniter));
    await uniter.settle();
    let handed = 0;
    for (const peer of peers) await unlessRelay(async () => this.#handing.run(peer, peers, (pieces) => (handed += pieces)));
    return handed;
  }

  async #fetch({ client, partials }: Peer, uniter: Uniter): Promise<void> {
    const { tray } = this.#parts;
    let bytes = 0;
    let fetches = 0;
    for (const [name, held] of partials) {
      if (uniter.isDecided(name)) continue;
      const mine = await tray.pieces(name);
      const wanted = missingFrom(mine, held);
      if (wanted.length === 0 || this.#isVain(client, name, held)) continue;
      // What cards brought is not pushed out by what a relay has safe.
      if (!mine && tray.bytes + held.size * pieceBytes > tray.quotaBytes / 2) continue;
      if (fetches >= mostFetches || bytes >= mostFetchedBytes) return;
      fetches += 1;
      bytes += wanted.length * pieceBytes;
      const fresh = await this.#fetchOne(client, name, without(held, wanted), uniter);
      if (fresh < wanted.length) this.#vain.set(`${client.base} ${name}`, keyOf(held));
    }
  }

  /** Returns how many pieces were new. */
  async #fetchOne(client: RelayClient, name: NameHex, but: Bitmap, uniter: Uniter): Promise<number> {
    let bag: Uint8Array;
    try {
      bag = await client.pieces(name, but);
    } catch (error) {
      // It may have become whole there since it was listed.
      if (error instanceof DeskError && error.code === 'DESK_RELAY_REFUSED') return 0;
      throw error;
    }
    const reader = new BagSalvage({ sha256: fastSha256 });
    const pieces = [...reader.push(bag), ...reader.end()].filter(({ parcel }) => parcel.name === name);
    const [first] = pieces;
    return first ? (await uniter.take(name, first.parcel.head, pieces, 'pieces')).fresh : 0;
  }

  #isVain({ base }: RelayClient, name: NameHex, held: Bitmap): boolean {
    return this.#vain.get(`${base} ${name}`) === keyOf(held);
  }
}

async function listAll(client: RelayClient): Promise<Map<NameHex, Bitmap>> {
  const all = new Map<NameHex, Bitmap>();
  let after = '';
  for (let page = 0; page < mostPages; page += 1) {
    const { partials, next } = await client.partials(after);
    for (const { name, held } of partials) all.set(name, held);
    if (next === '') break;
    after = next;
  }
  return all;
}

/** A relay that is gone, older or mistaken stops only what is done with it. */
async function unlessRelay(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DeskError) || !error.code.startsWith('DESK_RELAY_')) throw error;
  }
}

function keyOf(held: Bitmap): string {
  return Buffer.from(held.bytes).toString('base64url');
}
