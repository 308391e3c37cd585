/** Strict, canonical JSON: the bytes must be exactly what `JSON.stringify` writes for the parsed value. */
import * as v from 'valibot';
import { fromUtf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';

/**
 * Parses and checks in one step. Refuses white space, duplicate keys and other second spellings of one value, since a
 * signed or hashed text must have only one.
 *
 * @throws FormatError `FORMAT_TEXT` when not UTF-8, `FORMAT_JSON` when not canonical or not of the schema
 */
export function parseJson<S extends v.GenericSchema>(schema: S, bytes: Uint8Array | string): v.InferOutput<S> {
  const text = typeof bytes === 'string' ? bytes : fromUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError('FORMAT_JSON', 'text is not JSON', cause);
  }
  if (JSON.stringify(value) !== text) throw new FormatError('FORMAT_JSON', 'JSON is not in its canonical spelling');
  const result = v.safeParse(schema, value);
  if (!result.success) throw new FormatError('FORMAT_JSON', `JSON does not have the expected shape at ${pathOf(result.issues[0])}`);
  return result.output;
}

/** Names of fields only, never their values. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  return issue.path?.map((item) => (typeof item.key === 'number' ? '#' : String(item.key).slice(0, 20))).join('.') ?? 'the top';
}
