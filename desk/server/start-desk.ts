/** Starts the desk's server on the loopback address. */
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { type ServerType, createAdaptorServer } from '@hono/node-server';
import { relayBase } from '@zajil/format';
import { DeskError } from '../refusal.ts';
import { makeApp } from './app.ts';
import { type PressSite, Desk } from './desk.ts';
import { Sessions } from './session.ts';

export interface DeskOptions {
  readonly folder: string;
  /** Loopback only. */
  readonly host?: string;
  /** 0 for any free one. */
  readonly port?: number;
  /** Opens the newsroom at once. */
  readonly passphrase?: string;
  /** First value for the form of a new invitation. */
  readonly relay?: string;
  /** Builds the public site; the desk is handed this, since no app imports another. */
  readonly press?: PressSite;
  /** Path of the built screen. */
  readonly ui?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface RunningDesk {
  /** With the one-time key in its fragment: whoever opens it first is signed in. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @throws DeskError `DESK_ADDRESS` beyond loopback; KeysError when the passphrase does not open the newsroom */
export async function startDesk(options: DeskOptions): Promise<RunningDesk> {
  const host = options.host ?? '127.0.0.1';
  if (!['127.0.0.1', 'localhost', '::1'].includes(host))
    throw new DeskError('DESK_ADDRESS', 'The desk shows what is secret, so it listens on this computer only. It was not started.');
  const desk = new Desk({
    folder: options.folder,
    suggestedRelay: options.relay ? relayBase(options.relay) : '',
    press: options.press ?? null,
    now: options.now ?? Date.now,
  });
  if (options.passphrase !== undefined) await desk.unlock(options.passphrase);
  const sessions = new Sessions();
  const page = options.ui ? await readPage(options.ui) : null;
  let port = 0;
  const app = makeApp({ desk, sessions, port: () => port, page });
  const server = createAdaptorServer({ fetch: app.fetch });
  try {
    port = await listen(server, host, options.port ?? 0);
  } catch (error) {
    await desk.lock();
    throw error;
  }
  const url = `http://${host === '::1' ? '[::1]' : host}:${port}/#${sessions.oneTimeKey}`;
  return { url, stop: async () => stop(server, desk) };
}

async function readPage(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return readFile(path).then(
    (bytes) => new Uint8Array(bytes),
    () => null,
  );
}

async function listen(server: ServerType, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new DeskError('DESK_ADDRESS', 'This port is taken by another program. The desk was not started. Choose another, or none.', cause);
  }
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

async function stop(server: ServerType, desk: Desk): Promise<void> {
  if ('closeAllConnections' in server) server.closeAllConnections();
  server.close();
  await desk.lock();
}
