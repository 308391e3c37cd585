import { expect, test } from 'vitest';
import { MemorySpool } from './memory-spool.ts';
import { RelayMemory } from './relay-memory.ts';

const address = 'ab'.repeat(32);

test('what relays said is remembered by the next run, and addresses of what is settled are forgotten', async () => {
  const notes = new MemorySpool();
  const memory = new RelayMemory(notes, []);
  memory.hear('a', { signed: 'key', heads: [{ vkey: 'key', size: 4, root: 'r4' }], sequences: new Map([[address, 7]]) });
  memory.hear('a', { heads: [{ vkey: 'key', size: 8, root: 'r8' }], sequences: new Map([[address, 3]]) });
  await memory.settled();
  const next = new RelayMemory(notes, []);
  await next.load();
  expect([next.signed('a'), next.signed('b')]).toEqual(['key', null]);
  expect(next.heads('key')).toEqual([
    { size: 4, root: 'r4' },
    { size: 8, root: 'r8' },
  ]);
  expect([next.sequence('a', address), next.sequence('b', address)]).toEqual([7, -1]);
  next.retain(new Set());
  await next.settled();
  expect(await notes.getNote('relays')).not.toContain(address);
});

test('as many checkpoints are kept of a log as tell its faces apart, however long it grows', () => {
  const memory = new RelayMemory(new MemorySpool(), []);
  for (let size = 1; size <= 100; size += 1) memory.hear('a', { heads: [{ vkey: 'key', size, root: `r${size}` }] });
  expect(memory.heads('key')).toHaveLength(16);
  expect(memory.heads('key').at(-1)).toEqual({ size: 100, root: 'r100' });
});

test('a note of an earlier version is read', async () => {
  const notes = new MemorySpool();
  await notes.setNote('relays', JSON.stringify({ works: 'a', pinned: {}, touched: { a: [address] } }));
  const memory = new RelayMemory(notes, []);
  await memory.load();
  expect([memory.works, memory.touched('a'), memory.signed('a'), memory.sequence('a', address)]).toEqual(['a', [address], null, -1]);
});
