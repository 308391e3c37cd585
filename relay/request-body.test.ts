import { request } from 'node:http';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bodyChunks } from './request-body.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that works for a while on each chunk; resolves to how many bytes it saw of the first body. */
async function slowReader(pauseMs: number): Promise<{ port: number; seen: Promise<number> }> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer((incoming, response) => {
    void (async () => {
      let bytes = 0;
      for await (const chunk of bodyChunks(incoming)) {
        bytes += chunk.length;
        await new Promise((wake) => void setTimeout(wake, pauseMs));
      }
      response.end();
      resolve(bytes);
    })();
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen: promise };
}

test('what arrived before the line was reset is not lost while the work on it lasts', async () => {
  const { port, seen } = await slowReader(20);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n');
  for (let i = 0; i < 10; i += 1) {
    socket.write(new Uint8Array(4096));
    await new Promise((wake) => void setTimeout(wake, 5));
  }
  await new Promise((wake) => void setTimeout(wake, 30));
  socket.resetAndDestroy();
  expect(await seen).toBe(40_960);
});

test('a large body comes whole, and is not read faster than it is worked on', async () => {
  const { port, seen } = await slowReader(1);
  const body = new Uint8Array(3 * 1024 * 1024);
  const sent = request({ port, host: '127.0.0.1', method: 'POST' });
  sent.end(body);
  expect(await seen).toBe(body.length);
});
