import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTilePath, tilePath, tileWidthAt } from './tile-path.ts';

test('paths are those of the specification', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 1, index: 1, width: 17 })).toBe('tile/1/001.p/17');
  expect(tilePath({ level: 'entries', index: 273, width: 112 })).toBe('tile/entries/273.p/112');
});

test('a path reads back as its address', () => {
  const address = fc.record({
    level: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant('entries' as const)),
    index: fc.nat(2 ** 31 - 1),
    width: fc.integer({ min: 1, max: 256 }),
  });
  fc.assert(
    fc.property(address, (address) => {
      expect(parseTilePath(tilePath(address))).toEqual(address);
    }),
  );
});

test.each([
  'tile/0/1',
  'tile/0/0001',
  'tile/7/000',
  'tile/0/x000/001',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/01',
  'tile/0/../000',
  '../checkpoint',
  'tile/entries/x001',
  'tile/00/000',
  '/tile/0/000',
  'tile/0/000/',
  'tile/0/001/x002',
  'tile/0/000\n',
])('%j is no path of a log', (path) => {
  expect(parseTilePath(path)).toBeNull();
});

test('the widths of a log of 70,000 entries are those of the specification', () => {
  expect(tileWidthAt(0, 272, 70_000)).toBe(256);
  expect(tileWidthAt(0, 273, 70_000)).toBe(112);
  expect(tileWidthAt(0, 274, 70_000)).toBe(0);
  expect(tileWidthAt(1, 1, 70_000)).toBe(17);
  expect(tileWidthAt(2, 0, 70_000)).toBe(1);
  expect(tileWidthAt('entries', 273, 70_000)).toBe(112);
});
