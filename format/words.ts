/**
 * The words of a dispatch: what happened, and what else is coming. Canonical JSON inside the `words` stream.
 *
 * Source: `docs/protocol.md` section "Words". What is here is what the contact claims; nothing in it is checked.
 */
import * as v from 'valibot';
import { utf8 } from './encoding.ts';
import { count, isMinute, mediaType } from './fields.ts';
import { parseOrderedJson } from './json.ts';

export const wordsType = 'application/vnd.zajil.words+json';

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));

const fileSchema = v.strictObject({
  /** What kind of thing it is, so that a desk can show the right waiting picture. */
  kind: v.picklist(['photo', 'video', 'sound', 'other']),
  type: mediaType,
  /** The name the phone gave it, without folders. */
  name: text(200),
  bytes: count,
});

const schema = v.strictObject({
  v: v.literal(1),
  text: text(6000),
  /** When the contact wrote it, by the phone's own clock: RFC 3339 with minutes, UTC. */
  written: v.pipe(v.string(), v.check(isMinute)),
  /** Where, as claimed; empty when not said. */
  place: text(200),
  urgent: v.boolean(),
  files: v.pipe(v.array(fileSchema), v.maxLength(255)),
});

export type Words = v.InferOutput<typeof schema>;
export type WordsFile = v.InferOutput<typeof fileSchema>;

/** Half of a character, as a text cut at its 6,000th code unit may end in, is written U+FFFD rather than refused. */
export function formatWords(words: Words): Uint8Array {
  const files = words.files.map((file) => ({ ...file, name: file.name.toWellFormed() }));
  const whole = { ...words, text: words.text.toWellFormed(), place: words.place.toWellFormed(), files };
  return utf8(JSON.stringify(v.parse(schema, whole)));
}

/** @throws FormatError `FORMAT_TEXT`, `FORMAT_JSON` */
export function parseWords(bytes: Uint8Array): Words {
  return parseOrderedJson(schema, bytes);
}
