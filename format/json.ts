/**
 * Strict, canonical JSON: the bytes must be exactly what `JSON.stringify` writes for the parsed value.
 *
 * `docs/protocol.md` section "JSON".
 */
import * as v from 'valibot';
import { fromUtf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';

/**
 * Parses and checks in one step. Refuses white space, duplicate keys, lone surrogates and other second spellings of one
 * value, since a signed or hashed text must have only one.
 *
 * @throws FormatError `FORMAT_TEXT` when not UTF-8, `FORMAT_JSON` when not canonical or not of the schema
 */
export function parseJson<S extends v.GenericSchema>(schema: S, bytes: Uint8Array | string): v.InferOutput<S> {
  const text = typeof bytes === 'string' ? bytes : fromUtf8(bytes);
  const value = parseText(text);
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw new FormatError('FORMAT_JSON', `JSON does not have the expected shape at ${pathOf(result.issues[0])}`);
  requireSpelling(value, text);
  return result.output;
}

/**
 * As `parseJson`, and the keys stand in the order of the schema, so that one value has one text whoever wrote it.
 *
 * @param schema - must not transform. @throws FormatError `FORMAT_TEXT`, `FORMAT_JSON`
 */
export function parseOrderedJson<S extends v.GenericSchema>(schema: S, bytes: Uint8Array | string): v.InferOutput<S> {
  const text = typeof bytes === 'string' ? bytes : fromUtf8(bytes);
  const output = parseJson(schema, text);
  requireSpelling(output, text);
  return output;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError('FORMAT_JSON', 'text is not JSON', cause);
  }
}

/** After the schema, which bounds the depth: `JSON.stringify` of a deep value overflows the stack of some engines. */
function requireSpelling(value: unknown, text: string): void {
  let spelling: string | undefined;
  try {
    spelling = JSON.stringify(value);
  } catch (cause) {
    throw new FormatError('FORMAT_JSON', 'JSON is nested too deeply', cause);
  }
  if (spelling !== text) throw new FormatError('FORMAT_JSON', 'JSON is not in its canonical spelling');
  // JSON.stringify escapes these code units only when they stand alone; as UTF-8 they would become another text.
  if (/(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/.test(text)) throw new FormatError('FORMAT_JSON', 'JSON holds half of a character');
}

/** Names of fields that the schema knows, never what the other side wrote. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'an unknown field';
  return issue.path?.map((item) => (typeof item.key === 'number' ? '#' : String(item.key).slice(0, 20))).join('.') ?? 'the top';
}
