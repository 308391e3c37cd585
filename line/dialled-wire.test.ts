import { type Server, type Socket, createServer } from 'node:net';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { DialledWire } from './dialled-wire.ts';
import { type DialPace, type WireRequest, NeverLeft, askingLane, mayHaveLeft } from './wire.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const never = new AbortController().signal;
const pace: DialPace = { everyMs: 50, keepMs: 200, attempts: 3 };

function post(body: string): WireRequest {
  return { method: 'POST', path: '/v1/bag', headers: {}, body: new TextEncoder().encode(body), mostBytes: 100 };
}

/** A server that answers with what it got, after the time that the body says; counts connections. */
async function echo(): Promise<{ base: string; sockets: Set<Socket>; bodies: string[]; opened: () => number }> {
  const sockets = new Set<Socket>();
  const bodies: string[] = [];
  let opened = 0;
  const server = createHttp((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      setTimeout(() => response.end(body), Number(body.split(' ')[1] ?? 0));
    });
  });
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
  });
  return { base: await listen(server), sockets, bodies, opened: () => opened };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => {
    server.close();
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function wireTo(base: string): DialledWire {
  const wire = new DialledWire(base);
  closers.push(() => wire.hangUp());
  return wire;
}

function text({ bytes }: { bytes: Uint8Array }): string {
  return new TextDecoder().decode(bytes);
}

describe('a wire that dials itself', () => {
  test('sends what follows on a lane over one connection, in order, before the first is answered', async () => {
    const { base, bodies, opened } = await echo();
    const wire = wireTo(base);
    expect(await wire.dial(pace, never)).toBeGreaterThan(0);
    const began = performance.now();
    const answers = await Promise.all(['one 300', 'two 300', 'three 300'].map((body) => wire.send(0, post(body), never)));
    expect(answers.map(text)).toEqual(['one 300', 'two 300', 'three 300']);
    expect(bodies).toEqual(['one 300', 'two 300', 'three 300']);
    expect(performance.now() - began).toBeLessThan(800);
    expect(opened()).toBe(1);
  });

  test('gives each lane its own connection, and two that open one lane together the same', async () => {
    const { base, opened } = await echo();
    const wire = wireTo(base);
    await Promise.all([wire.send(1, post('a'), never), wire.send(1, post('b'), never), wire.send(2, post('c'), never)]);
    expect(opened()).toBe(2);
  });

  test('what was under way when the connection ended is told, and never sent again', async () => {
    const { base, sockets, bodies } = await echo();
    const wire = wireTo(base);
    const lost = [wire.send(0, post('one 5000'), never), wire.send(0, post('two 5000'), never)].map(async (answer) =>
      answer.then(
        () => null,
        (error: unknown) => error,
      ),
    );
    await expect.poll(() => bodies.length).toBe(2);
    for (const socket of sockets) socket.destroy();
    for (const error of await Promise.all(lost)) {
      expect(error).toMatchObject({ code: 'LINE_WAITING' });
      expect(mayHaveLeft(error)).toBe(true);
    }
    expect(text(await wire.send(0, post('three'), never))).toBe('three');
    expect(bodies).toEqual(['one 5000', 'two 5000', 'three']);
  });

  test('says that nothing left where no connection could be opened', async () => {
    const server = createServer();
    const base = await listen(server);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    const wire = wireTo(base);
    const began = performance.now();
    const error: unknown = await wire.dial(pace, never).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'LINE_WAITING', cause: expect.any(NeverLeft) });
    // A refusal comes at once; the next attempt does not.
    expect(performance.now() - began).toBeGreaterThan(100);
    expect(mayHaveLeft(await wire.send(0, post('x'), AbortSignal.timeout(300)).catch((cause: unknown) => cause))).toBe(false);
  });

  test('lanes that are put aside are still answered, and what is new goes over the connection just dialled', async () => {
    const { base, opened } = await echo();
    const wire = wireTo(base);
    const old = wire.send(0, post('old 400'), never);
    await expect.poll(opened).toBe(1);
    await wire.dial(pace, never);
    wire.shelve();
    expect(text(await wire.send(0, post('new'), never))).toBe('new');
    expect(text(await old)).toBe('old 400');
    expect(opened()).toBe(2);
  });

  test('asks about silence over a connection that was just dialled', async () => {
    const { base, opened } = await echo();
    const wire = wireTo(base);
    await wire.send(askingLane, post('a'), never);
    await wire.dial(pace, never);
    await wire.send(askingLane, post('b'), never);
    expect(opened()).toBe(2);
  });

  test('reads no answer beyond its limit', async () => {
    const { base } = await echo();
    await expect(wireTo(base).send(0, post('y'.repeat(101)), never)).rejects.toMatchObject({ code: 'LINE_BAD_ANSWER' });
  });
});
