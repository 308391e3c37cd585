/**
 * Files parcels into the vault: proves a parcel's name, opens it, stores its bytes, puts it in its place; and
 * saves in batches, so that a kill loses at most what was not acknowledged.
 */
import {
  type Ciphertext,
  FormatError,
  type Plaintext,
  asCiphertext,
  equalBytes,
  fromHex,
  giveBack,
  isBucket,
  makeParcelHead,
  parcelName,
  readPlaintext,
} from '@zajil/format';
import type { Random } from '@zajil/keys';
import { OpenError, openParcel } from '@zajil/open';
import type { Exhibit } from '../exhibit/exhibit.ts';
import { DeskError } from '../refusal.ts';
import { fastSha256 } from '../tray/pieces-on-disk.ts';
import { type DeskRecord, type Listed, mostRefused } from '../vault/desk-record.ts';
import type { Vault } from '../vault/vault.ts';
import type { Intake } from './intake.ts';
import { noteClaims } from './acknowledge.ts';
import { settle } from './settle.ts';

export type Filed = 'filed' | 'known' | 'foreign' | 'refused' | 'other-bytes';

export interface FilingOptions {
  readonly vault: Vault;
  readonly intake: Intake;
  readonly random: Random;
  readonly now: () => number;
  /** Where acknowledgements are left. */
  readonly relays: readonly string[];
}

export class Filing {
  readonly #options: FilingOptions;
  #changed = new Set<Exhibit>();
  #refused: { name: string; code: string }[] = [];
  #savedDesk: DeskRecord;
  #saving: Promise<unknown> = Promise.resolve();
  /** Parcels filed since the last save. */
  unsaved = 0;

  constructor(options: FilingOptions) {
    this.#options = options;
    this.#savedDesk = options.vault.desk;
  }

  /**
   * Files one parcel that a relay or a card gave.
   *
   * @param base - the relay's address, or by which way it came else
   *
   * @returns `other-bytes` when these are not the bytes of that name: the true ones may still come
   * @throws DeskError `DESK_DISK`
   */
  async file(listed: Listed, base: string, bytes: Uint8Array): Promise<Filed> {
    if (this.#options.vault.names.has(listed.name)) return 'known';
    const isNamed = isBucket(bytes.length) && equalBytes(parcelName(makeParcelHead(bytes, fastSha256), fastSha256), fromHex(listed.name));
    return isNamed ? this.fileProved(listed, base, bytes) : 'other-bytes';
  }

  /** As `file`, when every piece was proved against the head of that name. @throws DeskError `DESK_DISK` */
  async fileProved(listed: Listed, base: string, bytes: Uint8Array): Promise<Filed> {
    const { vault, intake } = this.#options;
    if (vault.names.has(listed.name)) return 'known';
    const name = fromHex(listed.name);
    const parcel = asCiphertext(bytes);
    const identities = intake.near(listed.quarter);
    try {
      const opened = await openParcel(parcel, identities);
      if (!opened) return this.refuse(listed.name, 'FOREIGN', 'foreign');
      const arrival = { relay: base, seq: listed.seq, salt: listed.salt, quarter: listed.quarter };
      return await this.#keep(name, listed, parcel, opened, arrival).finally(() => forget(opened.part.content));
    } catch (error) {
      const isTooLarge = error instanceof DeskError && error.code === 'DESK_TOO_LARGE';
      if (!isTooLarge && !(error instanceof OpenError) && !(error instanceof FormatError)) throw error;
      return this.refuse(listed.name, error.code);
    }
  }

  async #keep(
    name: Uint8Array,
    listed: Listed,
    parcel: Ciphertext,
    opened: Parameters<Exhibit['place']>[2],
    arrival: Parameters<Exhibit['place']>[3],
  ): Promise<Filed> {
    const { vault } = this.#options;
    await vault.parcels.put(listed.name, parcel);
    // Two relays may hand over one parcel at the same time.
    if (vault.names.has(listed.name)) return 'known';
    const exhibit = vault.exhibitOf(opened.part.head.dispatch, listed.quarter);
    try {
      exhibit.place(name, parcel.length, opened, arrival);
    } catch (error) {
      vault.forgetEmpty(exhibit);
      await vault.parcels.remove(listed.name);
      throw error;
    }
    if (exhibit.spares.has(listed.name)) await vault.parcels.remove(listed.name);
    vault.names.add(listed.name);
    this.#changed.add(exhibit);
    this.unsaved += 1;
    return 'filed';
  }

  /** Names, in the record saved next, what is not kept. @param code - why */
  refuse(name: string, code: string, result: 'foreign' | 'refused' = 'refused'): Filed {
    this.#refused.push({ name, code });
    return result;
  }

  /** An exhibit that was changed elsewhere, to be saved with the rest. */
  touch(exhibit: Exhibit): void {
    this.#changed.add(exhibit);
  }

  /**
   * Settles what changed, then makes it durable. Saves follow each other.
   *
   * @returns the exhibits saved, and how many originals became complete. @throws DeskError `DESK_DISK`
   */
  async save(): Promise<{ saved: Exhibit[]; completed: number }> {
    const work = async () => this.#save();
    const result = this.#saving.then(work, work);
    this.#saving = result.catch(() => undefined);
    return result;
  }

  async #save(): Promise<{ saved: Exhibit[]; completed: number }> {
    const { vault, random, now } = this.#options;
    // Taken together: the mark of how far a relay was read must not be saved before what it passed.
    this.#remember();
    const { desk } = vault;
    const changed = [...this.#changed];
    this.#changed = new Set();
    this.unsaved = 0;
    if (changed.length === 0 && desk === this.#savedDesk) return { saved: [], completed: 0 };
    let completed = 0;
    try {
      for (const exhibit of changed) {
        completed += await settle(exhibit, { parcels: vault.parcels, random, nowMs: now() });
        noteClaims(exhibit, this.#options.relays);
        await vault.saveExhibit(exhibit);
      }
      await vault.saveDesk(desk);
    } catch (error) {
      for (const exhibit of changed) this.#changed.add(exhibit);
      throw error;
    }
    this.#savedDesk = desk;
    return { saved: changed, completed };
  }

  #remember(): void {
    if (this.#refused.length === 0) return;
    const { vault } = this.#options;
    const refused = [...vault.desk.refused, ...this.#refused].slice(-mostRefused);
    vault.desk = { ...vault.desk, refused, refusedCount: vault.desk.refusedCount + this.#refused.length };
    this.#refused = [];
  }
}

/** What was opened to be judged is zeroed and freed at once, the padding around it included. */
function forget(content: Plaintext): void {
  giveBack(new Uint8Array(readPlaintext(content).buffer).fill(0));
}
