/** The listening socket: patient with a line that dies, strict with silence, and able to stop within two seconds. */
import type { AddressInfo, Socket } from 'node:net';
import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { App } from './app.ts';
import { RelayError } from './relay-error.ts';

/** A phone's line may be gone for a minute and come back on the same connection. */
export const usualSilenceMs = 90_000;
const mostConnections = 4096;
/** Requests under way get this long when the relay stops, and their work this much longer when their line is closed. */
const stopMs = 1300;
const settleMs = 500;

export interface Listening {
  readonly url: string;
  /** Takes no new connection, lets requests under way end, then closes what is left. */
  stop(): Promise<void>;
}

/** @throws RelayError `RELAY_PORT_IN_USE` */
export async function listen(app: App, host: string, port: number, silenceMs: number): Promise<Listening> {
  const working = new Set<Promise<unknown>>();
  const server = createAdaptorServer({
    fetch: (request, env) => {
      const work = Promise.resolve(app.fetch(request, env)).finally(() => working.delete(work));
      working.add(work);
      return work;
    },
    overrideGlobalObjects: false,
    autoCleanupIncoming: false,
    // An upload may take hours; only silence ends it. A head has to arrive, though.
    serverOptions: { requestTimeout: 0, headersTimeout: silenceMs, keepAliveTimeout: silenceMs, noDelay: true },
  }) as Server;
  server.maxConnections = mostConnections;
  server.setTimeout(silenceMs, (socket: Socket) => socket.destroy());
  await begin(server, host, port);
  const { address, port: given, family } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    await end(server);
    await Promise.race([Promise.allSettled(working), wait(settleMs, undefined, { ref: false })]);
  };
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${given}`, stop };
}

async function begin(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new RelayError('RELAY_PORT_IN_USE', 'The port is taken by another program, or may not be used. Choose another port.', cause);
  } finally {
    server.off('error', reject);
  }
}

async function end(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), stopMs);
  await promise;
  clearTimeout(timer);
}
