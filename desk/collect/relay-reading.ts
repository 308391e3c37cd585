/**
 * Reads one relay: page by page from where the last run ended, a few parcels at a time. Where a parcel cannot be had, it
 * is owed and asked for again next time; what is refused is passed over; only a relay that stops answering stops this.
 */
import { giveBack } from '@zajil/format';
import { DeskError } from '../refusal.ts';
import { type Listed, type RelayProgress, mostOwed } from '../vault/desk-record.ts';
import type { Vault } from '../vault/vault.ts';
import type { Filed, Filing } from './filing.ts';
import type { RelayClient } from './relay-client.ts';

/** Parcels in flight: hides the round trip, holds at most 4 MiB. */
const parallel = 4;
/** What one batch may lose to a kill, in parcels and time. */
const batchParcels = 64;
const batchMs = 2000;
/** A relay may list without end: after so long the others have their turn, and then this one goes on. */
const turnMs = 120_000;
/** Of what was announced and not delivered, so many are asked for in a turn; each may be let wait to the end. */
const mostOwedAsked = 64;

export interface ReadingOptions {
  readonly client: RelayClient;
  readonly vkey: string;
  readonly vault: Vault;
  readonly filing: Filing;
  readonly now: () => number;
  /** Called for every parcel, after it is decided. */
  readonly onFiled: (result: Filed | 'owed', bytes: number) => void;
  /** Called when a batch is full: saves, and acknowledges what was saved. */
  readonly save: () => Promise<void>;
}

export class RelayReading {
  readonly #options: ReadingOptions;
  #progress: RelayProgress;
  #savedMs: number;
  readonly #beganMs: number;

  constructor(options: ReadingOptions) {
    const { client, vault, vkey, now } = options;
    this.#options = options;
    const known = vault.desk.relays.find((relay) => relay.base === client.base && relay.vkey === vkey);
    this.#progress = known ?? { base: client.base, vkey, after: 0, owed: [] };
    this.#savedMs = now();
    this.#beganMs = now();
  }

  /**
   * One turn.
   *
   * @returns whether the relay had more to list than was read
   * @throws DeskError `DESK_RELAY_…` when the relay stops answering, `DESK_DISK`; what came before is kept
   */
  async run(): Promise<boolean> {
    await this.#takeOwed();
    for (;;) {
      const page = await this.#options.client.parcels(this.#progress.after);
      if (page.length === 0) return false;
      if (!(await this.#take(page))) return true;
    }
  }

  /** Asks once more for what was announced and not delivered; what still is not stays owed, behind the rest. */
  async #takeOwed(): Promise<void> {
    const { owed } = this.#progress;
    if (owed.length === 0) return;
    const still = await this.#fetchAll(owed.slice(0, mostOwedAsked));
    if (still.length < owed.length) this.#setProgress({ ...this.#progress, owed: [...owed.slice(mostOwedAsked), ...still] });
  }

  /** Slice by slice, so that the mark of how far it got never passes a parcel that is not decided. False when the turn is over. */
  async #take(page: readonly Listed[]): Promise<boolean> {
    for (let at = 0; at < page.length; at += batchParcels) {
      if (this.#options.now() - this.#beganMs >= turnMs) return false;
      const slice = page.slice(at, at + batchParcels);
      const owed = await this.#fetchAll(slice);
      const after = Math.max(this.#progress.after, slice.at(-1)?.seq ?? 0);
      this.#setProgress({ ...this.#progress, after, owed: [...this.#progress.owed, ...owed].slice(-mostOwed) });
      await this.#saveWhenFull();
    }
    return true;
  }

  async #fetchAll(slice: readonly Listed[]): Promise<Listed[]> {
    const waiting = slice.values();
    const owed: Listed[] = [];
    const worker = async () => {
      for (const listed of waiting) if ((await this.#fetchOne(listed)) === 'owed') owed.push(listed);
    };
    const results = await Promise.allSettled(Array.from({ length: parallel }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return owed.sort((a, b) => a.seq - b.seq);
  }

  async #fetchOne(listed: Listed): Promise<Filed | 'owed'> {
    const { client, vault, filing, onFiled } = this.#options;
    const report = (result: Filed | 'owed') => {
      onFiled(result, listed.bytes);
      return result;
    };
    if (vault.names.has(listed.name)) return report('known');
    let bytes: Uint8Array;
    try {
      bytes = await client.parcel(listed.name, listed.bytes);
    } catch (error) {
      if (error instanceof DeskError && (error.code === 'DESK_RELAY_REFUSED' || error.code === 'DESK_RELAY_ANSWER')) return report('owed');
      throw error;
    }
    const result = await filing.file(listed, client.base, bytes);
    giveBack(bytes);
    report(result === 'other-bytes' ? 'owed' : result);
    const { now } = this.#options;
    if (now() - this.#savedMs >= batchMs && filing.unsaved > 0) await this.#save();
    return result === 'other-bytes' ? 'owed' : result;
  }

  async #saveWhenFull(): Promise<void> {
    const { filing, now } = this.#options;
    if (filing.unsaved >= batchParcels || now() - this.#savedMs >= batchMs) await this.#save();
  }

  async #save(): Promise<void> {
    this.#savedMs = this.#options.now();
    await this.#options.save();
  }

  #setProgress(progress: RelayProgress): void {
    const { vault } = this.#options;
    this.#progress = progress;
    const others = vault.desk.relays.filter((relay) => relay.base !== progress.base);
    vault.desk = { ...vault.desk, relays: [...others, progress] };
  }
}
