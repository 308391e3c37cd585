import { expect, test } from 'vitest';
import { readSize } from './size.ts';

test('sizes are read as they stand on cards', () => {
  expect(['2GB', '500MB', '64 kB', '1.5gb', '4096', '10B'].map((text) => readSize(text))).toEqual([2e9, 5e8, 64_000, 1.5e9, 4096, 10]);
  expect(readSize(undefined)).toBeUndefined();
});

test('what is no size is refused', () => {
  for (const text of ['', '0', '0GB', 'GB', '2G', '-1MB', '2 GB more', '1e9', '2PB']) expect(() => readSize(text)).toThrow('--fill');
});
