/** If Zajil vanished: the second reader, written on Node's crypto alone, opens a parcel from the relay's disk. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromUtf8, parseWords, revealSecret } from '@zajil/format';
import { unlock } from '@zajil/keys';
import { readParcel } from '@zajil/vectors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from './zajil.ts';

let world: World;
beforeAll(() => {
  world = new World('plain');
});
afterAll(() => world.end());

/** Every parcel on the relay's disk: files of exactly a bucket's size that begin as an age file does. */
function parcelsIn(folder: string): Uint8Array[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name))))
    .filter((bytes) => bytes.length % 8192 === 0 && new TextDecoder().decode(bytes.subarray(0, 22)) === 'age-encryption.org/v1\n');
}

test('a parcel taken from the relay’s disk opens with the identity, and with no code of ours', async () => {
  const { desk, invite, relayFolder } = await world.newsroom();
  const words = 'مئة شاحنة مرّت بعد منتصف الليل';
  await world.must('send', '--invite', invite, '--state', world.path('phone'), '--words', words);
  const [parcel, ...others] = parcelsIn(relayFolder);
  expect(others).toEqual([]);
  const keyring = await unlock({ folder: desk, passphrase: 'a passphrase for a journey' });
  const opened = keyring.intakeSeeds().flatMap(({ seed }) => {
    try {
      return [readParcel(parcel ?? new Uint8Array(0), revealSecret(seed))];
    } catch {
      return [];
    }
  });
  expect(opened).toHaveLength(1);
  expect(opened[0]?.head.layer).toBe('words');
  expect(parseWords(opened[0]?.content ?? new Uint8Array(0)).text).toBe(words);
  expect(fromUtf8(opened[0]?.content ?? new Uint8Array(0))).toContain(words);
});
