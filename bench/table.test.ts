import { expect, it } from 'vitest';
import { formatTable } from './table.ts';

it('sets words left and numbers right', () => {
  const rows = [
    ['what', 'MB/s'],
    ['ours', '7'],
    ['the cipher', '1000'],
  ];
  expect(formatTable(rows)).toBe('| what       | MB/s |\n| ---------- | ---: |\n| ours       |    7 |\n| the cipher | 1000 |');
});
