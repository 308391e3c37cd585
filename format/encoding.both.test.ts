import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf, endsInValueOrRefusal } from './hostile.ts';
import { concatBytes, equalBytes, fromBase64Url, fromHex, fromUtf8, toBase64Url, toHex, utf8 } from './index.ts';

const bytes = fc.uint8Array({ maxLength: 100 });

test('hex and base64url bring every array back', () => {
  always(bytes, (array) => {
    expect(fromHex(toHex(array), array.length)).toEqual(array);
    expect(fromBase64Url(toBase64Url(array))).toEqual(array);
  });
});

test('a text of base64url that parses is the one spelling of its bytes', () => {
  endsInValueOrRefusal(fc.oneof(fc.base64String(), fc.string()), (text) => expect(toBase64Url(fromBase64Url(text))).toBe(text));
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'AA+A', 'AA/A', 'A A', 'AAA\n'])
    expect(
      codeOf(() => fromBase64Url(text)),
      text,
    ).toBe('FORMAT_TEXT');
});

test('fromHex() takes only whole bytes in lower case', () => {
  endsInValueOrRefusal(fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f', 'A', 'G', '\n', ' ') }), (text) =>
    expect(toHex(fromHex(text))).toBe(text),
  );
  for (const text of ['0', 'AB', '0g', '00\n'])
    expect(
      codeOf(() => fromHex(text)),
      text,
    ).toBe('FORMAT_TEXT');
  expect(codeOf(() => fromHex('00', 2))).toBe('FORMAT_TEXT');
});

test('fromUtf8() keeps a byte order mark and refuses malformed sequences', () => {
  always(fc.string({ unit: 'grapheme' }), (text) => {
    expect(fromUtf8(utf8(text))).toBe(text);
  });
  expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff');
  for (const array of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc3]])
    expect(codeOf(() => fromUtf8(Uint8Array.from(array)))).toBe('FORMAT_TEXT');
});

test('joined arrays are equal to their joint, and arrays of another length to none', () => {
  always(fc.tuple(bytes, bytes), ([a, b]) => {
    expect(equalBytes(concatBytes(a, b), Uint8Array.from([...a, ...b]))).toBe(true);
    expect(equalBytes(a, concatBytes(a, Uint8Array.of(0)))).toBe(false);
  });
});
