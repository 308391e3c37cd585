/**
 * What is remembered of relays between runs: which one worked, keys pinned on first use, which parcels a bag touched,
 * so that after a kill those are asked about before they are sent again; and what each has said that it may not take
 * back. `docs/protocol.md` sections "Sending" and "Lies".
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
  /** By relay: the key under which it last gave a promise that held. */
  readonly signed: Readonly<Record<string, string>>;
  /** By key: the newest checkpoints to which receipts led. */
  readonly heads: Readonly<Record<string, readonly LogHead[]>>;
  /** By relay and address, hex: the highest sequence of a message that it showed. */
  readonly sequences: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface LogHead {
  readonly size: number;
  /** Base64 of 32 bytes. */
  readonly root: string;
}

/** What one answer adds. */
export interface Sayings {
  readonly signed?: string;
  readonly heads?: readonly (LogHead & { readonly vkey: string })[];
  /** By address, hex. */
  readonly sequences?: ReadonlyMap<string, number>;
}

const key = 'relays';
const mostVkeyBytes = 300;
/** A face of yesterday's log is enough to tell today's from it; a phone is no archive. */
const mostHeads = 16;
const nothing: Remembered = { works: null, pinned: {}, touched: {}, signed: {}, heads: {}, sequences: {} };

export class RelayMemory {
  readonly #notes: Notes;
  readonly #named: readonly string[];
  #remembered: Remembered = nothing;
  #writing: Promise<void> = Promise.resolve();
  readonly #asking = new Map<string, Promise<string>>();

  /** @param named - verifier keys of relays that the roster names */
  constructor(notes: Notes, named: readonly string[]) {
    this.#notes = notes;
    this.#named = named;
  }

  async load(): Promise<void> {
    this.#remembered = await read(this.#notes);
  }

  get works(): string | null {
    return this.#remembered.works;
  }

  touched(relay: string): readonly NameHex[] {
    return this.#remembered.touched[relay] ?? [];
  }

  /** The key that last signed a promise for this relay. */
  signed(relay: string): string | null {
    return this.#remembered.signed[relay] ?? null;
  }

  heads(vkey: string): readonly LogHead[] {
    return this.#remembered.heads[vkey] ?? [];
  }

  /** The highest sequence that this relay showed at this address; -1 before any. */
  sequence(relay: string, address: string): number {
    return this.#remembered.sequences[relay]?.[address] ?? -1;
  }

  /** Notes down what a relay said, at once in memory; `settled` waits for the notes. */
  hear(relay: string, sayings: Sayings): void {
    const { signed, heads, sequences } = this.#remembered;
    const next = {
      signed: sayings.signed === undefined ? signed : { ...signed, [relay]: sayings.signed },
      heads: withHeads(heads, sayings.heads ?? []),
      sequences: withSequences(sequences, relay, sayings.sequences ?? new Map()),
    };
    if (JSON.stringify(next) !== JSON.stringify({ signed, heads, sequences })) this.#write({ ...this.#remembered, ...next });
  }

  /** Forgets the addresses that are not among these: of what is settled nothing is kept. */
  retain(addresses: ReadonlySet<string>): void {
    const kept = Object.entries(this.#remembered.sequences).map(([relay, known]): [string, Record<string, number>] => [
      relay,
      Object.fromEntries(Object.entries(known).filter(([address]) => addresses.has(address))),
    ]);
    const sequences = Object.fromEntries(kept.filter(([, known]) => Object.keys(known).length > 0));
    if (JSON.stringify(sequences) !== JSON.stringify(this.#remembered.sequences)) this.#write({ ...this.#remembered, sequences });
  }

  /** Resolves when the notes hold what memory knows. @throws LineError `LINE_STORAGE` if they could not be written */
  async settled(): Promise<void> {
    await this.#writing;
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

  async #save(next: Remembered): Promise<void> {
    this.#write(next);
    await this.#writing;
  }

  /** Writes follow each other, so that an older state never lands last. */
  #write(next: Remembered): void {
    this.#remembered = next;
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#notes.setNote(key, JSON.stringify(this.#remembered)));
    // Awaited, and its refusal met, in `settled`.
    this.#writing.catch(() => undefined);
  }
}

/**
 * Between two runs: the next one asks these relays about these parcels before it sends them there.
 *
 * @param relays - base addresses; when left out those that are remembered
 */
export async function noteTouched(notes: Notes, names: readonly NameHex[], relays?: readonly string[]): Promise<void> {
  const known = await read(notes);
  const { works, touched } = known;
  const bases = new Set(relays ?? [...Object.keys(touched), ...(works === null ? [] : [works])]);
  if (bases.size === 0) return;
  const more = [...bases].map((relay): [string, NameHex[]] => [relay, [...new Set([...(touched[relay] ?? []), ...names])]]);
  await notes.setNote(key, JSON.stringify({ ...known, touched: { ...touched, ...Object.fromEntries(more) } } satisfies Remembered));
}

async function read(notes: Notes): Promise<Remembered> {
  const text = await notes.getNote(key);
  return text === null ? nothing : { ...nothing, ...(JSON.parse(text) as Partial<Remembered>) };
}

function withHeads(known: Remembered['heads'], seen: NonNullable<Sayings['heads']>): Remembered['heads'] {
  const next = { ...known };
  for (const { vkey, size, root } of seen) {
    const before = next[vkey] ?? [];
    if (!before.some((head) => head.size === size && head.root === root)) next[vkey] = [...before, { size, root }].slice(-mostHeads);
  }
  return next;
}

function withSequences(known: Remembered['sequences'], relay: string, seen: ReadonlyMap<string, number>): Remembered['sequences'] {
  if (seen.size === 0) return known;
  const next = { ...known[relay] };
  for (const [address, sequence] of seen) next[address] = Math.max(sequence, next[address] ?? -1);
  return { ...known, [relay]: next };
}
