/**
 * What the phone knows of its dispatches, in memory and in the spool at once: parcels waiting and carried, dispatch ids
 * until acknowledged. Memory is changed first and the spool after it, in order; `settled` waits for the spool.
 */
import { type Acknowledgement, type MessagePurpose, type NameHex, type Wants, messageAddress, toHex } from '@zajil/format';
import { parseVkey } from '@zajil/log';
import { type Roster, RosterError, verifyAcknowledgement, verifyWants } from '@zajil/roster';
import {
  type DispatchProgress,
  type DispatchRecord,
  dispatchIdOf,
  listDispatches,
  withAcknowledgement,
  withWants,
  writeDispatch,
} from './dispatch-record.ts';
import type { SenderState } from './machine.ts';
import type { ParcelNote } from './order.ts';
import { progressOf } from './progress.ts';
import { LineError } from './refusal.ts';
import type { Carried, Spool, SpooledParcel } from './spool.ts';
import { type WantsView, noWants, isInForce, wantsInForce } from './wants.ts';

/** A message that was opened and verified. */
export interface Received {
  readonly kind: MessagePurpose;
  readonly sequence: number;
  /** Newer than what this device had said before. */
  readonly news: boolean;
}

type Device = Roster['devices'][number];

/** What wants may change: of the rest there is too little for anybody to wait for. */
const wantedLayers: ReadonlySet<string> = new Set(['cut', 'whole', 'tally']);

export class Ledger {
  readonly #spool: Spool;
  readonly #roster: Roster;
  readonly #parcels = new Map<NameHex, SpooledParcel>();
  readonly #records = new Map<string, DispatchRecord>();
  #writing: Promise<void> = Promise.resolve();
  #wants: WantsView = noWants;
  /** What `#wants` was made of. */
  #wantsKey = '';

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
   * Takes in a message. Null when nobody waits for one at this address.
   *
   * @param address - hex. @throws LineError `LINE_FALSE_MESSAGE` when it is by no device of the newsroom about this dispatch
   */
  receive(address: string, message: Uint8Array): Received | null {
    for (const record of this.#records.values()) {
      for (const kind of ['acknowledgement', 'wants'] as const) {
        const device = this.#addressesOf(record, kind).get(address);
        if (device) return this.#take(record, device, kind, message);
      }
    }
    return null;
  }

  /** Every address at which a message may wait for this phone. Hex. */
  addresses(): Set<string> {
    const kinds = ['acknowledgement', 'wants'] as const;
    return new Set([...this.#records.values()].flatMap((record) => kinds.flatMap((kind) => [...this.#addressesOf(record, kind).keys()])));
  }

  #take(record: DispatchRecord, device: Device, kind: MessagePurpose, message: Uint8Array): Received | null {
    const id = dispatchIdOf(record);
    if (!id) return null;
    try {
      const { next, sequence } =
        kind === 'wants'
          ? wanted(record, device, verifyWants(this.#roster, id, device, message))
          : acknowledged(record, device, verifyAcknowledgement(this.#roster, id, device, message));
      if (next !== record) this.#remember(next);
      return { kind, sequence, news: next !== record };
    } catch (cause) {
      if (cause instanceof RosterError) throw new LineError('LINE_FALSE_MESSAGE', cause);
      throw cause;
    }
  }

  #remember(record: DispatchRecord): void {
    this.#records.set(record.key, record);
    this.#write(() => writeDispatch(this.#spool, record));
  }

  /**
   * What the newsroom wants now. The same object for as long as it is the same.
   *
   * @param quarter - now, in quarter hours since 1970
   */
  wants(quarter: number): WantsView {
    // A device that was removed since has no say any more.
    const devices = new Set(this.#roster.devices.map(({ vkey }) => vkey));
    const said = [...this.#records.values()].map(({ key, wants = [] }) => ({
      key,
      wants: wants.filter(({ device }) => devices.has(device)),
    }));
    const made = JSON.stringify(
      said.map(({ key, wants }) => [key, wants.map((one) => [one.device, one.sequence, isInForce(one, quarter)])]),
    );
    if (made !== this.#wantsKey) {
      this.#wantsKey = made;
      this.#wants = wantsInForce(said, quarter);
    }
    return this.#wants;
  }

  /** Lets go of every dispatch that is safe: its id, and what was kept of its parcels. Returns their names. */
  settle(state: SenderState): NameHex[] {
    const gone: NameHex[] = [];
    for (const progress of this.progress(state)) {
      const record = this.#records.get(progress.key);
      if (!record || record.outcome || !progress.safeToErase) continue;
      // Nor when the newsroom opened it: that is nobody's to find on a phone.
      const next = { ...record, id: null, acknowledged: [], wants: [], wholes: [], outcome: progress };
      const names = [...this.#parcels.values()].filter((parcel) => parcel.dispatch === record.key).map((parcel) => parcel.name);
      this.#remember(next);
      for (const name of names) {
        this.#parcels.delete(name);
        this.#write(() => this.#spool.remove(name));
      }
      gone.push(...names);
    }
    return gone;
  }

  /**
   * Ids worth asking about: addresses of wants while they could change what goes next, addresses of acknowledgements
   * once something was left with a relay, then parcels without a receipt. Hex.
   */
  pollIds(): string[] {
    const parcels = [...this.#parcels.values()];
    const carried = parcels.filter((parcel) => parcel.carried);
    const waiting = parcels.filter((parcel) => !parcel.carried && wantedLayers.has(parcel.layer));
    return [
      ...this.#addresses('wants', waiting),
      ...this.#addresses('acknowledgement', carried),
      ...carried.filter((parcel) => parcel.carried?.arrived === false).map((parcel) => parcel.name),
    ];
  }

  /** Of every device, about every dispatch that some of these parcels belong to. */
  #addresses(kind: MessagePurpose, parcels: readonly SpooledParcel[]): string[] {
    const keys = new Set(parcels.map((parcel) => parcel.dispatch));
    const records = [...this.#records.values()].filter((record) => keys.has(record.key));
    return records.flatMap((record) => [...this.#addressesOf(record, kind).keys()]);
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

  #addressesOf(record: DispatchRecord, kind: MessagePurpose): Map<string, Device> {
    const id = dispatchIdOf(record);
    if (!id) return new Map();
    return new Map(this.#roster.devices.map((device) => [toHex(messageAddress(id, parseVkey(device.vkey).name, kind)), device]));
  }

  #write(write: () => Promise<void>): void {
    this.#writing = this.#writing.then(write);
    // Awaited, and its refusal met, in `settled`.
    this.#writing.catch(() => undefined);
  }
}

interface Heard {
  readonly next: DispatchRecord;
  readonly sequence: number;
}

function wanted(record: DispatchRecord, { vkey }: Device, wants: Wants): Heard {
  return { next: withWants(record, vkey, wants), sequence: wants.sequence };
}

function acknowledged(record: DispatchRecord, { vkey }: Device, claims: Acknowledgement): Heard {
  return { next: withAcknowledgement(record, vkey, claims), sequence: claims.sequence };
}
