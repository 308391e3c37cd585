/**
 * What a newsroom tells a relay, signed by a device: which drop tokens open the door. Hashes only, no labels.
 *
 * `docs/protocol.md` section "Doors".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { toHex } from './encoding.ts';
import { count, hash } from './fields.ts';
import { FormatError } from './refusal.ts';
import { formatSignedText, parseSignedText } from './signed-text.ts';

const label = 'zajil-doors/1';

const schema = v.strictObject({
  newsroom: hash,
  /** Grows with every change; a relay never goes back. */
  seq: count,
  /** SHA-256 of each token, sorted, none twice. */
  tokens: v.pipe(v.array(hash), v.maxLength(10_000)),
});

export type Doors = v.InferOutput<typeof schema>;

/** Sorts the tokens and drops doubles. */
export function formatDoors(doors: Doors): string {
  return formatSignedText(label, schema, { ...doors, tokens: [...new Set(doors.tokens)].sort() });
}

/** @param text - a signed note's text. @throws FormatError also when tokens are unsorted or doubled (`FORMAT_ORDER`) */
export function parseDoors(text: string): Doors {
  const doors = parseSignedText(label, schema, text);
  if (doors.tokens.some((token, i) => i > 0 && token <= (doors.tokens[i - 1] ?? '')))
    throw new FormatError('FORMAT_ORDER', 'tokens are not sorted, or one stands twice');
  return doors;
}

/** What the list holds of a token. @param token - 16 bytes */
export function tokenHash(token: Uint8Array): string {
  return toHex(sha256(token));
}
