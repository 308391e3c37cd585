import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEntryBundle, parseEntryBundle } from './entry-bundle.ts';
import { LogError } from './refusal.ts';

test('a bundle reads back, and with any other count is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
      const bundle = formatEntryBundle(entries);
      expect(parseEntryBundle(bundle, entries.length)).toEqual(entries);
      expect(() => parseEntryBundle(bundle, entries.length + 1)).toThrow(LogError);
      if (entries.length > 0) expect(() => parseEntryBundle(bundle, entries.length - 1)).toThrow(LogError);
    }),
    { numRuns: 30 },
  );
});

test('an entry may have 65,535 bytes and no more; a bundle 256 entries', () => {
  expect(parseEntryBundle(formatEntryBundle([new Uint8Array(65_535)]), 1)[0]?.length).toBe(65_535);
  expect(() => formatEntryBundle([new Uint8Array(65_536)])).toThrow(RangeError);
  expect(() => formatEntryBundle(Array.from({ length: 257 }, () => new Uint8Array(0)))).toThrow(RangeError);
});
