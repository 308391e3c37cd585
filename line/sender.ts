/**
 * Carries what waits in the spool to a relay, over a line that dies, until it is taken, arrived or opened.
 * `docs/protocol.md` section "Sending".
 */
import { type Invitation, giveBack, isSafeTransport, nameToHex, quarterOf } from '@zajil/format';
import type { Roster } from '@zajil/roster';
import { Bell } from './bell.ts';
import { Carrier } from './carrier.ts';
import { type Clock, platformClock } from './clock.ts';
import { RelayDoor } from './door.ts';
import { Ledger } from './ledger.ts';
import type { ParcelNote } from './order.ts';
import type { PollPauses } from './polling.ts';
import { LineError } from './refusal.ts';
import { RelayMemory } from './relay-memory.ts';
import { Route } from './route.ts';
import type { Snapshot } from './snapshot.ts';
import type { Spool } from './spool.ts';
import { inOrder, isEnough } from './wants.ts';
import { type Fetch, type Wire, fetchWire } from './wire.ts';

/** A sealed parcel with its place in a dispatch. */
export interface SuppliedParcel extends Omit<ParcelNote, 'name' | 'bytes'> {
  /** 32 bytes. */
  readonly name: Uint8Array;
  readonly head: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface SenderOptions {
  readonly invitation: Pick<Invitation, 'relays' | 'token' | 'plain'>;
  readonly roster: Roster;
  readonly spool: Spool;
  readonly fetch: Fetch;
  /** Where the platform can do better than `fetch`: Node dials itself (`DialledWire`). Given the base address of a relay. */
  readonly wire?: (base: string) => Wire;
  /** From 0 to below 1; for pauses only. */
  readonly random: () => number;
  readonly until: 'taken' | 'arrived' | 'opened';
  /**
   * Gives the next sealed parcel, or null when there is none for now. Called while less than `spoolAheadBytes` wait to be sent;
   * when it is called again, everything it gave before is durably in the spool. After null, the bell asks it again.
   * The bytes that it gives are given away: nobody else may look at them again.
   */
  readonly supply?: () => Promise<SuppliedParcel | null>;
  /** Ring it after putting something into the spool, and when `supply` has more. */
  readonly bell?: Bell;
  readonly onProgress?: (snapshot: Snapshot) => void;
  /** Every trouble, also those that passed: for the journal of whoever looks after the line. */
  readonly onTrouble?: (error: LineError, relay: string) => void;
  readonly signal?: AbortSignal;
  /** The run ends after this many milliseconds, whatever is still waiting. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  /** The phone's calendar, in quarter hours since 1970: wants lapse by it. */
  readonly quarter?: () => number;
  /** Pause between two rounds of asking for receipts and acknowledgements: grows from `first` to `most`. */
  readonly pollMs?: PollPauses;
}

/** A screen shows no more than ten states a second. */
const reportEveryMs = 100;

/** Sealed ahead of the line: enough for two of the largest bags, little enough for a phone of 1 GB. */
export const spoolAheadBytes = 8 * 1024 * 1024;

/**
 * Runs until everything is as `until` asks, or `signal` or the timeout ends it. Whatever the end, what is not taken
 * waits in the spool and a later run goes on with it. One run at a time per spool.
 *
 * @throws LineError `LINE_NOT_SAFE` when no relay of the invitation may be spoken to; `LINE_STORAGE` when the spool
 *   cannot be written. An error of `supply` is passed on.
 */
export async function runSender(options: SenderOptions): Promise<Snapshot> {
  return new Sender(options).run();
}

class Sender {
  readonly #options: SenderOptions;
  readonly #clock: Clock;
  readonly #bell = new Bell();
  readonly #ledger: Ledger;
  readonly #memory: RelayMemory;
  readonly #doors: ReadonlyMap<string, RelayDoor>;
  readonly #endAt: number;
  readonly #route: Route;
  readonly #carrier: Carrier;
  #exhausted: boolean;
  #scanDue = false;
  #lastSupplied = '';
  #supplying: Promise<void> | null = null;
  #reportedAt = -Infinity;
  #reportedClock = -1;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? platformClock;
    this.#ledger = new Ledger(options.spool, options.roster);
    this.#memory = new RelayMemory(options.spool, options.roster.relays);
    this.#doors = openDoors(options);
    this.#route = new Route([...this.#doors.keys()], options.random);
    this.#carrier = this.#makeCarrier();
    this.#exhausted = !options.supply;
    this.#endAt = this.#clock.now() + (options.timeoutMs ?? Infinity);
  }

  #makeCarrier(): Carrier {
    const { spool, pollMs = { first: 2000, most: 60_000 }, onTrouble = () => undefined } = this.#options;
    const quarter = this.#options.quarter ?? (() => quarterOf(Date.now()));
    const known = { ledger: this.#ledger, memory: this.#memory, route: this.#route, doors: this.#doors };
    return new Carrier({ spool, ...known, clock: this.#clock, bell: this.#bell, pollMs, onTrouble, quarter });
  }

  async run(): Promise<Snapshot> {
    const { bell, signal } = this.#options;
    const wake = (): void => this.#bell.ring();
    const quiet = bell?.listen(() => this.#onNews());
    signal?.addEventListener('abort', wake);
    try {
      await this.#memory.load();
      if (this.#memory.works !== null) this.#route.use(this.#memory.works);
      this.#carrier.add(await this.#ledger.scan());
      await this.#loop();
    } finally {
      quiet?.();
      signal?.removeEventListener('abort', wake);
      await this.#carrier.close();
      await this.#supplying;
    }
    if (this.#carrier.fault !== null) throw this.#carrier.fault;
    return this.#report();
  }

  async #loop(): Promise<void> {
    while (!this.#over()) {
      if (this.#scanDue) await this.#scan();
      this.#pump();
      this.#carrier.step();
      const reportAt = this.#reportWhenDue();
      if (this.#over()) return;
      const wakeAt = Math.min(this.#endAt, this.#carrier.wakeAt(), reportAt);
      await this.#bell.wait(this.#clock, Math.max(1, wakeAt - this.#clock.now()));
    }
  }

  #over(): boolean {
    if (this.#carrier.fault !== null || this.#options.signal?.aborted || this.#clock.now() >= this.#endAt) return true;
    // A question that is still under way would only be about receipts.
    return this.#isSpent() && (this.#carrier.idle || (this.#options.until === 'taken' && this.#isDone()));
  }

  /** A relay may say that it let something go, and prove nothing by it: then there is nothing to do, and nothing is done. */
  #isDone(): boolean {
    return this.#isSpent() && (this.#options.until === 'opened' || this.#ledger.allTaken);
  }

  /** Is there nothing that this run could still do? */
  #isSpent(): boolean {
    if (!this.#exhausted || this.#supplying || this.#scanDue) return false;
    if (this.#options.until === 'opened') return this.#ledger.allOpened;
    return this.#carrier.nothingToSend && (this.#options.until === 'taken' || this.#ledger.allArrived);
  }

  #onNews(): void {
    this.#scanDue = true;
    this.#exhausted = !this.#options.supply;
    this.#bell.ring();
  }

  async #scan(): Promise<void> {
    this.#scanDue = false;
    this.#carrier.add(await this.#ledger.scan());
  }

  /** Keeps one call of `supply` under way while less than `spoolAheadBytes` wait. */
  #pump(): void {
    if (this.#exhausted || this.#supplying || this.#isFarAhead()) return;
    this.#supplying = this.#takeSupply()
      .catch((error: unknown) => {
        this.#carrier.fail(error);
      })
      .finally(() => {
        this.#supplying = null;
        this.#bell.ring();
      });
  }

  /** What is enough does not keep new words from being sealed; but nothing is sealed without end into what is enough. */
  #isFarAhead(): boolean {
    const { state } = this.#carrier;
    const last = state.parcels.get(this.#lastSupplied);
    if (last && isEnough(state, last)) return this.#bytesWaiting() >= spoolAheadBytes;
    return inOrder(state).reduce((bytes, parcel) => bytes + parcel.bytes, 0) >= spoolAheadBytes;
  }

  async #takeSupply(): Promise<void> {
    const supplied = await this.#options.supply?.();
    if (!supplied) {
      this.#exhausted = true;
      return;
    }
    const { head, bytes, dispatch, urgent, order, layer, file, view, part } = supplied;
    const note = { name: nameToHex(supplied.name), dispatch, urgent, order, layer, file, view, part, bytes: bytes.length };
    await this.#ledger.put(note, head, bytes);
    giveBack(bytes);
    this.#lastSupplied = note.name;
    this.#carrier.add([note]);
  }

  #bytesWaiting(): number {
    let bytes = 0;
    for (const parcel of this.#carrier.state.parcels.values()) bytes += parcel.bytes;
    return bytes;
  }

  /** Returns when the next report is due, if this one came too soon after the last. */
  #reportWhenDue(): number {
    const now = this.#clock.now();
    if (!this.#options.onProgress || this.#reportedClock === this.#carrier.state.clock) return Infinity;
    if (now < this.#reportedAt + reportEveryMs) return this.#reportedAt + reportEveryMs;
    this.#reportedAt = now;
    this.#reportedClock = this.#carrier.state.clock;
    this.#report();
    return Infinity;
  }

  #report(): Snapshot {
    const snapshot = this.#snapshot();
    this.#options.onProgress?.(snapshot);
    return snapshot;
  }

  #snapshot(): Snapshot {
    const carrier = this.#carrier;
    const bytesWaiting = this.#bytesWaiting();
    const { relays, plain } = this.#options.invitation;
    return {
      dispatches: this.#ledger.progress(carrier.state),
      relays: relays.map((relay) => ({
        relay,
        state: isSafeTransport(relay, plain) ? (this.#route.states.get(relay) ?? 'untried') : 'not-safe',
        pinned: this.#memory.pinned(relay),
      })),
      state: this.#isDone() ? 'done' : carrier.trouble || this.#isSpent() ? 'waiting' : 'going',
      trouble: carrier.trouble,
      bytesWaiting,
      bytesPerSecond: carrier.pace.bytesPerSecond,
      bytesSent: carrier.bytesSent,
    };
  }
}

function openDoors({ invitation, fetch, wire = (base) => fetchWire(base, fetch) }: SenderOptions): Map<string, RelayDoor> {
  const safe = invitation.relays.filter((relay) => isSafeTransport(relay, invitation.plain));
  if (safe.length === 0) throw new LineError('LINE_NOT_SAFE');
  return new Map(safe.map((relay) => [relay, new RelayDoor(relay, invitation, wire(relay))]));
}
