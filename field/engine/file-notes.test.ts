import { MemorySpool } from '@zajil/line';
import { expect, test } from 'vitest';
import { newFileNote, readFileNotes, writeFileNotes } from './file-notes.ts';

const note = newFileNote(new Uint8Array(16), 5000);

test('notes come back as they were written, and go once every file is sealed', async () => {
  const spool = new MemorySpool();
  const parts = [{ length: 5000, name: 'ab'.repeat(32), check: '01234567' }];
  await writeFileNotes(spool, 'k', [{ ...note, parts }, note]);
  expect(await readFileNotes(spool, 'k')).toEqual([{ ...note, parts }, note]);
  await writeFileNotes(spool, 'k', [{ ...note, sealed: true }]);
  expect(await spool.listNotes('files/')).toEqual([]);
});

test('a note that this version cannot read keeps nothing else from going', async () => {
  const spool = new MemorySpool();
  await spool.setNote('files/k', '{"v":9}');
  expect(await readFileNotes(spool, 'k')).toEqual([]);
});
