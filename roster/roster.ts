/**
 * Who the newsroom is: the public chain, verified link by link.
 *
 * `docs/protocol.md` section "Roster". The newsroom's name is the hash of its founding statement, so a chain either is
 * that newsroom's or is not; whoever holds the name needs to trust nobody for the chain.
 */
import {
  equalBytes,
  formatStatement,
  type FoundingStatement,
  fromHex,
  type IntakeKey,
  type RosterDevice,
  type Statement,
} from '@zajil/format';
import { LogError, type NoteSigner, parseVkey, signNote, verifyNote } from '@zajil/log';
import { type ChainLink, mostChainChars, splitChain } from './chain.ts';
import { RosterError } from './refusal.ts';

/** A verified chain, and what it says. */
export interface Roster {
  /** The newsroom's name: 32 bytes. */
  readonly name: Uint8Array;
  /** Number of the newest statement. */
  readonly seq: number;
  /** Hash of the newest statement: hex. */
  readonly head: string;
  /** Day of the newest statement, UTC: today is not before it, whatever the clock of a phone says. */
  readonly day: string;
  readonly found: FoundingStatement;
  readonly devices: readonly RosterDevice[];
  /** Verifier keys of the relays' logs. */
  readonly relays: readonly string[];
  /** In the order in which they were issued. */
  readonly intake: readonly IntakeKey[];
  /** The chain file as it was verified. */
  readonly text: string;
}

/** A roster while it is being read. */
interface Draft {
  readonly found: FoundingStatement;
  readonly name: Uint8Array;
  seq: number;
  head: string;
  day: string;
  readonly devices: RosterDevice[];
  readonly relays: Set<string>;
  readonly intake: Map<string, IntakeKey>;
}

/**
 * Every statement in order: numbered without gaps, naming the hash of the one before, of no earlier day, signed by a
 * device in force, and allowed by the rules. Signatures by others are passed over.
 *
 * A chain cut between two statements verifies: only who knew a later one can tell (`verifyExtends`).
 *
 * @param name - the newsroom expected: 32 bytes, or null to take whichever it is
 * @throws RosterError `ROSTER_TOO_LONG`, `ROSTER_TRUNCATED`, `ROSTER_TEXT`, `ROSTER_LINK`, `ROSTER_SIGNATURE`, `ROSTER_RULE`, `ROSTER_OTHER_NEWSROOM`
 */
export function verifyRoster(chain: string, name: Uint8Array | null): Roster {
  const [first, ...rest] = splitChain(chain);
  if (!first) throw new RosterError('ROSTER_TRUNCATED', 'roster is empty');
  const draft = verifyFounding(first);
  if (name && !equalBytes(name, draft.name))
    throw new RosterError('ROSTER_OTHER_NEWSROOM', 'this roster is of another newsroom; nothing was taken from it');
  for (const link of rest) {
    verifyLink(link, draft);
    applyStatement(draft, link.statement);
    Object.assign(draft, { seq: link.statement.seq, head: link.hash, day: link.statement.day });
  }
  const { seq, head, day, found, devices, relays, intake } = draft;
  return { name: draft.name, seq, head, day, found, devices, relays: [...relays], intake: [...intake.values()], text: chain };
}

function verifyFounding({ statement, hash, note }: ChainLink): Draft {
  if (statement.kind !== 'found' || statement.seq !== 0 || statement.prev !== '')
    throw new RosterError('ROSTER_LINK', 'roster does not begin with the founding of a newsroom');
  const devices = [statement.device];
  checkedVkey(statement.log);
  checkedVkey(statement.device.vkey);
  verifySigned(note, devices);
  const { seq, day } = statement;
  return { found: statement, name: fromHex(hash, 32), seq, head: hash, day, devices, relays: new Set(), intake: new Map() };
}

function verifyLink({ statement, note }: ChainLink, draft: Draft): void {
  if (statement.seq !== draft.seq + 1 || statement.prev !== draft.head)
    throw new RosterError('ROSTER_LINK', 'a statement of the roster is missing, moved or altered');
  if (statement.day < draft.day) throw new RosterError('ROSTER_LINK', 'a statement of the roster is dated before the one that it follows');
  verifySigned(note, draft.devices);
}

function verifySigned(note: string, devices: readonly RosterDevice[]): void {
  try {
    verifyNote(
      note,
      devices.map((device) => device.vkey),
    );
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    if (cause.code === 'LOG_NOTE') throw new RosterError('ROSTER_TEXT', 'roster is not a chain of signed statements', cause);
    throw new RosterError(
      'ROSTER_SIGNATURE',
      'a statement of the roster is not signed by a device of this newsroom, or was altered',
      cause,
    );
  }
}

/** What one more statement does to the roster. @throws RosterError `ROSTER_RULE` */
function applyStatement(draft: Draft, statement: Statement): void {
  switch (statement.kind) {
    case 'found':
      throw rule('a newsroom is founded once');
    case 'relay':
      if (draft.relays.has(statement.vkey)) throw rule('a relay is named twice');
      draft.relays.add(checkedVkey(statement.vkey));
      return;
    case 'intake':
      for (const key of statement.keys) addKey(draft.intake, key);
  }
}

function addKey(intake: Map<string, IntakeKey>, key: IntakeKey): void {
  if (intake.has(key.id)) throw rule('an intake key is issued twice');
  if (key.from > key.until || key.until > key.destroyed) throw rule('the days of an intake key are out of order');
  intake.set(key.id, key);
}

/** The statement's own shape does not say that key id and key fit. */
function checkedVkey(vkey: string): string {
  try {
    parseVkey(vkey);
  } catch (cause) {
    throw rule('a key is not one', cause);
  }
  return vkey;
}

function rule(what: string, cause?: unknown): RosterError {
  return new RosterError('ROSTER_RULE', `roster breaks its own rules: ${what}`, cause);
}

/** Number and link for the statement that comes next. */
export function nextLink(roster: Pick<Roster, 'seq' | 'head'>): { seq: number; prev: string } {
  return { seq: roster.seq + 1, prev: roster.head };
}

/**
 * The chain with one more signed statement.
 *
 * @param chain - empty for the founding statement
 * @throws RosterError when the chain that would come out does not verify
 */
export function appendStatement(chain: string, statement: Statement, signer: NoteSigner): string {
  const longer = chain + signNote(formatStatement(statement), signer);
  if (longer.length > mostChainChars) throw new RosterError('ROSTER_TOO_LONG', 'roster is full');
  return verifyRoster(longer, null).text;
}
