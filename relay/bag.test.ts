import { type Held, bagMagic, formatBagFrame } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RawLine, TestParcel, bag, codeOf, have, random, send, startRig, until, upload } from './rig.ts';

const stateOf = (held: Held | undefined): string =>
  held?.state === 'partial'
    ? `partial ${[...Array(held.pieces.size).keys()].filter((i) => held.pieces.has(i)).join(' ')}`
    : (held?.state ?? '-');

describe('a bag', () => {
  test('in any order, doubled, over several bags, always ends in taken, under one promise', async () => {
    const { relay, token } = await startRig();
    const orders = fc.array(fc.array(fc.nat(3), { maxLength: 6 }), { maxLength: 3 });
    const property = fc.asyncProperty(orders, async (bags) => {
      const parcel = new TestParcel(16);
      const seen = new Set<number>();
      for (const indexes of bags) {
        for (const index of indexes) seen.add(index);
        const [held] = await upload(relay, token, bag(parcel.frames(indexes)));
        const wanted = seen.size === 4 ? 'taken' : `partial ${[...seen].sort((a, b) => a - b).join(' ')}`.trim();
        expect(stateOf(held).trim()).toBe(wanted);
      }
      const [first] = await upload(relay, token, bag(parcel.frames()));
      expect(first?.state).toBe('taken');
      expect(await upload(relay, token, bag(parcel.frames()))).toEqual([first]);
      expect(await have(relay, token, parcel.name)).toEqual([first]);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  test('truncated at every 997th byte keeps every whole piece before the cut, and the rest completes it', async () => {
    const { relay, token } = await startRig();
    for (let cut = 4; cut < 41_000; cut += 997) {
      const [a, b] = [new TestParcel(16), new TestParcel(16)];
      const whole = bag(a.frames(), b.frames());
      const answer = await send(relay, token, whole.subarray(0, cut));
      expect(answer.status).toBe(200);
      const [headBytes, pieceBytes] = [a.headFrame().length, 4099];
      const piecesIn = (at: number): number => Math.max(0, Math.min(4, Math.floor((cut - at - headBytes) / pieceBytes)));
      const [first, second] = [4, 4 + headBytes + 4 * pieceBytes];
      const expected = [first, second].map((at) => {
        if (cut < at + headBytes) return 'unknown';
        return piecesIn(at) === 4 ? 'taken' : `partial ${[0, 1, 2, 3].slice(0, piecesIn(at)).join(' ')}`;
      });
      expect((await have(relay, token, a.name, b.name)).map(stateOf), `cut at ${cut}`).toEqual(expected);
      expect((await upload(relay, token, whole)).map(stateOf)).toEqual(['taken', 'taken']);
    }
  });

  test('poisoned pieces are dropped, the good ones around them count', async () => {
    const { relay, token } = await startRig();
    const parcel = new TestParcel(16);
    const poison = formatBagFrame({ kind: 'piece', index: 1, bytes: random(4096) });
    const beyond = formatBagFrame({ kind: 'piece', index: 200, bytes: random(4096) });
    const swapped = formatBagFrame({ kind: 'piece', index: 3, bytes: parcel.bytes.subarray(0, 4096) });
    const frames = [parcel.headFrame(), parcel.pieceFrame(0), poison, beyond, swapped, parcel.pieceFrame(2)];
    expect((await upload(relay, token, bag(frames))).map(stateOf)).toEqual(['partial 0 2']);
    expect((await upload(relay, token, bag(parcel.frames()))).map(stateOf)).toEqual(['taken']);
  });

  test('wrong head: pieces of another parcel do not enter it, and the right head is not harmed', async () => {
    const { relay, token } = await startRig();
    const [parcel, other] = [new TestParcel(16), new TestParcel(16)];
    const frames = [other.headFrame(), ...parcel.frames().slice(1)];
    expect((await upload(relay, token, bag(frames))).map(stateOf)).toEqual(['partial ']);
    expect((await upload(relay, token, bag(parcel.frames()))).map(stateOf)).toEqual(['taken']);
  });

  test('pieces of a parcel without a head are dropped; a name is enough once the head is here', async () => {
    const { relay, token } = await startRig();
    const parcel = new TestParcel(16);
    expect(await codeOf(await send(relay, token, bag(parcel.pieceFrame(0), parcel.frames())))).toBe('400 RELAY_BAG');
    const named = bag(parcel.nameFrame(), parcel.pieceFrame(1));
    expect((await upload(relay, token, named)).map(stateOf)).toEqual(['unknown']);
    expect((await upload(relay, token, bag(parcel.headFrame()))).map(stateOf)).toEqual(['partial ']);
    expect((await upload(relay, token, named)).map(stateOf)).toEqual(['partial 1']);
  });

  test('frames that turn bad end the bag, what came before counts', async () => {
    const { relay, token } = await startRig();
    const parcel = new TestParcel(16);
    const turned = bag(parcel.frames([0, 1]), Uint8Array.of(9, 9, 9), parcel.frames([2]));
    expect((await upload(relay, token, turned)).map(stateOf)).toEqual(['partial 0 1']);
    const broken = parcel.headFrame();
    broken[1] = 0;
    expect((await upload(relay, token, bag(parcel.frames([2]), broken, parcel.frames([3])))).map(stateOf)).toEqual(['partial 0 1 2']);
  });

  test('that cannot be read at all is refused; an empty one is an empty answer', async () => {
    const { relay, token } = await startRig();
    expect(await codeOf(await send(relay, token, random(5000)))).toBe('400 RELAY_BAG');
    expect(await codeOf(await send(relay, token, bag(Uint8Array.of(77))))).toBe('400 RELAY_BAG');
    expect(await upload(relay, token, bagMagic)).toEqual([]);
  });

  test('two at once with the same parcel, from many connections, end in one promise', async () => {
    const { relay, token, newsroom } = await startRig();
    const parcels = [new TestParcel(64), new TestParcel(128), new TestParcel(8)];
    const whole = bag(...parcels.map((parcel) => parcel.frames()));
    const answers = await Promise.all(Array.from({ length: 8 }, async () => await upload(relay, token, whole)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.map(stateOf)).toEqual(['taken', 'taken', 'taken']);
    const listed = (await (await newsroom.ask(relay, 'GET', '/v1/desk/parcels')).json()) as { parcels: { name: string }[] };
    expect(listed.parcels.map((parcel) => parcel.name).sort()).toEqual(parcels.map((parcel) => parcel.hex).sort());
  });
});

describe('a line', () => {
  test('line-cut: what came before the reset counts', async () => {
    const { relay, token } = await startRig();
    const parcel = new TestParcel(16);
    const line = new RawLine(relay);
    line.beginBag(token, 1_000_000);
    await line.say(bag(parcel.frames([0, 2])));
    await until(async () => stateOf((await have(relay, token, parcel.name))[0]) === 'partial 0 2');
    line.socket.resetAndDestroy();
    expect((await upload(relay, token, bag(parcel.frames([1, 3])))).map(stateOf)).toEqual(['taken']);
  });

  test('line-black-holed: a body that never ends is let go after silence, not before, and its pieces count', async () => {
    const { relay, token } = await startRig({ silenceMs: 600 });
    const parcel = new TestParcel(32);
    const line = new RawLine(relay);
    line.beginBag(token, 1_000_000);
    const frames = [bagMagic, ...parcel.frames([0, 1, 2, 3, 4])];
    for (const frame of frames) {
      await line.say(frame);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(line.socket.destroyed).toBe(false);
    await line.closed;
    expect((await have(relay, token, parcel.name)).map(stateOf)).toEqual(['partial 0 1 2 3 4']);
  });

  test('bad token: 401 before a byte of the body is read, and the connection serves on', async () => {
    const { relay } = await startRig();
    const line = new RawLine(relay);
    line.beginBag('AAAAAAAAAAAAAAAAAAAAAA', 12);
    await until(() => line.heard.includes('RELAY_TOKEN'));
    expect(line.heard).toContain('HTTP/1.1 401');
    await line.say(random(12));
    await line.say(new TextEncoder().encode('GET /health HTTP/1.1\r\nhost: relay\r\n\r\n'));
    await until(() => line.heard.includes('200 OK'));
  });

  test('a relay whose disk is slow does not read on: memory for a connection is bounded', async () => {
    const gate = Promise.withResolvers<void>();
    const { relay, token } = await startRig(
      {},
      {
        blobs: (blobs) => ({
          put: async (name, file) => {
            await gate.promise;
            await blobs.put(name, file);
          },
          length: async (name) => await blobs.length(name),
          read: async (name, from, to) => await blobs.read(name, from, to),
          delete: async (name) => await blobs.delete(name),
        }),
      },
    );
    const parcels = Array.from({ length: 24 }, () => new TestParcel(1024));
    const line = new RawLine(relay);
    const whole = bag(...parcels.map((parcel) => parcel.frames()));
    line.beginBag(token, whole.length);
    line.socket.write(whole);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // What is not in the sender's hands any more is in the kernel's buffers, or here.
    expect(line.socket.bytesWritten - line.socket.writableLength).toBeLessThan(12_000_000);
    gate.resolve();
    await until(() => line.heard.includes('200 OK'));
  });
});

describe('a limit', () => {
  test('too many bags at once are refused, others go on', async () => {
    const { relay, token } = await startRig({ limits: { bags: 1 } });
    const parcel = new TestParcel(8);
    const line = new RawLine(relay);
    line.beginBag(token, 100_000);
    await line.say(bag(parcel.frames([0])));
    await until(async () => stateOf((await have(relay, token, parcel.name))[0]) === 'partial 0');
    expect(await codeOf(await send(relay, token, bag(parcel.frames())))).toBe('429 RELAY_BUSY');
    line.socket.destroy();
    await until(async () => (await send(relay, token, bag(parcel.frames()))).status === 200);
  });

  test('a flood of heads is refused, and what was begun can be finished', async () => {
    const { relay, token } = await startRig({ limits: { stagedBytes: 3 * 16_384 } });
    const parcels = Array.from({ length: 4 }, () => new TestParcel(16));
    expect(await codeOf(await send(relay, token, bag(...parcels.map((parcel) => parcel.frames([0])))))).toBe('429 RELAY_TOO_MUCH');
    const names = parcels.map((parcel) => parcel.name);
    expect((await have(relay, token, ...names)).map(stateOf)).toEqual(['partial 0', 'partial 0', 'partial 0', 'unknown']);
    expect((await upload(relay, token, bag(parcels[0]?.frames() ?? [], parcels[3]?.frames() ?? []))).map(stateOf)).toEqual([
      'taken',
      'taken',
    ]);
  });

  test('a full relay refuses new parcels and keeps what is there, also what is begun', async () => {
    const { relay, token } = await startRig({ quotaBytes: 2 * 16_384 });
    const [a, b, c] = [new TestParcel(16), new TestParcel(16), new TestParcel(16)];
    expect(await codeOf(await send(relay, token, bag(a.frames(), b.frames([1]), c.frames())))).toBe('507 RELAY_FULL');
    expect((await have(relay, token, a.name, b.name, c.name)).map(stateOf)).toEqual(['taken', 'partial 1', 'unknown']);
    expect((await upload(relay, token, bag(b.frames()))).map(stateOf)).toEqual(['taken']);
  });

  test('a refusal in the middle of a large bag reaches a client that goes on sending', async () => {
    const { relay, token } = await startRig({ quotaBytes: 16_384 });
    const parcels = Array.from({ length: 12 }, () => new TestParcel(1024));
    expect(await codeOf(await send(relay, token, bag(...parcels.map((parcel) => parcel.frames()))))).toBe('507 RELAY_FULL');
  });
});
