import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64Url, toHex } from '@zajil/format';
import { expect, test } from 'vitest';
import { TestParcel, bag, freshFolder, startRig, until } from './rig.ts';

const userAgent = 'CanaryPhone/7.1';
const address = '203.0.113.77';

/** Every way in which a phone, its line or its token could have got onto the disk. */
function canaries(token: string): Buffer[] {
  const bytes = Buffer.from(fromBase64Url(token));
  const texts = ['127.0.0.1', userAgent, address, token, toHex(bytes), bytes.toString('base64')];
  const all = texts.flatMap((text) => [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
  ]);
  return [...all, bytes, Buffer.from([203, 0, 113, 77])];
}

async function findCanaries(folder: string, token: string): Promise<string[]> {
  const found: string[] = [];
  for (const file of await readdir(folder, { recursive: true })) {
    const path = join(folder, file);
    if (!(await stat(path)).isFile()) continue;
    const bytes = await readFile(path);
    for (const canary of canaries(token))
      if (canary.length > 3 && bytes.includes(canary)) found.push(`${file}: ${canary.toString('latin1')}`);
  }
  return found;
}

test('relay seized: no address, user agent or token is on its disk, and no time finer than a quarter hour in its files', async () => {
  const { relay, token, folder, restart } = await startRig({ publishSeconds: 1 });
  const [whole, half] = [new TestParcel(8), new TestParcel(64)];
  const headers = { authorization: `Bearer ${token}`, 'user-agent': userAgent, 'x-forwarded-for': address, forwarded: `for=${address}` };
  const body = bag(whole.frames(), half.frames([3])) as Uint8Array<ArrayBuffer>;
  expect((await fetch(`${relay.url}/v1/bag`, { method: 'POST', headers, body })).status).toBe(200);
  await fetch(`${relay.url}/v1/bag`, { method: 'POST', headers: { ...headers, authorization: 'Bearer AAAA' }, body });
  await until(async () => (await (await fetch(`${relay.url}/v1/log/checkpoint`)).text()).includes('\n64\n'));
  expect(await findCanaries(folder, token)).toEqual([]);
  await restart();
  expect(await findCanaries(folder, token)).toEqual([]);
  const parcel = await stat(join(folder, 'parcels', whole.hex.slice(0, 2), whole.hex));
  expect(parcel.mtimeMs % 900_000).toBe(0);
});

test('the search for canaries finds each where it is planted', async () => {
  const [folder, token] = [await freshFolder(), 'AAECAwQFBgcICQoLDA0ODw'];
  for (const [i, canary] of canaries(token).entries()) await writeFile(join(folder, String(i)), Buffer.concat([Buffer.alloc(99), canary]));
  const found = await findCanaries(folder, token);
  for (const i of canaries(token).keys())
    expect(
      found.some((text) => text.startsWith(`${i}: `)),
      canaries(token)[i]?.toString(),
    ).toBe(true);
});
