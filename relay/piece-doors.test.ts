import { type Held, Bitmap, type BagFrame, BagParser, parseHeld, toBase64Url, toHex } from '@zajil/format';
import { createSigner } from '@zajil/log';
import { signRequest } from '@zajil/roster';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RawLine, type Rig, TestParcel, bag, codeOf, have, random, startRig, until, upload } from './rig.ts';

interface Listed {
  readonly partials: { name: string; bytes: number; pieces: number; held: string }[];
  readonly next: string;
}

async function partials({ newsroom }: Rig, relay: { url: string }, after = ''): Promise<Listed> {
  const answer = await newsroom.ask(relay, 'GET', `/v1/desk/partials?after=${after}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Listed;
}

async function pieces({ newsroom }: Rig, relay: { url: string }, path: string): Promise<BagFrame[]> {
  const answer = await newsroom.ask(relay, 'GET', `/v1/desk/pieces/${path}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/vnd.zajil.bag']);
  return new BagParser().push(new Uint8Array(await answer.arrayBuffer()));
}

async function push({ newsroom }: Rig, relay: { url: string }, body: Uint8Array): Promise<Held[]> {
  const answer = await newsroom.ask(relay, 'POST', '/v1/desk/bag', body);
  if (answer.status !== 200) throw new Error(await codeOf(answer));
  return parseHeld(new Uint8Array(await answer.arrayBuffer())).map(({ held }) => held);
}

const bitmapOf = (size: number, indexes: readonly number[]): string => {
  const bitmap = new Bitmap(size);
  for (const index of indexes) bitmap.add(index);
  return toBase64Url(bitmap.bytes);
};
const byName = (a: TestParcel, b: TestParcel): number => (a.hex < b.hex ? -1 : 1);

describe('what is not whole yet', () => {
  test('is listed by name with its pieces, page by page, also after a restart; what is taken is not', async () => {
    const rig = await startRig();
    const [a, b] = [new TestParcel(16), new TestParcel(32)].sort(byName);
    const taken = new TestParcel(8);
    if (!a || !b) throw new Error('there are two');
    await upload(rig.relay, rig.token, bag(a.frames([1, 3]), b.frames([]), taken.frames()));
    const listed = [
      { name: a.hex, bytes: a.bytes.length, pieces: 2, held: bitmapOf(a.count, [1, 3]) },
      { name: b.hex, bytes: b.bytes.length, pieces: 0, held: bitmapOf(b.count, []) },
    ];
    expect(await partials(rig, rig.relay)).toEqual({ partials: listed, next: b.hex });
    expect(await partials(rig, rig.relay, a.hex)).toEqual({ partials: listed.slice(1), next: b.hex });
    expect(await partials(rig, await rig.restart(), b.hex)).toEqual({ partials: [], next: b.hex });
    expect((await partials(rig, await rig.restart())).partials).toEqual(listed);
  });

  test('gives its head and its pieces, without those that the desk has', async () => {
    const rig = await startRig();
    const parcel = new TestParcel(16);
    await upload(rig.relay, rig.token, bag(parcel.frames([0, 2, 3])));
    const piece = (index: number) => ({ kind: 'piece', index, bytes: parcel.bytes.subarray(index * 4096, (index + 1) * 4096) });
    const head = { kind: 'head', head: parcel.head };
    expect(await pieces(rig, rig.relay, parcel.hex)).toEqual([head, piece(0), piece(2), piece(3)]);
    expect(await pieces(rig, rig.relay, `${parcel.hex}?but=${bitmapOf(4, [0, 1, 3])}`)).toEqual([head, piece(2)]);
    await upload(rig.relay, rig.token, bag(parcel.frames([1])));
    const gone = await rig.newsroom.ask(rig.relay, 'GET', `/v1/desk/pieces/${parcel.hex}`);
    expect(await codeOf(gone)).toBe('404 RELAY_NOT_FOUND');
    expect(await codeOf(await rig.newsroom.ask(rig.relay, 'GET', `/v1/desk/pieces/${toHex(random(32))}`))).toBe('404 RELAY_NOT_FOUND');
  });

  test('is refused to who asks in another language than the doors', async () => {
    const rig = await startRig();
    const parcel = new TestParcel(16);
    await upload(rig.relay, rig.token, bag(parcel.frames([0])));
    for (const path of ['partials?after=abc', `pieces/${parcel.hex}?but=8`, `pieces/${parcel.hex}?but=_w`, `pieces/${parcel.hex}?but=AAAA`])
      expect(await codeOf(await rig.newsroom.ask(rig.relay, 'GET', `/v1/desk/${path}`)), path).toBe('400 RELAY_REQUEST');
  });
});

describe('a bag of a desk', () => {
  test('adds up with what phones sent, in any split, to one parcel that is taken', async () => {
    const rig = await startRig();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), async (fromPhone) => {
        const parcel = new TestParcel(32);
        const all = fromPhone.map((_, i) => i);
        await upload(rig.relay, rig.token, bag(parcel.frames(all.filter((i) => fromPhone[i]))));
        const [held] = await push(rig, rig.relay, bag(parcel.frames(all.filter((i) => !fromPhone[i]))));
        expect(held?.state).toBe('taken');
        expect(await have(rig.relay, rig.token, parcel.name)).toMatchObject([{ state: 'taken' }]);
      }),
      { numRuns: 10 },
    );
  });

  test('needs no drop token, and no drop token pays for it', async () => {
    const rig = await startRig({ limits: { stagedBytes: 16 * 1024, dayBytes: 16 * 1024 } });
    const parcels = [new TestParcel(16), new TestParcel(16), new TestParcel(16)];
    expect(await push(rig, rig.relay, bag(...parcels.map((parcel) => parcel.frames([0]))))).toHaveLength(3);
    expect(await upload(rig.relay, rig.token, bag(new TestParcel(16).frames([0])))).toMatchObject([{ state: 'partial' }]);
  });

  test('is under the quota of the relay, and what it held before stays held', async () => {
    const rig = await startRig({ quotaBytes: 40 * 1024 });
    const parcel = new TestParcel(32);
    await push(rig, rig.relay, bag(parcel.frames([0, 1])));
    await expect(push(rig, rig.relay, bag(parcel.frames([2]), new TestParcel(16).frames()))).rejects.toThrow('507 RELAY_FULL');
    expect((await partials(rig, rig.relay)).partials).toMatchObject([{ name: parcel.hex, pieces: 3 }]);
  });

  test('that is damaged, poisoned or none ends in what could be proved', async () => {
    const rig = await startRig();
    const [parcel, other] = [new TestParcel(16), new TestParcel(16)];
    const swapped = [parcel.headFrame(), ...other.frames([0, 1]).slice(1), parcel.pieceFrame(2), Uint8Array.of(9)];
    const [held] = await push(rig, rig.relay, bag(swapped));
    expect(held).toMatchObject({ state: 'partial', pieces: { count: 1 } });
    await expect(push(rig, rig.relay, random(5000))).rejects.toThrow('400 RELAY_BAG');
    await expect(push(rig, rig.relay, new Uint8Array(4 * 1024 * 1024 + 1))).rejects.toThrow('413 RELAY_TOO_LARGE');
    expect(await push(rig, rig.relay, bag(parcel.frames()))).toMatchObject([{ state: 'taken' }]);
  });

  test('of nearly 4 MiB of the smallest parcels is answered for as many as an answer holds', async () => {
    const rig = await startRig();
    const parcels = Array.from({ length: 500 }, () => new TestParcel(8));
    expect(new Set((await push(rig, rig.relay, bag(...parcels.map((parcel) => parcel.frames())))).map(({ state }) => state))).toEqual(
      new Set(['taken']),
    );
  });
});

test('nobody but a device, now, once and for this relay, is listened to at any of the three doors', async () => {
  const rig = await startRig();
  const parcel = new TestParcel(8);
  const body = bag(parcel.frames());
  const doors = [
    ['GET', '/v1/desk/partials', undefined],
    ['GET', `/v1/desk/pieces/${parcel.hex}`, undefined],
    ['POST', '/v1/desk/bag', body],
  ] as const;
  const stranger = createSigner('desk-one', random(32));
  for (const [method, path, sent] of doors) {
    const bare = await fetch(rig.relay.url + path, { method, ...(sent && { body: sent as Uint8Array<ArrayBuffer> }) });
    expect(await codeOf(bare)).toBe('401 RELAY_SIGNATURE');
    for (const more of [{ signer: stranger }, { relay: stranger.vkey }, { nowMs: Date.now() - 301_000 }])
      expect(await codeOf(await rig.newsroom.ask(rig.relay, method, path, sent, more))).toBe('401 RELAY_SIGNATURE');
    const nonce = toBase64Url(random(16));
    await rig.newsroom.ask(rig.relay, method, path, sent, { nonce });
    expect(await codeOf(await rig.newsroom.ask(rig.relay, method, path, sent, { nonce }))).toBe('403 RELAY_REPLAY');
  }
  const altered = bag(new TestParcel(8).frames());
  const digest = { 'content-digest': 'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:' };
  expect(await codeOf(await rig.newsroom.ask(rig.relay, 'POST', '/v1/desk/bag', altered, { headers: digest }))).toBe('401 RELAY_SIGNATURE');
});

test('of a body that no device signed nothing is read, however long it is', async () => {
  const rig = await startRig();
  const line = new RawLine(rig.relay);
  line.socket.write('POST /v1/desk/bag HTTP/1.1\r\nhost: relay\r\ncontent-length: 4000000\r\n\r\n');
  for (let i = 0; i < 100 && !line.heard.includes('RELAY_SIGNATURE'); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(line.heard).toContain('401');
});

test('memory is bounded: of bags that come slowly four are awaited, and the fifth is told so', async () => {
  const rig = await startRig();
  const [url, body] = [`${rig.relay.url}/v1/desk/bag`, random(1000)];
  const ends: (() => void)[] = [];
  const slow = Array.from({ length: 4 }, async () => {
    const signed = { method: 'POST', url, body, signer: rig.newsroom.device, relay: rig.relay.vkey, nowMs: Date.now() };
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(body.slice(0, 500));
        ends.push(() => controller.close());
      },
    });
    const headers = signRequest({ ...signed, nonce: toBase64Url(random(16)) });
    return await codeOf(await fetch(url, { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit));
  });
  const parcel = new TestParcel(8);
  const next = async (): Promise<string> => {
    const answer = await rig.newsroom.ask(rig.relay, 'POST', '/v1/desk/bag', bag(parcel.frames()));
    return answer.status === 200 ? 'taken' : await codeOf(answer);
  };
  await until(async () => (await next()) === '429 RELAY_BUSY');
  for (const end of ends) end();
  expect(await Promise.all(slow)).toEqual(Array.from({ length: 4 }, () => '401 RELAY_SIGNATURE'));
  expect(await next()).toBe('taken');
});
