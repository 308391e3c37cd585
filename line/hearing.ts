/** Takes in what a relay answers: proofs and messages into the ledger, lies by their names. `docs/protocol.md` sections "States" and "Lies". */
import type { HeldEntry, NameHex } from '@zajil/format';
import type { Judged, RelayKeys } from './judge.ts';
import type { Ledger } from './ledger.ts';
import type { SenderState } from './machine.ts';
import { LineError } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import { type Asked, Testimony } from './testimony.ts';

export interface Heard {
  /** Parcels of dispatches that are safe: nothing is kept of them any more. */
  readonly safe: readonly NameHex[];
  /** Something changed: more may follow soon. */
  readonly news: boolean;
  readonly lie: LineError | null;
  /** A message that is not what it should be: by whose fault cannot be told, since every desk may leave messages at a relay. */
  readonly oddity: LineError | null;
  /** The relay let something go that nobody had read. */
  readonly expired: boolean;
}

export class Hearing {
  readonly #ledger: Ledger;
  readonly #memory: RelayMemory;
  readonly testimony: Testimony;

  constructor(ledger: Ledger, memory: RelayMemory, now: () => number) {
    this.#ledger = ledger;
    this.#memory = memory;
    this.testimony = new Testimony({ memory, parcel: (name) => ledger.parcel(name), now });
  }

  /** What of an answer is proved. @throws LineError when it is not the answer to this */
  judge(asked: Asked, entries: readonly HeldEntry[], keys: RelayKeys): Judged {
    return this.testimony.hear(asked, entries, keys);
  }

  /** Takes in what was proved. @param state - after it learned what the answer says */
  take(asked: Asked, judged: Judged, state: SenderState): Heard {
    let oddity: LineError | null = null;
    let news = this.#ledger.carry(judged.carried);
    for (const { address, message } of judged.messages) {
      try {
        const said = this.#ledger.receive(address, message);
        news ||= said?.news ?? false;
        if (said) oddity ??= this.testimony.message(asked, address, said);
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        oddity ??= error;
      }
    }
    const safe = this.#ledger.settle(state);
    if (safe.length > 0) this.#memory.retain(this.#ledger.addresses());
    const gone = new Set(safe);
    this.testimony.forget((name) => state.parcels.has(name) && !gone.has(name));
    return { safe, news, lie: judged.lie, oddity, expired: judged.learned.some((one) => one.held.state === 'expired') };
  }

  /** Resolves when the spool holds what memory knows. @throws LineError `LINE_STORAGE` */
  async settled(): Promise<void> {
    await Promise.all([this.#ledger.settled(), this.#memory.settled()]);
  }
}
