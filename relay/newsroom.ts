/**
 * What the relay knows of its newsroom, all public: the roster, which tokens open the door (hashes), the intake keys.
 * It believes nobody: the roster must continue the one it has, the doors must be signed by a device in it and be newer,
 * and every key must be one that the roster names. `docs/protocol.md` sections "Roster", "Doors" and "Relay".
 */
import { type Doors, FormatError, Refusal, parseDoors, toHex, tokenHash } from '@zajil/format';
import { verifyNote } from '@zajil/log';
import { type Roster, RosterError, splitChain, verifyExtends, verifyIntakeKey, verifyRoster } from '@zajil/roster';
import { RelayError } from './relay-error.ts';
import type { NewsroomRecord, RelayIndex } from './relay-index.ts';
import { fastSha256 } from './staging.ts';

/** A verified record, ready to be asked. */
interface Known {
  readonly record: NewsroomRecord;
  readonly roster: Roster;
  /** The chain's notes, one for each statement: anybody may ask for them, so they are not cut out each time. */
  readonly notes: readonly string[];
  readonly doors: Doors | null;
  readonly tokens: ReadonlySet<string>;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

export class Newsroom {
  readonly #index: RelayIndex;
  #known: Known | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(index: RelayIndex) {
    this.#index = index;
  }

  /** Verifies again what is stored: a disk that somebody else wrote to is not believed either. */
  static async open(index: RelayIndex): Promise<Newsroom> {
    const newsroom = new Newsroom(index);
    const record = await index.newsroom();
    if (record) newsroom.#known = verifyRecord(record, null);
    return newsroom;
  }

  get known(): boolean {
    return this.#known !== null;
  }

  /** @throws RelayError `RELAY_NO_NEWSROOM` */
  get roster(): Roster {
    return this.#require().roster;
  }

  /** The signed statements from this sequence number on. @throws RelayError `RELAY_NO_NEWSROOM` */
  chainFrom(seq: number): string {
    const { roster, notes } = this.#require();
    return seq === 0 ? roster.text : notes.slice(seq).join('');
  }

  /** The public intake key with this id, or null. @param id - hex */
  intakeKey(id: string): Uint8Array | null {
    return this.#require().keys.get(id) ?? null;
  }

  /** Does this drop token open the door? @returns its hash, or null. @throws RelayError `RELAY_NO_NEWSROOM` */
  admit(token: Uint8Array): string | null {
    const hash = tokenHash(token);
    return this.#require().tokens.has(hash) ? hash : null;
  }

  /**
   * Takes what a desk says, durably, when it is newer.
   *
   * @param check - called with the new roster before anything changes: is the bearer of this news one of its devices?
   * @throws RelayError `RELAY_NEWSROOM` not valid, `RELAY_OTHER_NEWSROOM`, `RELAY_STALE` older than what is known
   */
  async accept(record: NewsroomRecord, check: (roster: Roster) => Promise<void> | void = () => {}): Promise<void> {
    const work = this.#turn.then(async () => await this.#accept(record, check));
    this.#turn = work.catch(() => {});
    await work;
  }

  async #accept(record: NewsroomRecord, check: (roster: Roster) => Promise<void> | void): Promise<void> {
    const next = verifyRecord(record, this.#known);
    await check(next.roster);
    if (this.#known && sameRecord(next.record, this.#known.record)) return;
    await this.#index.setNewsroom(next.record);
    this.#known = next;
  }

  #require(): Known {
    if (this.#known) return this.#known;
    throw new RelayError(
      'RELAY_NO_NEWSROOM',
      'This relay does not serve a newsroom yet. Nothing was taken. Keep what you have and try again later.',
    );
  }
}

/** A newsroom's record as a recipe: the chain, its place after the known one, the doors, the keys. */
function verifyRecord(record: NewsroomRecord, known: Known | null): Known {
  const roster = refused(() => verifyRoster(record.roster, null));
  if (known) checkContinues(roster, known.roster);
  const note = record.doors === '' ? (known?.record.doors ?? '') : record.doors;
  const doors = note === '' ? null : refused(() => verifyDoors(note, roster));
  if (known) checkNewer(doors, note, known);
  const keys = new Map<string, Uint8Array>();
  for (const key of [...(known?.record.keys ?? []), ...record.keys]) {
    const id = toHex(fastSha256(key));
    const named = roster.intake.find((intake) => intake.id === id);
    if (!named) throw new RelayError('RELAY_NEWSROOM', 'A key is not one that the roster names. Nothing was changed.');
    keys.set(
      id,
      refused(() => verifyIntakeKey(named, key)),
    );
  }
  return {
    record: { roster: record.roster, doors: note, keys: [...keys.values()] },
    roster,
    notes: splitChain(roster.text).map(({ note: text }) => text),
    doors,
    tokens: new Set(doors?.tokens),
    keys,
  };
}

function checkContinues(next: Roster, known: Roster): void {
  try {
    verifyExtends(known, next);
  } catch (cause) {
    if (!(cause instanceof RosterError)) throw cause;
    if (cause.code === 'ROSTER_OTHER_NEWSROOM') {
      throw new RelayError(
        'RELAY_OTHER_NEWSROOM',
        'This relay serves another newsroom. Nothing was changed. Use a relay of its own.',
        cause,
      );
    }
    throw new RelayError(
      'RELAY_STALE',
      'The relay knows a newer roster, or another one. Nothing was changed. Bring the desk up to date first.',
      cause,
    );
  }
}

function verifyDoors(note: string, roster: Roster): Doors {
  const { text } = verifyNote(
    note,
    roster.devices.map((device) => device.vkey),
  );
  const doors = parseDoors(text);
  if (doors.newsroom !== toHex(roster.name)) throw new FormatError('FORMAT_RANGE', 'doors are of another newsroom');
  return doors;
}

function checkNewer(doors: Doors | null, note: string, known: Known): void {
  if (note === known.record.doors || (doors !== null && doors.seq > (known.doors?.seq ?? -1))) return;
  throw new RelayError('RELAY_STALE', 'The relay knows a newer list of doors. Nothing was changed. Bring the desk up to date first.');
}

/** What parsers and verifiers refuse becomes one answer of the relay. */
function refused<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Refusal) || cause instanceof RelayError) throw cause;
    throw new RelayError('RELAY_NEWSROOM', 'What was said about the newsroom does not hold. Nothing was changed.', cause);
  }
}

function sameRecord(a: NewsroomRecord, b: NewsroomRecord): boolean {
  return a.roster === b.roster && a.doors === b.doors && a.keys.length === b.keys.length;
}
