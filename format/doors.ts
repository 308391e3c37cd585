/**
 * What a newsroom tells a relay, signed by a device: which drop tokens open the door. Hashes only, no labels.
 *
 * `docs/protocol.md` section "Doors".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { toHex } from './encoding.ts';
import { parseJson } from './json.ts';
import { FormatError } from './refusal.ts';

const label = 'zajil-doors/1';
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const schema = v.strictObject({
  newsroom: hash,
  /** Grows with every change; a relay never goes back. */
  seq: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** SHA-256 of each token, sorted. */
  tokens: v.pipe(v.array(hash), v.maxLength(10_000)),
});

export type Doors = v.InferOutput<typeof schema>;

export function formatDoors(doors: Doors): string {
  return `${label}\n${JSON.stringify(v.parse(schema, doors))}\n`;
}

/** @param text - a signed note's text. @throws FormatError */
export function parseDoors(text: string): Doors {
  const lines = text.split('\n');
  if (lines[0] !== label || lines.length !== 3 || lines[2] !== '') throw new FormatError('FORMAT_MAGIC', 'this is not a list of doors');
  return parseJson(schema, lines[1] ?? '');
}

export function tokenHash(token: Uint8Array): string {
  return toHex(sha256(token));
}
