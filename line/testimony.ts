/**
 * What each relay has said so far, held against what it says next. A relay that takes back what it said is named, with
 * a code of its own for each lie. `docs/protocol.md` section "Lies".
 *
 * MUST judge an answer by what was known when its question left: answers overtake each other, and an honest relay is
 * never accused of having spoken earlier.
 */
import { type Bitmap, type HeldEntry, type NameHex, nameToHex } from '@zajil/format';
import { type Judged, type RelayKeys, type SeenHead, judge } from './judge.ts';
import type { BagPlan, Learned, PlannedParcel } from './machine.ts';
import { LineError } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import type { Carried, SpooledParcel } from './spool.ts';

/** What was asked, and what the relay had said of it by then. */
export interface Asked {
  readonly relay: string;
  /** What a bag carried; null for a question. */
  readonly sent: readonly PlannedParcel[] | null;
  readonly ids: ReadonlySet<string>;
  /** Counts questions and bags. */
  readonly leftAt: number;
  readonly held: ReadonlyMap<NameHex, Bitmap>;
  readonly promised: ReadonlySet<NameHex>;
  readonly sequences: ReadonlyMap<string, number>;
}

export interface TestimonyParts {
  readonly memory: RelayMemory;
  readonly parcel: (name: NameHex) => SpooledParcel | undefined;
  /** Milliseconds of the sender's clock. */
  readonly now: () => number;
}

/** What one relay said of one parcel. */
interface Account {
  held: Bitmap | null;
  /** How often pieces that it had listed were gone. */
  vanished: number;
  /** Answers in a row that list every piece and promise nothing. */
  full: number;
  fullSince: number;
}

/** An honest relay that has every piece promises in the same answer; these many give a busy one the benefit of the doubt. */
const fullAnswers = 3;
const fullMs = 3000;
/** A relay may lose what is not promised, as when it is moved; one that loses the same parcel again and again wastes the line. */
const mostVanishings = 3;
/** So many bags in a row of which nothing was kept, each sent after the answer to the one before. */
const mostIdleBags = 3;

export class Testimony {
  readonly #parts: TestimonyParts;
  readonly #accounts = new Map<string, Map<NameHex, Account>>();
  readonly #idle = new Map<string, { bags: number; answeredAt: number }>();
  #clock = 0;

  constructor(parts: TestimonyParts) {
    this.#parts = parts;
  }

  /** Call when a question leaves. @param ids - hex */
  question(relay: string, ids: readonly string[]): Asked {
    return this.#asked(relay, ids, null);
  }

  /** Call when a bag leaves. */
  bag(plan: Pick<BagPlan, 'relay' | 'entries'>): Asked {
    return this.#asked(
      plan.relay,
      plan.entries.map((entry) => entry.name),
      plan.entries,
    );
  }

  /**
   * Judges an answer, and remembers it.
   *
   * @throws LineError `LINE_BAD_ANSWER` when it is not the answer to this: nothing of it may be used then.
   *   `LINE_FALSE_MESSAGE` when it hands out a message that nobody asked for
   */
  hear(asked: Asked, entries: readonly HeldEntry[], keys: RelayKeys): Judged {
    this.#clock += 1;
    checkAnswers(asked, entries);
    const { memory, parcel } = this.#parts;
    const judged = judge(entries, keys, parcel);
    let lie = judged.lie;
    const carried = new Map(judged.carried);
    const heads: SeenHead[] = [];
    for (const head of judged.heads) {
      if (isSecondFace(head, [...memory.heads(head.vkey), ...heads.filter((one) => one.vkey === head.vkey)])) {
        lie ??= new LineError('LINE_FALSE_RECEIPT');
        withdraw(carried, head.name);
      } else heads.push(head);
    }
    for (const one of judged.learned) {
      const against = this.#against(asked, one);
      lie ??= against;
    }
    memory.hear(asked.relay, { ...(judged.signed !== null && { signed: judged.signed }), heads });
    return { ...judged, carried, heads, lie };
  }

  /**
   * Call for every bag that was answered; where nothing of it landed, only after its pieces were found to be undamaged
   * here. Returns the lie once nothing landed too often.
   *
   * @param landed - pieces of it that the relay holds now
   */
  kept(asked: Asked, entries: readonly HeldEntry[], landed: number): LineError | null {
    if (landed > 0) {
      this.#idle.delete(asked.relay);
      return null;
    }
    const idle = this.#idle.get(asked.relay) ?? { bags: 0, answeredAt: -1 };
    if (asked.leftAt < idle.answeredAt || !owesPieces(asked, entries)) return null;
    const bags = idle.bags + 1;
    this.#idle.set(asked.relay, { bags: bags % mostIdleBags, answeredAt: ++this.#clock });
    return bags >= mostIdleBags ? new LineError('LINE_FALSE_PIECES') : null;
  }

  /**
   * Call for every message that was opened and verified, whether it was news or not.
   *
   * @param address - hex
   */
  message(asked: Asked, address: string, { kind, sequence }: { kind: 'acknowledgement' | 'wants'; sequence: number }): LineError | null {
    this.#parts.memory.hear(asked.relay, { sequences: new Map([[address, sequence]]) });
    if (sequence >= (asked.sequences.get(address) ?? -1)) return null;
    return new LineError(kind === 'wants' ? 'LINE_REPLAYED_WANTS' : 'LINE_STALE_ACKNOWLEDGEMENT');
  }

  /** Forgets what is said of parcels that no longer wait. @param waits - does it? */
  forget(waits: (name: NameHex) => boolean): void {
    for (const accounts of this.#accounts.values()) for (const name of accounts.keys()) if (!waits(name)) accounts.delete(name);
  }

  #asked(relay: string, ids: readonly string[], sent: readonly PlannedParcel[] | null): Asked {
    const { memory, parcel } = this.#parts;
    const accounts = this.#accounts.get(relay);
    const held = new Map(ids.map((id) => [id, accounts?.get(id)?.held] as const).filter((pair): pair is [string, Bitmap] => !!pair[1]));
    const key = memory.signed(relay);
    const promised = new Set(ids.filter((id) => key !== null && parcel(id)?.carried?.vkey === key));
    const sequences = new Map(ids.map((id) => [id, memory.sequence(relay, id)] as const));
    return { relay, sent, ids: new Set(ids), leftAt: ++this.#clock, held, promised, sequences };
  }

  /** What one entry says against what this relay said before. */
  #against(asked: Asked, { name, held }: Learned): LineError | null {
    if (held.state !== 'unknown' && held.state !== 'partial') {
      this.#accounts.get(asked.relay)?.delete(name);
      return null;
    }
    if (asked.promised.has(name)) return new LineError('LINE_FALSE_PROMISE');
    const parcel = this.#parts.parcel(name);
    if (!parcel || parcel.carried) return null;
    const account = this.#account(asked.relay, name);
    const before = asked.held.get(name);
    const now = held.state === 'partial' ? held.pieces : null;
    if (before && isLess(now, before)) account.vanished += 1;
    account.held = now;
    const lost = account.vanished >= mostVanishings;
    if (lost) account.vanished = 0;
    return this.#fullInVain(account) || lost ? new LineError('LINE_FALSE_PIECES') : null;
  }

  #fullInVain(account: Account): boolean {
    if (!account.held?.full) {
      account.full = 0;
      return false;
    }
    const now = this.#parts.now();
    if (account.full === 0) account.fullSince = now;
    account.full += 1;
    return account.full >= fullAnswers && now >= account.fullSince + fullMs;
  }

  #account(relay: string, name: NameHex): Account {
    const accounts = this.#accounts.get(relay) ?? new Map<NameHex, Account>();
    this.#accounts.set(relay, accounts);
    const account = accounts.get(name) ?? { held: null, vanished: 0, full: 0, fullSince: 0 };
    accounts.set(name, account);
    return account;
  }
}

/** An answer says of each id one thing; a question is answered whole, and a bag may have ended early. */
function checkAnswers({ ids, sent }: Asked, entries: readonly HeldEntry[]): void {
  const answered = new Set<string>();
  for (const { id, held } of entries) {
    const name = nameToHex(id);
    if (!ids.has(name)) throw new LineError(held.state === 'message' ? 'LINE_FALSE_MESSAGE' : 'LINE_BAD_ANSWER');
    if (answered.has(name)) throw new LineError('LINE_BAD_ANSWER');
    answered.add(name);
  }
  if (!sent && answered.size < ids.size) throw new LineError('LINE_BAD_ANSWER');
}

/** A signed log has one root for each of its sizes. */
function isSecondFace(head: SeenHead, known: readonly { size: number; root: string }[]): boolean {
  return known.some((one) => one.size === head.size && one.root !== head.root);
}

function withdraw(carried: Map<NameHex, Carried>, name: NameHex): void {
  const proof = carried.get(name);
  if (proof) carried.set(name, { ...proof, arrived: false });
}

function isLess(now: Bitmap | null, before: Bitmap): boolean {
  return Array.from({ length: before.size }, (_, i) => i).some((piece) => before.has(piece) && !now?.has(piece));
}

/** Did this bag bring pieces that the relay had no reason to drop? Without a head, a relay that forgot it may. */
function owesPieces({ sent }: Asked, entries: readonly HeldEntry[]): boolean {
  const states = new Map(entries.map(({ id, held }) => [nameToHex(id), held.state]));
  return (sent ?? []).some(({ name, head }) => head || states.get(name) === 'partial');
}
