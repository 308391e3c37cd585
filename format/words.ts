/**
 * The words of a dispatch: what happened, and what else is coming. Canonical JSON inside the `words` stream.
 *
 * Source: `docs/protocol.md` section "Words". What is here is what the contact claims; nothing in it is checked.
 */
import * as v from 'valibot';
import { parseJson } from './json.ts';

export const wordsType = 'application/vnd.zajil.words+json';

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const fileSchema = v.strictObject({
  /** What kind of thing it is, so that a desk can show the right waiting picture. */
  kind: v.picklist(['photo', 'video', 'sound', 'other']),
  type: v.pipe(v.string(), v.regex(/^[a-z0-9]+\/[a-z0-9.+-]{1,90}$/)),
  /** The name the phone gave it, without folders. */
  name: text(200),
  bytes: count,
});

const schema = v.strictObject({
  v: v.literal(1),
  text: text(6000),
  /** When the contact wrote it, by the phone's own clock: RFC 3339 with minutes, UTC. */
  written: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/)),
  /** Where, as claimed; empty when not said. */
  place: text(200),
  urgent: v.boolean(),
  files: v.pipe(v.array(fileSchema), v.maxLength(255)),
});

export type Words = v.InferOutput<typeof schema>;
export type WordsFile = v.InferOutput<typeof fileSchema>;

export function formatWords(words: Words): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(v.parse(schema, words)));
}

/** @throws FormatError `FORMAT_TEXT`, `FORMAT_JSON` */
export function parseWords(bytes: Uint8Array): Words {
  return parseJson(schema, bytes);
}
