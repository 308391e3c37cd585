import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextSearch } from './text-search.ts';

const encodings = ['utf8', 'utf16le', 'utf16be'] as const;
const encode = (text: string, encoding: (typeof encodings)[number]) =>
  encoding === 'utf16be' ? Buffer.from(text, 'utf16le').swap16() : Buffer.from(text, encoding);

test('a text is found wherever it stands, in each encoding, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...encodings),
      fc.integer({ min: 1, max: 9 }),
      (before, after, encoding, step) => {
        const bytes = Buffer.concat([before, encode('Nadia ناديا', encoding), after]);
        const search = new TextSearch(['something else', 'Nadia ناديا']);
        for (let at = 0; at < bytes.length; at += step) search.push(bytes.subarray(at, at + step));
        expect(search.found).toBe(true);
      },
    ),
  );
});

test('what is not there is not found', () => {
  const search = new TextSearch(['Nadia']);
  search.push(Buffer.from('Nadi'));
  search.push(Buffer.from(' a'));
  expect(search.found).toBe(false);
  expect(new TextSearch([]).found).toBe(false);
});
