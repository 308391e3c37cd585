/**
 * A wire that dials itself (Node). Bags follow each other on one connection without waiting for an answer (HTTP/1.1
 * pipelining, RFC 9112 section 9.3.2), so that the line is never idle; a dead line costs dials only, and nothing is in
 * doubt that was never sent. `docs/protocol.md` section "Sending".
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type * as Undici from 'undici';
import { Dialler } from './dialler.ts';
import { LineError } from './refusal.ts';
import { type DialPace, type Lane, NeverLeft, type Wire, type WireAnswer, type WireRequest, askingLane, joinChunks } from './wire.ts';

/** Bags on one connection; questions may stand before and behind them. */
const bagsPerLane = 2;
const mostPipelined = 8;
const mostLanes = 4;
/** A relay that answers nothing on a standing connection for so long has ended it. */
const keepMs = 75_000;

interface Connection {
  readonly client: Undici.Client;
  readonly socket: Socket;
  /** An answer said that it was the last. */
  ends: boolean;
}

export class DialledWire implements Wire {
  readonly lanes = mostLanes;
  readonly #base: URL;
  readonly #dialler: Dialler;
  readonly #lanes = new Map<Lane, Connection>();
  readonly #opening = new Map<Lane, Promise<Connection>>();
  /** Stands, and carries nothing yet. */
  #spare: Connection | null = null;
  /** Something on the way ends every connection after one answer: then each request has its own. */
  #endsEach = false;

  /** @param base - of the relay: `http:` or `https:` */
  constructor(base: string) {
    this.#base = new URL(base);
    this.#dialler = new Dialler(this.#base);
  }

  get depth(): number {
    return this.#endsEach ? 1 : bagsPerLane;
  }

  readonly dial = async (pace: DialPace, signal: AbortSignal): Promise<number> => {
    if (this.#spare) return 0;
    void undici();
    const { socket, ms } = await this.#dialler.open(pace, signal);
    this.#spare = await this.#connectionOn(socket);
    return ms;
  };

  async send(lane: Lane, request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    if (signal.aborted) throw new LineError('LINE_WAITING', new NeverLeft('given up before'));
    const connection = await this.#connectionOf(lane, signal);
    const { method, headers, body } = request;
    const path = `${this.#base.pathname.replace(/\/$/, '')}${request.path}`;
    try {
      // A request that fails is never sent again by the client: its connection has ended, and the client with it.
      const response = await connection.client.request({ method, path, headers, body, signal, idempotent: true, blocking: false });
      if (/\bclose\b/i.test(String(response.headers['connection'] ?? ''))) this.#noteEnd(lane, connection);
      if (response.statusCode === 200) return { status: 200, bytes: await readBounded(response.body, request.mostBytes) };
      await response.body.dump({ limit: request.mostBytes });
      return { status: response.statusCode, bytes: new Uint8Array(0) };
    } catch (cause) {
      this.#drop(lane, connection);
      if (cause instanceof LineError) throw cause;
      // Behind an answer that ends the connection nothing was looked at (RFC 9112 section 9.6).
      throw new LineError('LINE_WAITING', connection.ends ? new NeverLeft('the connection was ended', { cause }) : cause);
    }
  }

  shelve(): void {
    this.#lanes.clear();
  }

  hangUp(): void {
    for (const { client, socket } of this.#lanes.values()) end(client, socket);
    this.#lanes.clear();
    if (this.#spare) end(this.#spare.client, this.#spare.socket);
    this.#spare = null;
    this.#dialler.endAll(null);
  }

  async #connectionOf(lane: Lane, signal: AbortSignal): Promise<Connection> {
    // What asks whether the others are dead must not be on one of them.
    const standing = (lane === askingLane && this.#spare) || (this.#lanes.get(lane) ?? this.#spare);
    if (this.#spare === standing) this.#spare = null;
    if (!standing) return await this.#openLane(lane, signal);
    const known = this.#lanes.get(lane);
    if (known && known !== standing) end(known.client, known.socket);
    this.#lanes.set(lane, standing);
    return standing;
  }

  /** Two that want the same lane wait for the same connection, in the order in which they came. */
  async #openLane(lane: Lane, signal: AbortSignal): Promise<Connection> {
    const opening = this.#opening.get(lane) ?? this.#dialler.openBeside(signal).then((socket) => this.#connectionOn(socket));
    this.#opening.set(lane, opening);
    try {
      const connection = await opening;
      this.#lanes.set(lane, connection);
      return connection;
    } finally {
      if (this.#opening.get(lane) === opening) this.#opening.delete(lane);
    }
  }

  #noteEnd(lane: Lane, connection: Connection): void {
    this.#endsEach = true;
    connection.ends = true;
    if (this.#lanes.get(lane) === connection) this.#lanes.delete(lane);
  }

  #drop(lane: Lane, { client, socket }: Connection): void {
    if (this.#lanes.get(lane)?.client === client) this.#lanes.delete(lane);
    end(client, socket);
  }

  async #connectionOn(socket: Socket): Promise<Connection> {
    const { Client } = await undici();
    const client = new Client(this.#base.origin, {
      // Not at once: the client notes only afterwards that it is connecting.
      connect: (_, callback) =>
        queueMicrotask(() => (socket.destroyed ? callback(new Error('the connection has ended'), null) : callback(null, socket))),
      pipelining: mostPipelined,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: keepMs,
      keepAliveMaxTimeout: keepMs,
    });
    socket.once('close', () => {
      for (const [lane, known] of this.#lanes) if (known.client === client) this.#lanes.delete(lane);
      if (this.#spare?.client === client) this.#spare = null;
      end(client, socket);
    });
    return { client, socket, ends: false };
  }
}

/** Read while the first attempt is in the air: it takes as long as a round trip of a good line. */
let loading: Promise<typeof Undici> | null = null;
async function undici(): Promise<typeof Undici> {
  return await (loading ??= import('undici'));
}

function end(client: Undici.Client, socket: Socket): void {
  // What the kernel still holds of it would only be in the way of what comes next.
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
  if (!client.destroyed) void client.destroy().catch(() => undefined);
}

async function readBounded(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > mostBytes) throw new LineError('LINE_BAD_ANSWER');
    chunks.push(chunk);
  }
  return joinChunks(chunks, length);
}
