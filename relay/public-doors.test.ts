import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@zajil/format';
import { parseCheckpoint, verifyNote } from '@zajil/log';
import { expect, test } from 'vitest';
import { TestParcel, bag, codeOf, freshFolder, random, startRig, until, upload } from './rig.ts';
import { fastSha256 } from './staging.ts';

test('what is public is there for everybody: key, roster, intake keys, health', async () => {
  const { relay, newsroom } = await startRig();
  const get = async (path: string) => await fetch(relay.url + path);
  expect(await (await get('/health')).text()).toBe('ok');
  expect((await (await get('/v1/relay')).text()).trim()).toBe(relay.vkey);
  expect(relay.vkey).toMatch(/^zajil-relay-[0-9a-f]{8}\+/);
  expect(await (await get('/v1/roster')).text()).toBe(newsroom.chain);
  expect(await (await get('/v1/roster?from=1')).text()).toMatch(/^zajil-roster\/1\n\{"seq":1,|^zajil-roster\/1\n/);
  expect(await (await get('/v1/roster?from=9')).text()).toBe('');
  expect(await codeOf(await get('/v1/roster?from=x'))).toBe('400 RELAY_REQUEST');
  const key = newsroom.keys[0] ?? random(1);
  const answer = await get(`/v1/key/${toHex(fastSha256(key))}`);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(key);
  expect(await codeOf(await get(`/v1/key/${toHex(random(32))}`))).toBe('404 RELAY_NOT_FOUND');
  expect(await codeOf(await get('/v1/nothing'))).toBe('404 RELAY_NOT_FOUND');
});

test('a key that the desk just issued is there at once', async () => {
  const { relay, newsroom, newsroomFolder } = await startRig();
  await fetch(`${relay.url}/v1/roster`);
  const key = random(1216);
  newsroom.keys.push(key);
  newsroom.issue(key);
  await newsroom.write(newsroomFolder);
  expect((await fetch(`${relay.url}/v1/key/${toHex(fastSha256(key))}`)).status).toBe(200);
});

test('the field page is read at every request, under a policy that lets it load nothing', async () => {
  const fieldPage = join(await freshFolder(), 'field.html');
  const { relay } = await startRig({ fieldPage });
  expect((await fetch(relay.url)).status).toBe(404);
  for (const page of ['<p>one</p>', '<p>two</p>']) {
    await writeFile(fieldPage, page);
    const answer = await fetch(relay.url);
    expect(await answer.text()).toBe(page);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'unsafe-inline' blob: 'wasm-unsafe-eval'",
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('set-cookie')).toBeNull();
  }
  await rm(fieldPage);
  expect((await fetch(relay.url)).status).toBe(404);
});

test('any page may ask, also one from a file, and every answer says so, refusals too', async () => {
  const { relay } = await startRig();
  const headers = {
    origin: 'null',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  const allowed = await fetch(`${relay.url}/v1/bag`, { method: 'OPTIONS', headers });
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
  expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization, content-type');
  expect(Number(allowed.headers.get('access-control-max-age'))).toBeGreaterThan(3600);
  for (const path of ['/v1/bag', '/v1/have', '/nothing']) {
    const refused = await fetch(relay.url + path, { method: 'POST', body: 'x' });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
    expect(refused.headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test('the log is public: a checkpoint that its key signed, and tiles that may be kept for ever', async () => {
  const { relay, token } = await startRig({ publishSeconds: 1, batchLeaves: 4 });
  await upload(relay, token, bag(new TestParcel(8).frames()));
  const sizeNow = async () => {
    const answer = await fetch(`${relay.url}/v1/log/checkpoint`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    return parseCheckpoint(verifyNote(await answer.text(), [relay.vkey]).text).size;
  };
  await until(async () => (await sizeNow()) >= 4);
  const tile = await fetch(`${relay.url}/v1/log/tile/0/000.p/4`);
  expect(tile.headers.get('cache-control')).toContain('immutable');
  expect((await tile.arrayBuffer()).byteLength).toBe(4 * 32);
  for (const path of ['0/000', '0/000.p/200', 'entries/..%2f..%2frelay.key', '../../relay.key', 'x'])
    expect((await fetch(`${relay.url}/v1/log/tile/${path}`)).status).toBe(404);
});
