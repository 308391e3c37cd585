import { toHex, leafEntry } from '@zajil/format';
import { createSigner } from '@zajil/log';
import { expect, onTestFinished, test } from 'vitest';
import { fillerEntry } from './notary.ts';
import { startRelay } from './relay.ts';
import { TestNewsroom, TestParcel, bag, codeOf, freshFolder, have, random, startRig, until, upload } from './rig.ts';

interface Listed {
  readonly parcels: { seq: number; name: string; bytes: number; salt: string; quarter: number }[];
  readonly next: number;
}

test('a desk lists what came in and fetches it, whole or in ranges', async () => {
  const { relay, token, newsroom } = await startRig();
  const parcels = [new TestParcel(8), new TestParcel(16)];
  for (const parcel of parcels) await upload(relay, token, bag(parcel.frames()));
  const listed = (await (await newsroom.ask(relay, 'GET', '/v1/desk/parcels?after=0')).json()) as Listed;
  expect(listed.parcels.map(({ seq, name, bytes }) => [seq, name, bytes])).toEqual(
    parcels.map((parcel, i) => [i + 1, parcel.hex, parcel.bytes.length]),
  );
  expect(listed.next).toBe(2);
  const rest = (await (await newsroom.ask(relay, 'GET', '/v1/desk/parcels?after=2')).json()) as Listed;
  expect(rest).toEqual({ parcels: [], next: 2 });
  const path = `/v1/desk/parcel/${parcels[0]?.hex}`;
  const bytes = parcels[0]?.bytes ?? random(1);
  const get = async (range?: string) => {
    const answer = await newsroom.ask(relay, 'GET', path, undefined, range === undefined ? {} : { headers: { range } });
    return [answer.status, answer.headers.get('content-range'), new Uint8Array(await answer.arrayBuffer())];
  };
  expect(await get()).toEqual([200, null, bytes]);
  expect(await get('bytes=10-19')).toEqual([206, 'bytes 10-19/8192', bytes.subarray(10, 20)]);
  expect(await get('bytes=8000-')).toEqual([206, 'bytes 8000-8191/8192', bytes.subarray(8000)]);
  expect(await get('bytes=-5')).toEqual([206, 'bytes 8187-8191/8192', bytes.subarray(8187)]);
  expect(await get('bytes=8000-99999')).toEqual([206, 'bytes 8000-8191/8192', bytes.subarray(8000)]);
  expect(await get('bytes=8192-')).toEqual([416, 'bytes */8192', new Uint8Array(0)]);
  expect(await get('lines=1-2')).toEqual([200, null, bytes]);
  expect(await codeOf(await newsroom.ask(relay, 'GET', `/v1/desk/parcel/${toHex(random(32))}`))).toBe('404 RELAY_NOT_FOUND');
});

test('a request without a signature, of another key, altered, from another time or made twice is refused', async () => {
  const { relay, newsroom, restart } = await startRig();
  expect(await codeOf(await fetch(`${relay.url}/v1/desk/parcels`))).toBe('401 RELAY_SIGNATURE');
  const signer = createSigner('desk-one', random(32));
  expect(await codeOf(await newsroom.ask(relay, 'GET', '/v1/desk/parcels', undefined, { signer }))).toBe('401 RELAY_SIGNATURE');
  expect(await codeOf(await newsroom.ask(relay, 'GET', '/v1/desk/parcels', undefined, { nowMs: Date.now() - 301_000 }))).toBe(
    '401 RELAY_SIGNATURE',
  );
  const address = `/v1/desk/message/${toHex(random(32))}`;
  const digest = { 'content-digest': 'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:' };
  expect(await codeOf(await newsroom.ask(relay, 'PUT', address, random(512), { headers: digest }))).toBe('401 RELAY_SIGNATURE');
  const same = { nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
  expect((await newsroom.ask(relay, 'PUT', address, random(512), same)).status).toBe(204);
  expect(await codeOf(await newsroom.ask(relay, 'PUT', address, random(512), same))).toBe('403 RELAY_REPLAY');
  expect(await codeOf(await newsroom.ask(await restart(), 'PUT', address, random(512), same))).toBe('403 RELAY_REPLAY');
});

test('what was signed for another relay is refused, so that no relay can pass it on', async () => {
  const { relay, newsroom } = await startRig();
  const other = createSigner(relay.vkey.split('+')[0] ?? '', random(32)).vkey;
  expect(await codeOf(await newsroom.ask(relay, 'GET', '/v1/desk/parcels', undefined, { relay: other }))).toBe('401 RELAY_SIGNATURE');
});

test('nobody but a device is listened to for a whole roster', async () => {
  const { relay } = await startRig();
  let read = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      read += 1;
      if (read > 3) return new Promise(() => {});
      controller.enqueue(new Uint8Array(1024));
      return undefined;
    },
  });
  const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
  expect(await codeOf(await fetch(`${relay.url}/v1/desk/newsroom`, init))).toBe('401 RELAY_SIGNATURE');
});

test('a message waits at its address, of one size only', async () => {
  const { relay, token, newsroom } = await startRig();
  const [address, message] = [random(32), random(512)];
  const path = `/v1/desk/message/${toHex(address)}`;
  expect(await have(relay, token, address)).toEqual([{ state: 'unknown' }]);
  expect((await newsroom.ask(relay, 'PUT', path, random(512))).status).toBe(204);
  expect((await newsroom.ask(relay, 'PUT', path, message)).status).toBe(204);
  expect(await have(relay, token, address)).toEqual([{ state: 'message', message }]);
  expect(await codeOf(await newsroom.ask(relay, 'PUT', path, random(511)))).toBe('400 RELAY_REQUEST');
  expect(await codeOf(await newsroom.ask(relay, 'PUT', path, random(513)))).toBe('413 RELAY_TOO_LARGE');
});

test('every leaf of the log opens to the desk, as a parcel or as a filler', async () => {
  const { relay, token, newsroom } = await startRig({ publishSeconds: 1, batchLeaves: 4 });
  const parcel = new TestParcel(8);
  await upload(relay, token, bag(parcel.frames()));
  await until(async () => {
    const [held] = await have(relay, token, parcel.name);
    return held?.state === 'taken' && held.receipt !== '';
  });
  const { batches } = (await (await newsroom.ask(relay, 'GET', '/v1/desk/batches?from=0')).json()) as {
    batches: { size: number; seed: string }[];
  };
  const { parcels } = (await (await newsroom.ask(relay, 'GET', '/v1/desk/parcels')).json()) as Listed;
  const known = new Set<string>();
  for (const { salt, name, quarter } of parcels) known.add(toHex(leafEntry(Buffer.from(salt, 'hex'), Buffer.from(name, 'hex'), quarter)));
  for (const { size, seed } of batches) for (let i = 0; i < size; i += 1) known.add(toHex(fillerEntry(Buffer.from(seed, 'hex'), i)));
  const bundle = new Uint8Array(await (await fetch(`${relay.url}/v1/log/tile/entries/000.p/4`)).arrayBuffer());
  for (let at = 0; at < bundle.length; at += 34) expect(known.has(toHex(bundle.subarray(at + 2, at + 34)))).toBe(true);
  expect(bundle.length).toBe(4 * 34);
});

test('a relay without a folder serves the first newsroom that speaks to it, and none after', async () => {
  const relay = await startRelay({ folder: await freshFolder(), host: '127.0.0.1', port: 0 });
  onTestFinished(async () => await relay.stop());
  const [newsroom, other] = [new TestNewsroom(), new TestNewsroom()];
  expect(await codeOf(await fetch(`${relay.url}/v1/roster`))).toBe('404 RELAY_NO_NEWSROOM');
  expect(await codeOf(await newsroom.ask(relay, 'GET', '/v1/desk/parcels'))).toBe('404 RELAY_NO_NEWSROOM');
  expect(await codeOf(await newsroom.ask(relay, 'POST', '/v1/desk/newsroom', newsroom.body(), { signer: other.device }))).toBe(
    '401 RELAY_SIGNATURE',
  );
  expect((await newsroom.ask(relay, 'POST', '/v1/desk/newsroom', newsroom.body())).status).toBe(204);
  expect(await (await fetch(`${relay.url}/v1/roster`)).text()).toBe(newsroom.chain);
  expect(await codeOf(await other.ask(relay, 'POST', '/v1/desk/newsroom', other.body()))).toBe('401 RELAY_SIGNATURE');
  expect(await codeOf(await newsroom.ask(relay, 'POST', '/v1/desk/newsroom', other.body()))).toBe('403 RELAY_OTHER_NEWSROOM');
  expect(await codeOf(await newsroom.ask(relay, 'POST', '/v1/desk/newsroom', random(100)))).toBe('400 RELAY_REQUEST');

  const parcel = new TestParcel(8);
  const fresh = random(16);
  newsroom.tokens = [fresh];
  newsroom.doorsSeq = 1;
  newsroom.issue(random(1216));
  expect((await newsroom.ask(relay, 'POST', '/v1/desk/newsroom', newsroom.body())).status).toBe(204);
  expect((await upload(relay, newsroom.token, bag(parcel.frames())))[0]?.state).toBe('taken');
});

test('a relay with a folder waits for the newsroom of that folder', async () => {
  const [newsroomFolder, other] = [await freshFolder(), new TestNewsroom()];
  const relay = await startRelay({ folder: await freshFolder(), host: '127.0.0.1', port: 0, newsroomFolder });
  onTestFinished(async () => await relay.stop());
  expect(await codeOf(await other.ask(relay, 'POST', '/v1/desk/newsroom', other.body()))).toBe('404 RELAY_NO_NEWSROOM');
  const newsroom = new TestNewsroom();
  await newsroom.write(newsroomFolder);
  expect(await (await fetch(`${relay.url}/v1/roster`)).text()).toBe(newsroom.chain);
});
