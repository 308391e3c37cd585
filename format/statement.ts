/**
 * A roster statement: one link in the public chain that says who the newsroom is. Each is the text of a C2SP signed
 * note: a label line and one line of canonical JSON. It holds keys and dates, never names of people.
 *
 * `docs/protocol.md` section "Roster". What a chain of them proves is said by `roster`.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { fromHex, utf8 } from './encoding.ts';
import { count, day, hash, vkey } from './fields.ts';
import { formatSignedText, parseSignedText } from './signed-text.ts';

const label = 'zajil-roster/1';
const link = { seq: count, prev: v.union([v.literal(''), hash]), day };

const device = v.strictObject({ vkey, /** SHA-256 of the device's 1,216-byte hybrid public key. */ recipient: hash });

const intakeKey = v.strictObject({
  /** SHA-256 of the 1,216-byte hybrid public key; the key itself is fetched by this. */
  id: hash,
  scope: v.picklist(['day', 'month', 'last']),
  /** First day on which a phone may seal to it. */
  from: day,
  /** Last day on which a phone may seal to it. */
  until: day,
  /** The day on which the newsroom destroys its secret. */
  destroyed: day,
});

const schema = v.variant('kind', [
  v.strictObject({ ...link, kind: v.literal('found'), device, log: vkey, quorum: v.literal(1), nonce: hash }),
  v.strictObject({ ...link, kind: v.literal('relay'), vkey }),
  v.strictObject({ ...link, kind: v.literal('intake'), keys: v.pipe(v.array(intakeKey), v.minLength(1), v.maxLength(64)) }),
]);

export type Statement = v.InferOutput<typeof schema>;
export type FoundingStatement = Extract<Statement, { kind: 'found' }>;
export type RosterDevice = v.InferOutput<typeof device>;
export type IntakeKey = v.InferOutput<typeof intakeKey>;

export function formatStatement(statement: Statement): string {
  return formatSignedText(label, schema, statement);
}

/** @param text - a signed note's text. @throws FormatError */
export function parseStatement(text: string): Statement {
  return parseSignedText(label, schema, text);
}

/** The hash by which the next statement names this one; of the founding statement: the newsroom's name. 32 bytes. */
export function statementHash(text: string): Uint8Array {
  return sha256(utf8(text));
}

/** Hex of a newsroom's name as people pass it on. @throws FormatError `FORMAT_TEXT` */
export function parseNewsroomName(text: string): Uint8Array {
  return fromHex(text.trim().toLowerCase(), 32);
}
