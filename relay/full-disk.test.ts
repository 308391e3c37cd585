import { type Held } from '@zajil/format';
import { expect, test } from 'vitest';
import type { RelayBlobs } from './relay-blobs.ts';
import type { RelayIndex } from './relay-index.ts';
import { TestParcel, bag, codeOf, have, send, startRig, until, upload } from './rig.ts';

const noRoom = (): Error => Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
const stateOf = (held: Held): string => held.state;

/** ENOSPC: no parcel can be put while the switch says so. */
function diskFullBlobs(inner: RelayBlobs, full: { now: boolean }): RelayBlobs {
  return {
    put: async (name, file) => {
      if (full.now) throw noRoom();
      await inner.put(name, file);
    },
    length: async (name) => await inner.length(name),
    read: async (name, from, to) => await inner.read(name, from, to),
    delete: async (name) => await inner.delete(name),
  };
}

/** SQLITE_FULL: no row can be added while the switch says so. */
function diskFullIndex(inner: RelayIndex, full: { now: boolean }): RelayIndex {
  return new Proxy(inner, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (property !== 'take' && property !== 'plan') return typeof value === 'function' ? value.bind(target) : value;
      return async (...values: unknown[]) => {
        if (full.now) throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
        return await (value as (...values: unknown[]) => Promise<unknown>).apply(target, values);
      };
    },
  });
}

for (const where of ['blobs', 'index'] as const) {
  test(`disk-full in the ${where}: an honest refusal that keeps what is there, and goes on when there is room`, async () => {
    const full = { now: false };
    const wrappers =
      where === 'blobs'
        ? { blobs: (inner: RelayBlobs) => diskFullBlobs(inner, full) }
        : { index: (inner: RelayIndex) => diskFullIndex(inner, full) };
    const { relay, token, newsroom } = await startRig({}, wrappers);
    const [before, during] = [new TestParcel(16), new TestParcel(16)];
    const [held] = await upload(relay, token, bag(before.frames()));
    full.now = true;
    expect(await codeOf(await send(relay, token, bag(during.frames())))).toBe('507 RELAY_FULL');
    expect(await have(relay, token, before.name)).toEqual([held]);
    full.now = false;
    expect((await have(relay, token, during.name)).map(stateOf)).toEqual(['taken']);
    const bytes = await newsroom.ask(relay, 'GET', `/v1/desk/parcel/${during.hex}`);
    expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(during.bytes);
    expect((await upload(relay, token, bag(during.frames()))).map(stateOf)).toEqual(['taken']);
  });
}

test('disk-full when a batch should enter the log: health says so, promises stand, and the receipt comes when there is room', async () => {
  const full = { now: false };
  const { relay, token } = await startRig({ publishSeconds: 1, batchLeaves: 4 }, { index: (inner) => diskFullIndex(inner, full) });
  const parcel = new TestParcel(8);
  const [held] = await upload(relay, token, bag(parcel.frames()));
  full.now = true;
  const health = async (): Promise<number> => (await fetch(`${relay.url}/health`)).status;
  await until(async () => (await health()) === 503);
  expect((await have(relay, token, parcel.name)).map(stateOf)).toEqual([held?.state]);
  full.now = false;
  await until(async () => (await health()) === 200);
  await until(async () => {
    const [later] = await have(relay, token, parcel.name);
    return later?.state === 'taken' && later.receipt !== '';
  });
});
