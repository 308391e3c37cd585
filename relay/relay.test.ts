import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyPromise, verifyReceipt } from '@zajil/log';
import { expect, test } from 'vitest';
import { startRelay } from './relay.ts';
import { RawLine, TestNewsroom, TestParcel, bag, codeOf, dayMs, freshFolder, have, random, send, startRig, until, upload } from './rig.ts';

const onLoopback = { host: '127.0.0.1', port: 0 };

test('a parcel is taken under a promise; its receipt follows, proved against the relay key', async () => {
  const { relay, token } = await startRig({ publishSeconds: 1 });
  const parcel = new TestParcel();
  const [held] = await upload(relay, token, bag(parcel.frames()));
  if (held?.state !== 'taken') throw new Error('not taken');
  verifyPromise(relay.vkey, parcel.name, held.promise);
  await until(async () => {
    const [later] = await have(relay, token, parcel.name);
    if (later?.state !== 'taken' || later.receipt === '') return false;
    verifyReceipt(relay.vkey, parcel.name, later.promise, later.receipt);
    return true;
  });
});

test('the next process on the folder has the same key, and holds what was promised', async () => {
  const { relay, token, folder, restart } = await startRig();
  const parcel = new TestParcel(8);
  const held = await upload(relay, token, bag(parcel.frames()));
  expect((await stat(join(folder, 'relay.key'))).mode & 0o777).toBe(0o600);
  const again = await restart();
  expect(again.vkey).toBe(relay.vkey);
  expect(await have(again, token, parcel.name)).toEqual(held);
});

test('a token that the desk added is admitted at once, and one that it took away is not', async () => {
  const { relay, newsroom, newsroomFolder, token } = await startRig();
  const [gone, parcel] = [token, new TestParcel(8)];
  newsroom.tokens = [random(16)];
  expect(await codeOf(await send(relay, newsroom.token, bag(parcel.frames())))).toBe('401 RELAY_TOKEN');
  newsroom.doorsSeq = 1;
  await newsroom.write(newsroomFolder);
  expect((await upload(relay, newsroom.token, bag(parcel.frames())))[0]?.state).toBe('taken');
  expect(await codeOf(await send(relay, gone, bag(parcel.frames())))).toBe('401 RELAY_TOKEN');
});

test('what cannot start says why: port taken, folder in use, folder unwritable, damaged key, another newsroom', async () => {
  const { relay, folder, newsroomFolder, restart } = await startRig();
  const port = Number(new URL(relay.url).port);
  const refusal = (code: string) => expect.objectContaining({ name: 'RelayError', code });
  await expect(startRelay({ ...onLoopback, port, folder: await freshFolder() })).rejects.toThrow(refusal('RELAY_PORT_IN_USE'));
  await expect(startRelay({ ...onLoopback, folder })).rejects.toThrow(refusal('RELAY_FOLDER_IN_USE'));
  await expect(startRelay({ ...onLoopback, folder: join(folder, 'relay.key', 'below') })).rejects.toThrow(
    refusal('RELAY_FOLDER_UNWRITABLE'),
  );
  const damaged = await freshFolder();
  await writeFile(join(damaged, 'relay.key'), 'damaged');
  await expect(startRelay({ ...onLoopback, folder: damaged })).rejects.toThrow(refusal('RELAY_KEY'));
  await new TestNewsroom().write(newsroomFolder);
  await expect(restart()).rejects.toThrow(refusal('RELAY_OTHER_NEWSROOM'));
});

test('a second process is refused on the folder of a first', async () => {
  const { folder } = await startRig();
  const script = `import { startRelay } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    try { await startRelay({ folder: ${JSON.stringify(folder)}, host: '127.0.0.1', port: 0 }); }
    catch (error) { process.stdout.write(error.code); }`;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe('RELAY_FOLDER_IN_USE');
});

test('stop ends within two seconds although a line hangs, and keeps what came over it', async () => {
  const { relay, token, restart } = await startRig();
  const parcel = new TestParcel(16);
  const line = new RawLine(relay);
  line.beginBag(token, 100_000);
  await line.say(bag(parcel.frames([0, 3])));
  await until(async () => (await have(relay, token, parcel.name))[0]?.state === 'partial');
  const before = performance.now();
  await relay.stop();
  expect(performance.now() - before).toBeLessThan(2000);
  const [held] = await have(await restart(), token, parcel.name);
  expect(held?.state === 'partial' && held.pieces.count).toBe(2);
});

test('a parcel that nobody took over expires when its time is over, and its promise is not given again', async () => {
  let now = dayMs;
  const { relay, token, newsroom } = await startRig({ publishSeconds: 1, retainDays: 180, now: () => now });
  const parcel = new TestParcel(8);
  await upload(relay, token, bag(parcel.frames()));
  now += 181 * 86_400_000;
  await until(async () => (await have(relay, token, parcel.name))[0]?.state === 'expired');
  expect(await upload(relay, token, bag(parcel.frames()))).toEqual([{ state: 'expired' }]);
  const path = `/v1/desk/parcel/${parcel.hex}`;
  expect(await codeOf(await newsroom.ask(relay, 'GET', path, undefined, { nowMs: now }))).toBe('404 RELAY_NOT_FOUND');
});

test('a parcel that was begun and left for a month makes room, and can be begun again', async () => {
  let now = Date.now();
  const { relay, token, folder, restart } = await startRig({ now: () => now });
  const [left, fresh] = [new TestParcel(16), new TestParcel(16)];
  await upload(relay, token, bag(left.frames([0, 1])));
  now += 31 * 86_400_000;
  await relay.stop();
  const again = await restart({ publishSeconds: 1, now: () => now });
  await until(async () => (await have(again, token, left.name))[0]?.state === 'unknown');
  expect(await readdir(join(folder, 'staging'))).toEqual([]);
  await upload(again, token, bag(fresh.frames()));
  expect(await upload(again, token, bag(left.frames()))).toMatchObject([{ state: 'taken' }]);
});

test('a question that is none is refused', async () => {
  const { relay, token } = await startRig();
  const ask = async (bytes: number) => {
    const headers = { authorization: `Bearer ${token}` };
    return await codeOf(await fetch(`${relay.url}/v1/have`, { method: 'POST', headers, body: random(bytes) as Uint8Array<ArrayBuffer> }));
  };
  expect([await ask(0), await ask(33), await ask(17 * 32)]).toEqual(['400 RELAY_REQUEST', '400 RELAY_REQUEST', '413 RELAY_TOO_LARGE']);
});

test('a folder that is there already is used, with what else is in it', async () => {
  const folder = await freshFolder();
  await mkdir(join(folder, 'mine'));
  await writeFile(join(folder, 'mine', 'note'), 'keep');
  const relay = await startRelay({ ...onLoopback, folder });
  await relay.stop();
  expect(await readFile(join(folder, 'mine', 'note'), 'utf8')).toBe('keep');
});
