/**
 * The text of a C2SP signed note as this protocol writes it: a label line and one line of canonical JSON.
 *
 * `docs/protocol.md` section "Signed texts". The signatures stand below the text; `log` reads them.
 */
import * as v from 'valibot';
import { parseOrderedJson } from './json.ts';
import { FormatError } from './refusal.ts';

/** Characters of the longest signed text: a list of 10,000 doors has 0.7 million. */
export const mostSignedTextCharacters = 1_000_000;

/** @throws ValiError when the value is not of the schema: our own mistake */
export function formatSignedText<S extends v.GenericSchema>(label: string, schema: S, value: v.InferInput<S>): string {
  return `${label}\n${JSON.stringify(v.parse(schema, value))}\n`;
}

/** @throws FormatError `FORMAT_MAGIC` when it has another label, `FORMAT_RANGE` too long, `FORMAT_JSON` */
export function parseSignedText<S extends v.GenericSchema>(label: string, schema: S, text: string): v.InferOutput<S> {
  if (text.length > mostSignedTextCharacters) throw new FormatError('FORMAT_RANGE', 'signed text is too long');
  if (!text.startsWith(`${label}\n`)) throw new FormatError('FORMAT_MAGIC', `this is not a ${label}`);
  const end = text.indexOf('\n', label.length + 1);
  if (end === -1 || end !== text.length - 1) throw new FormatError('FORMAT_MAGIC', `a ${label} has exactly two lines`);
  return parseOrderedJson(schema, text.slice(label.length + 1, end));
}
