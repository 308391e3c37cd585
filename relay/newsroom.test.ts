import { join } from 'node:path';
import { utimes, writeFile } from 'node:fs/promises';
import { toHex } from '@zajil/format';
import { expect, onTestFinished, test } from 'vitest';
import { NewsroomFolder } from './newsroom-folder.ts';
import { Newsroom } from './newsroom.ts';
import { TestNewsroom, dayMs, freshFolder, random } from './rig.ts';
import { SqliteIndex } from './sqlite-index.ts';
import { fastSha256 } from './staging.ts';

const refusal = (code: string) => expect.objectContaining({ code });

async function openIndex(): Promise<SqliteIndex> {
  const index = await SqliteIndex.open(join(await freshFolder(), 'index.db'));
  onTestFinished(async () => await index.close());
  return index;
}

const recordOf = (newsroom: TestNewsroom) => ({ roster: newsroom.chain, doors: newsroom.doors(), keys: newsroom.keys });

test('a newsroom is known after it was accepted, also to the next process', async () => {
  const index = await openIndex();
  const newsroom = await Newsroom.open(index);
  expect(() => newsroom.roster).toThrow(refusal('RELAY_NO_NEWSROOM'));
  const test = new TestNewsroom();
  await newsroom.accept(recordOf(test));
  for (const known of [newsroom, await Newsroom.open(index)]) {
    expect(known.chainFrom(0)).toBe(test.chain);
    expect(known.chainFrom(1)).toBe(test.chain.slice(test.chain.lastIndexOf('zajil-roster/1')));
    expect(known.chainFrom(2)).toBe('');
    expect(known.intakeKey(toHex(fastSha256(test.keys[0] ?? random(1))))).toEqual(test.keys[0]);
    expect(known.admit(test.tokens[0] ?? random(1))).toMatch(/^[0-9a-f]{64}$/);
    expect(known.admit(random(16))).toBeNull();
  }
});

test('only what is newer, of the same newsroom, and signed by its device is taken', async () => {
  const newsroom = await Newsroom.open(await openIndex());
  const test = new TestNewsroom();
  const old = recordOf(test);
  test.doorsSeq = 1;
  test.issue(random(1216));
  const next = recordOf(test);
  await newsroom.accept(next);
  await newsroom.accept(next);
  await expect(newsroom.accept(old)).rejects.toThrow(refusal('RELAY_STALE'));
  await expect(newsroom.accept({ ...next, doors: old.doors })).rejects.toThrow(refusal('RELAY_STALE'));
  await expect(newsroom.accept({ ...next, keys: [random(1216)] })).rejects.toThrow(refusal('RELAY_NEWSROOM'));
  await expect(newsroom.accept({ ...next, roster: next.roster.slice(0, -9) })).rejects.toThrow(refusal('RELAY_NEWSROOM'));
  await expect(newsroom.accept(recordOf(new TestNewsroom()))).rejects.toThrow(refusal('RELAY_OTHER_NEWSROOM'));
  const forger = Object.assign(new TestNewsroom(), { chain: test.chain, doorsSeq: 2 });
  await expect(newsroom.accept({ ...next, doors: forger.doors() })).rejects.toThrow(refusal('RELAY_NEWSROOM'));
  const fork = new TestNewsroom();
  Object.assign(fork, { device: test.device, chain: old.roster });
  fork.issue(random(1216));
  await expect(newsroom.accept({ ...recordOf(fork), doors: next.doors })).rejects.toThrow(refusal('RELAY_STALE'));
  expect(newsroom.chainFrom(0)).toBe(next.roster);
});

test('a newsroom whose bearer is refused changes nothing', async () => {
  const newsroom = await Newsroom.open(await openIndex());
  const refuse = (): never => {
    throw new Error('no');
  };
  await expect(newsroom.accept(recordOf(new TestNewsroom()), refuse)).rejects.toThrow('no');
  expect(newsroom.known).toBe(false);
});

test('the folder is looked at once a second at most, unless needed, and files that do not hold change nothing', async () => {
  const [newsroom, folder, desk] = [await Newsroom.open(await openIndex()), await freshFolder(), new TestNewsroom()];
  let now = dayMs;
  const files = new NewsroomFolder(folder, newsroom, () => now);
  await files.refresh(true);
  expect(newsroom.known).toBe(false);
  await desk.write(folder);
  await files.refresh(false);
  expect(newsroom.known).toBe(false);
  now += 1000;
  await files.refresh(false);
  expect(newsroom.chainFrom(0)).toBe(desk.chain);

  const fresh = random(16);
  desk.tokens.push(fresh);
  desk.doorsSeq = 1;
  await desk.write(folder);
  await files.refresh(false);
  expect(newsroom.admit(fresh)).toBeNull();
  await files.refresh(true);
  expect(newsroom.admit(fresh)).not.toBeNull();

  await writeFile(join(folder, 'public', 'doors.txt'), 'torn');
  await files.refresh(true);
  expect(newsroom.admit(fresh)).not.toBeNull();
  await writeFile(join(folder, 'public', 'roster.txt'), Uint8Array.of(0xff));
  await files.refresh(true);
  expect(newsroom.chainFrom(0)).toBe(desk.chain);
  await desk.write(folder);
  await utimes(join(folder, 'public', 'roster.txt'), 1, 1);
  await files.refresh(true);
  await new TestNewsroom().write(folder);
  await expect(files.refresh(true)).rejects.toThrow(refusal('RELAY_OTHER_NEWSROOM'));
});
