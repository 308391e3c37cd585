/**
 * What the phone knows of its dispatches, in memory and in the spool at once: parcels waiting and carried, dispatch ids
 * until acknowledged. Memory is changed first and the spool after it, in order; `settled` waits for the spool.
 */
import { type NameHex, messageAddress, toHex } from '@zajil/format';
import { parseVkey } from '@zajil/log';
import { type Roster, RosterError, verifyAcknowledgement } from '@zajil/roster';
import {
  type DispatchProgress,
  type DispatchRecord,
  dispatchIdOf,
  listDispatches,
  withAcknowledgement,
  writeDispatch,
} from './dispatch-record.ts';
import type { SenderState } from './machine.ts';
import type { ParcelNote } from './order.ts';
import { progressOf } from './progress.ts';
import { LineError } from './refusal.ts';
import type { Carried, Spool, SpooledParcel } from './spool.ts';

export class Ledger {
  readonly #spool: Spool;
  readonly #roster: Roster;
  readonly #parcels = new Map<NameHex, SpooledParcel>();
  readonly #records = new Map<string, DispatchRecord>();
  #writing: Promise<void> = Promise.resolve();

  constructor(spool: Spool, roster: Roster) {
    this.#spool = spool;
    this.#roster = roster;
  }

  /** Looks at the spool again. Returns the parcels that wait and were not known. */
  async scan(): Promise<ParcelNote[]> {
    for (const record of await listDispatches(this.#spool)) if (!this.#records.has(record.key)) this.#records.set(record.key, record);
    const fresh = (await this.#spool.list()).filter((parcel) => !this.#parcels.has(parcel.name));
    for (const parcel of fresh) this.#parcels.set(parcel.name, parcel);
    return fresh.filter((parcel) => parcel.carried === null);
  }

  parcel(name: NameHex): SpooledParcel | undefined {
    return this.#parcels.get(name);
  }

  /** Of every parcel there is a promise that was verified, or the newsroom has it. */
  get allTaken(): boolean {
    return [...this.#parcels.values()].every((parcel) => parcel.carried !== null);
  }

  get allArrived(): boolean {
    return [...this.#parcels.values()].every((parcel) => parcel.carried?.arrived ?? true);
  }

  get allOpened(): boolean {
    return [...this.#records.values()].every((record) => record.outcome !== null);
  }

  async put(note: ParcelNote, head: Uint8Array, bytes: Uint8Array): Promise<void> {
    await this.#spool.put(note, head, bytes);
    if (!this.#parcels.has(note.name)) this.#parcels.set(note.name, { ...note, carried: null });
  }

  /** Verified promises and receipts: the bytes may go. Returns whether anything was new. */
  carry(carried: ReadonlyMap<NameHex, Carried>): boolean {
    let news = false;
    for (const [name, proof] of carried) {
      const parcel = this.#parcels.get(name);
      if (!parcel || (parcel.carried && parcel.carried.arrived === proof.arrived)) continue;
      this.#parcels.set(name, { ...parcel, carried: proof });
      this.#write(() => this.#spool.keep(name, proof));
      news = true;
    }
    return news;
  }

  /**
   * Takes in a message. Returns whether it was new.
   *
   * @param address - hex. @throws LineError `LINE_LYING_RELAY` when it is by no device of the newsroom about this dispatch
   */
  acknowledge(address: string, message: Uint8Array): boolean {
    for (const record of this.#records.values()) {
      const device = this.#addressesOf(record).get(address);
      const id = dispatchIdOf(record);
      if (!device || !id) continue;
      try {
        const next = withAcknowledgement(record, device.vkey, verifyAcknowledgement(this.#roster, id, device, message));
        if (next === record) return false;
        this.#records.set(record.key, next);
        this.#write(() => writeDispatch(this.#spool, next));
        return true;
      } catch (cause) {
        if (cause instanceof RosterError) throw new LineError('LINE_LYING_RELAY', cause);
        throw cause;
      }
    }
    return false;
  }

  /** Lets go of every dispatch that is safe: its id, and what was kept of its parcels. Returns their names. */
  settle(state: SenderState): NameHex[] {
    const gone: NameHex[] = [];
    for (const progress of this.progress(state)) {
      const record = this.#records.get(progress.key);
      if (!record || record.outcome || !progress.safeToErase) continue;
      // Nor when the newsroom opened it: that is nobody's to find on a phone.
      const next = { ...record, id: null, acknowledged: [], wholes: [], outcome: progress };
      const names = [...this.#parcels.values()].filter((parcel) => parcel.dispatch === record.key).map((parcel) => parcel.name);
      this.#records.set(record.key, next);
      this.#write(() => writeDispatch(this.#spool, next));
      for (const name of names) {
        this.#parcels.delete(name);
        this.#write(() => this.#spool.remove(name));
      }
      gone.push(...names);
    }
    return gone;
  }

  /** Ids worth asking about: addresses of acknowledgements first, then parcels without a receipt. Hex. */
  pollIds(): string[] {
    const parcels = [...this.#parcels.values()].filter((parcel) => parcel.carried);
    const left = new Set(parcels.map((parcel) => parcel.dispatch));
    const addresses = [...this.#records.values()]
      .filter((record) => left.has(record.key))
      .flatMap((record) => [...this.#addressesOf(record).keys()]);
    return [...addresses, ...parcels.filter((parcel) => parcel.carried?.arrived === false).map((parcel) => parcel.name)];
  }

  /** Oldest first. */
  progress(state: SenderState): DispatchProgress[] {
    const byDispatch = Map.groupBy(this.#parcels.values(), (parcel) => parcel.dispatch);
    return [...this.#records.values()]
      .sort((a, b) => a.order - b.order)
      .map((record) => progressOf(record, byDispatch.get(record.key) ?? [], state, this.#roster.found.quorum));
  }

  /** Resolves when the spool holds what memory knows. @throws LineError `LINE_STORAGE` if it could not be written */
  async settled(): Promise<void> {
    const writing = this.#writing;
    this.#writing = Promise.resolve();
    await writing;
  }

  #addressesOf(record: DispatchRecord): Map<string, Roster['devices'][number]> {
    const id = dispatchIdOf(record);
    if (!id) return new Map();
    return new Map(this.#roster.devices.map((device) => [toHex(messageAddress(id, parseVkey(device.vkey).name)), device]));
  }

  #write(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write);
    // Awaited, and its refusal met, in `settled`.
    this.#writing.catch(() => undefined);
  }
}
