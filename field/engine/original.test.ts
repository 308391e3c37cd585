import { toHex } from '@zajil/format';
import { expect, test } from 'vitest';
import { newFileNote, sizeCheck } from './file-notes.ts';
import { isSameFile, mustChooseAgain, Original, trimNote } from './original.ts';
import { sealedBytesOf } from './sealed-size.ts';

// Any 1216 bytes that form a valid key: an ML-KEM key of small coefficients, and the base point.
const recipient = new Uint8Array(1216);
recipient[1184] = 9;
const dispatch = new Uint8Array(16).fill(3);
const stream = { dispatch, file: 0, type: 'video/mp4', recipient };
const megabytes = (count: number, seed: number) => {
  const bytes = new Uint8Array(count * 1e6);
  for (let i = 0; i < bytes.length; i += 997) bytes[i] = (i * seed) & 255;
  return new Blob([bytes]);
};

test('an original goes on where it was, after the page was closed in the middle', async () => {
  const blob = megabytes(2.5, 31);
  const first = new Original(blob, newFileNote(dispatch, blob.size), stream);
  const one = await first.next();
  const second = new Original(blob, first.note, stream);
  const rest = [await second.next(), await second.next(), await second.next()];
  expect([one, ...rest].map((parcel) => `${parcel?.layer} ${parcel?.part}`)).toEqual(['whole 0', 'whole 1', 'whole 2', 'tally 0']);
  expect(await second.next()).toBeNull();
  expect(second.finish()).toMatchObject({ sealed: true, parts: [] });
  expect([one, ...rest.slice(0, 2)].reduce((sum, parcel) => sum + (parcel?.contentBytes ?? 0), 0)).toBe(blob.size);
});

test('another file of the same size is told apart, at once or as it is read again', async () => {
  const blob = megabytes(2.5, 31);
  const original = new Original(blob, newFileNote(dispatch, blob.size), stream);
  await original.next();
  await original.next();
  expect(await isSameFile(blob, original.note, dispatch)).toBe(true);
  expect(await isSameFile(megabytes(2.5, 32), original.note, dispatch)).toBe(false);
  expect(await isSameFile(megabytes(1, 31), original.note, dispatch)).toBe(false);
  const changedLater = new Blob([blob.slice(0, 1_100_000), new Uint8Array(blob.size - 1_100_000)]);
  expect(await isSameFile(changedLater, original.note, dispatch)).toBe(true);
  const fault = await new Original(changedLater, original.note, stream).next().catch((error: unknown) => error);
  expect(mustChooseAgain(fault)).toBe(true);
});

test('what was noted but never spooled is sealed again', async () => {
  const blob = megabytes(2.5, 31);
  const original = new Original(blob, newFileNote(dispatch, blob.size), stream);
  const first = await original.next();
  await original.next();
  const trimmed = trimNote(original.note, new Set([toHex(first?.name ?? new Uint8Array())]));
  expect(trimmed.parts).toHaveLength(1);
  expect((await new Original(blob, trimmed, stream).next())?.part).toBe(1);
});

test('the note holds neither the size of the file nor a hash of it', () => {
  const note = newFileNote(dispatch, 123_457);
  expect(note.about % 65_536).toBe(0);
  expect(JSON.stringify(note)).not.toContain('123457');
  expect(note.size).toHaveLength(8);
  expect(sizeCheck(new Uint8Array(16).fill(4), 123_457)).not.toBe(note.size);
});

test('the count on the screen is what the parcels will have', async () => {
  for (const bytes of [1, 6000, 900_000, 1_046_623, 1_046_624, 2_500_000]) {
    const blob = new Blob([new Uint8Array(bytes)]);
    const original = new Original(blob, newFileNote(dispatch, bytes), stream);
    let sum = 0;
    for (let parcel = await original.next(); parcel; parcel = await original.next())
      if (parcel.layer === 'whole') sum += parcel.bytes.length;
    expect(sealedBytesOf(bytes, stream.type)).toBe(sum);
  }
});
