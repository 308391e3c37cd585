/**
 * What is remembered of relays between runs: which one worked, keys pinned on first use, and which parcels a bag
 * touched, so that after a kill those are asked about before they are sent again.
 */
import type { NameHex } from '@zajil/format';
import { parseVkey } from '@zajil/log';
import type { RelayDoor } from './door.ts';
import type { RelayKeys } from './judge.ts';
import { LineError } from './refusal.ts';
import type { Notes } from './spool.ts';

interface Remembered {
  readonly works: string | null;
  readonly pinned: Readonly<Record<string, string>>;
  readonly touched: Readonly<Record<string, readonly NameHex[]>>;
}

const key = 'relays';
const mostVkeyBytes = 300;

export class RelayMemory {
  readonly #notes: Notes;
  readonly #named: readonly string[];
  #remembered: Remembered = { works: null, pinned: {}, touched: {} };
  #writing: Promise<void> = Promise.resolve();
  readonly #asking = new Map<string, Promise<string>>();

  /** @param named - verifier keys of relays that the roster names */
  constructor(notes: Notes, named: readonly string[]) {
    this.#notes = notes;
    this.#named = named;
  }

  async load(): Promise<void> {
    const text = await this.#notes.getNote(key);
    if (text !== null) this.#remembered = JSON.parse(text) as Remembered;
  }

  get works(): string | null {
    return this.#remembered.works;
  }

  touched(relay: string): readonly NameHex[] {
    return this.#remembered.touched[relay] ?? [];
  }

  pinned(relay: string): 'roster' | 'first-use' | null {
    if (this.#named.length > 0) return 'roster';
    return this.#remembered.pinned[relay] ? 'first-use' : null;
  }

  async setWorks(relay: string): Promise<void> {
    if (this.#remembered.works !== relay) await this.#save({ ...this.#remembered, works: relay });
  }

  /** Notes down before a bag leaves what it touches. @param waits - is this parcel still waiting? */
  async touch(relay: string, names: readonly NameHex[], waits: (name: NameHex) => boolean): Promise<void> {
    const known = new Set(this.touched(relay));
    if (names.every((name) => known.has(name))) return;
    const touched = [...new Set([...known, ...names])].filter(waits);
    await this.#save({ ...this.#remembered, touched: { ...this.#remembered.touched, [relay]: touched } });
  }

  /**
   * Keys that may sign this relay's promises, the roster's or else the one that the relay showed first; and those that
   * the roster names.
   *
   * @throws LineError when neither is known and the relay does not say
   */
  async keys(door: RelayDoor, signal: AbortSignal): Promise<RelayKeys> {
    const named = this.#named;
    if (named.length > 0) return { promising: named, named };
    const pinned = this.#remembered.pinned[door.base];
    if (pinned) return { promising: [pinned], named };
    let asking = this.#asking.get(door.base);
    if (!asking) {
      asking = this.#pin(door, signal).finally(() => this.#asking.delete(door.base));
      this.#asking.set(door.base, asking);
    }
    return { promising: [await asking], named };
  }

  async #pin(door: RelayDoor, signal: AbortSignal): Promise<string> {
    const vkey = (await door.text('/v1/relay', mostVkeyBytes, signal)).trim();
    try {
      parseVkey(vkey);
    } catch (cause) {
      throw new LineError('LINE_BAD_ANSWER', cause);
    }
    await this.#save({ ...this.#remembered, pinned: { ...this.#remembered.pinned, [door.base]: vkey } });
    return vkey;
  }

  /** Writes follow each other, so that an older state never lands last. */
  async #save(next: Remembered): Promise<void> {
    this.#remembered = next;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#notes.setNote(key, JSON.stringify(this.#remembered)));
    await this.#writing;
  }
}
