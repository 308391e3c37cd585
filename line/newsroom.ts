/**
 * Who the phone seals for: the newsroom's roster and its intake keys, from any relay, trusted by none of them.
 * `docs/protocol.md` sections "Invitation" and "Roster".
 *
 * Works without a line from what the spool remembers, so that words can be sealed before there is one. MUST never go
 * back: a roster that does not continue the known one is not taken.
 */
import {
  FormatError,
  type IntakeKey,
  type Invitation,
  type KeyScope,
  fromBase64Url,
  isSafeTransport,
  toBase64Url,
  toHex,
} from '@zajil/format';
import { type Roster, RosterError, chooseIntakeKey, verifyExtends, verifyIntakeKey, verifyRoster } from '@zajil/roster';
import { type Clock, deadlineAfter, platformClock } from './clock.ts';
import { RelayDoor } from './door.ts';
import { LineError } from './refusal.ts';
import type { Notes } from './spool.ts';
import { type Fetch, fetchWire } from './wire.ts';

export interface Newsroom {
  readonly roster: Roster;
  /** False when no relay answered and the roster is the one remembered. */
  readonly fresh: boolean;
  /** What was wrong with what relays showed; such answers were not used. */
  readonly troubles: readonly LineError[];
  /**
   * The key to seal to: 1216 bytes, verified by its id, remembered. Without a line: the remembered key of last resort.
   * A day before the roster's own is taken as the roster's.
   *
   * @param day - `YYYY-MM-DD`, UTC. @throws LineError `LINE_NO_KEY`; RosterError `ROSTER_NO_KEY`
   */
  intakeKey(scope: KeyScope, day: string): Promise<Uint8Array>;
}

export interface NewsroomOptions {
  readonly invitation: Invitation;
  readonly fetch: Fetch;
  readonly notes: Notes;
  /** A roster that is known from elsewhere. */
  readonly known?: Roster;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** The chain's own limit, so that nobody can fill a phone. */
const mostRosterBytes = 4_000_000;
const keyBytes = 1216;
const patienceMs = 15_000;

/**
 * @throws LineError `LINE_NOT_SAFE` when no relay may be spoken to; `LINE_WAITING`, `LINE_NO_NEWSROOM`,
 *   `LINE_LYING_RELAY` or `LINE_BAD_ANSWER` when no roster is known and none could be had
 */
export async function fetchNewsroom(options: NewsroomOptions): Promise<Newsroom> {
  const { invitation, notes, fetch } = options;
  const safe = invitation.relays.filter((relay) => isSafeTransport(relay, invitation.plain));
  if (safe.length === 0) throw new LineError('LINE_NOT_SAFE');
  const doors = safe.map((relay) => new RelayDoor(relay, invitation, fetchWire(relay, fetch)));
  const noteKey = `roster/${toHex(invitation.newsroom)}`;
  const known = newestOf(options.known ?? null, await remembered(notes, noteKey, invitation.newsroom));
  const { roster, troubles } = await askEach(doors, options, known);
  const newest = roster ?? known;
  if (!newest) throw troubles.at(-1) ?? new LineError('LINE_WAITING');
  if (newest.text !== (await notes.getNote(noteKey))) await notes.setNote(noteKey, newest.text);
  return { roster: newest, fresh: roster !== null, troubles, intakeKey: (scope, day) => intakeKey(doors, options, newest, scope, day) };
}

async function remembered(notes: Notes, key: string, name: Uint8Array): Promise<Roster | null> {
  const text = await notes.getNote(key);
  return text === null ? null : verifyRoster(text, name);
}

function newestOf(a: Roster | null, b: Roster | null): Roster | null {
  if (!a || !b) return a ?? b;
  return a.seq >= b.seq ? verifyExtends(b, a) : verifyExtends(a, b);
}

/** The first relay that shows a roster which continues the known one. */
async function askEach(
  doors: readonly RelayDoor[],
  options: NewsroomOptions,
  known: Roster | null,
): Promise<{ roster: Roster | null; troubles: LineError[] }> {
  const troubles: LineError[] = [];
  for (const door of doors) {
    try {
      const chain = await withPatience(options, (signal) => door.text('/v1/roster', mostRosterBytes, signal));
      return { roster: accept(chain, options.invitation.newsroom, known), troubles };
    } catch (error) {
      troubles.push(asLineError(error));
    }
  }
  return { roster: null, troubles };
}

function accept(chain: string, name: Uint8Array, known: Roster | null): Roster {
  const shown = verifyRoster(chain, name);
  return known ? verifyExtends(known, shown) : shown;
}

function asLineError(error: unknown): LineError {
  if (error instanceof LineError) return error;
  if (error instanceof RosterError) {
    return new LineError(error.code === 'ROSTER_OLDER' || error.code === 'ROSTER_FORK' ? 'LINE_WENT_BACK' : 'LINE_LYING_RELAY', error);
  }
  if (error instanceof FormatError) return new LineError('LINE_BAD_ANSWER', error);
  throw error;
}

async function intakeKey(
  doors: readonly RelayDoor[],
  options: NewsroomOptions,
  roster: Roster,
  scope: KeyScope,
  day: string,
): Promise<Uint8Array> {
  // A clock that is behind would choose a key that the newsroom has destroyed, and nobody could ever open what was sealed.
  const today = day < roster.day ? roster.day : day;
  const chosen = chooseIntakeKey(roster, scope, today);
  const found = (await rememberedKey(options.notes, chosen)) ?? (await fetchKey(doors, options, chosen));
  if (found) {
    await forgetOldKeys(options.notes, roster, today);
    return found;
  }
  const spare = roster.intake.filter((key) => key.scope === 'last' && key.from <= today && today <= key.until).toReversed();
  for (const key of spare) {
    const last = await rememberedKey(options.notes, key);
    if (last) return last;
  }
  throw new LineError('LINE_NO_KEY');
}

async function rememberedKey(notes: Notes, key: IntakeKey): Promise<Uint8Array | null> {
  const text = await notes.getNote(`key/${key.id}`);
  return text === null ? null : verifyIntakeKey(key, fromBase64Url(text));
}

/** The keys of past days would be a calendar of when this phone was used. */
async function forgetOldKeys(notes: Notes, roster: Roster, today: string): Promise<void> {
  const current = new Set(roster.intake.filter((key) => today <= key.until).map((key) => `key/${key.id}`));
  for (const note of await notes.listNotes('key/')) if (!current.has(note)) await notes.setNote(note, null);
}

async function fetchKey(doors: readonly RelayDoor[], options: NewsroomOptions, key: IntakeKey): Promise<Uint8Array | null> {
  for (const door of doors) {
    try {
      const bytes = await withPatience(options, (signal) => door.bytes(`/v1/key/${key.id}`, keyBytes, signal));
      await options.notes.setNote(`key/${key.id}`, toBase64Url(verifyIntakeKey(key, bytes)));
      return bytes;
    } catch (error) {
      asLineError(error);
    }
  }
  return null;
}

async function withPatience<T>(options: NewsroomOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = deadlineAfter(options.clock ?? platformClock, patienceMs, options.signal);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.end();
  }
}
