import * as v from 'valibot';
import { expect, test } from 'vitest';
import { codeOf } from './hostile.ts';
import { FormatError, parseJson } from './index.ts';
import { parseOrderedJson } from './json.ts';

const schema = v.strictObject({ a: v.number(), b: v.string() });

test('the one spelling of a value parses', () => {
  expect(parseJson(schema, '{"a":1,"b":"é"}')).toEqual({ a: 1, b: 'é' });
});

test('every second spelling is refused', () => {
  const others = ['{"a":1, "b":"x"}', '{"a":1.0,"b":"x"}', '{"a":1e0,"b":"x"}', '{"a":-0,"b":"x"}', '{"a":0,"a":1,"b":"x"}'];
  others.push('{"a":1,"b":"\\u0078"}', '{"a":1,"b":"\\/"}', '\ufeff{"a":1,"b":"x"}', '{"a":1,"b":"x"}\n', '{"a":1,"b":"\\ud800"}');
  for (const text of others)
    expect(
      codeOf(() => parseJson(schema, text)),
      text,
    ).toBe('FORMAT_JSON');
});

test('keys in another order are a second spelling where the order counts', () => {
  expect(parseJson(schema, '{"b":"x","a":1}')).toEqual({ a: 1, b: 'x' });
  expect(codeOf(() => parseOrderedJson(schema, '{"b":"x","a":1}'))).toBe('FORMAT_JSON');
});

test('unknown fields are refused, inherited names too, and the refusal does not repeat them', () => {
  for (const key of ['secret-place', '__proto__', 'constructor', 'toString']) {
    const text = `{"a":1,"b":"x","${key}":1}`;
    expect(
      codeOf(() => parseJson(schema, text)),
      key,
    ).toBe('FORMAT_JSON');
  }
  expect(() => parseJson(schema, '{"a":1,"b":"x","secret-place":1}')).toThrow(/unknown field/);
});

test('nesting however deep ends in a refusal', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  for (const schema of [v.string(), v.unknown(), v.array(v.unknown())]) {
    try {
      parseJson(schema, deep);
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  }
});

test('bytes that are not UTF-8 are refused', () => {
  expect(codeOf(() => parseJson(schema, Uint8Array.of(0x22, 0xff, 0x22)))).toBe('FORMAT_TEXT');
});
