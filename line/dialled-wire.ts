/**
 * A wire that dials itself (Node). Bags follow each other on one connection without waiting for an answer (HTTP/1.1
 * pipelining, RFC 9112 section 9.3.2), so that the line is never idle; a dead line costs one small dial at a time, and
 * nothing is in doubt that was never sent. `docs/protocol.md` section "Sending".
 */
import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client } from 'undici';
import { LineError } from './refusal.ts';
import { type DialPace, type Lane, NeverLeft, type Wire, type WireAnswer, type WireRequest, joinChunks } from './wire.ts';

/** Bags on one connection; questions may stand before and behind them. */
const bagsPerLane = 2;
const mostPipelined = 8;
const mostLanes = 4;
/** Attempts of which one asks again where the name of the relay points to: that costs round trips of its own. */
const attemptsPerLookup = 4;
/** A relay that answers nothing on a standing connection for so long has ended it. */
const keepMs = 75_000;
/** For connections that are opened beside standing ones. */
const usualPace: DialPace = { everyMs: 3000, attempts: 3 };

interface Connection {
  readonly client: Client;
  readonly socket: Socket;
}

export class DialledWire implements Wire {
  readonly depth = bagsPerLane;
  readonly lanes = mostLanes;
  readonly #base: URL;
  readonly #lanes = new Map<Lane, Connection>();
  /** Stands, and carries nothing yet. */
  #spare: Connection | null = null;
  #address: string | null = null;
  #attempts = 0;

  /** @param base - of the relay: `http:` or `https:` */
  constructor(base: string) {
    this.#base = new URL(base);
  }

  readonly dial = async (pace: DialPace, signal: AbortSignal): Promise<number> => {
    if (this.#spare || this.#lanes.size > 0) return 0;
    const { connection, ms } = await this.#open(pace, signal);
    this.#spare = connection;
    return ms;
  };

  async send(lane: Lane, request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    const { client } = await this.#connectionOf(lane, signal);
    const { method, headers, body } = request;
    const path = `${this.#base.pathname.replace(/\/$/, '')}${request.path}`;
    try {
      // A request that fails is never sent again by the client: its connection has ended, and the client with it.
      const response = await client.request({ method, path, headers, body, signal, idempotent: true, blocking: false });
      if (response.statusCode === 200) return { status: 200, bytes: await readBounded(response.body, request.mostBytes) };
      await response.body.dump({ limit: request.mostBytes });
      return { status: response.statusCode, bytes: new Uint8Array(0) };
    } catch (cause) {
      this.#drop(lane, client);
      throw cause instanceof LineError ? cause : new LineError('LINE_WAITING', cause);
    }
  }

  hangUp(): void {
    for (const { client, socket } of [...this.#lanes.values(), ...(this.#spare ? [this.#spare] : [])]) end(client, socket);
    this.#lanes.clear();
    this.#spare = null;
  }

  async #connectionOf(lane: Lane, signal: AbortSignal): Promise<Connection> {
    const standing = this.#lanes.get(lane) ?? this.#spare;
    if (standing) this.#spare = this.#spare === standing ? null : this.#spare;
    const connection = standing ?? (await this.#open(usualPace, signal)).connection;
    // Of two that wanted the same lane the later one finds it open.
    const known = this.#lanes.get(lane);
    if (known && known !== connection) {
      end(connection.client, connection.socket);
      return known;
    }
    this.#lanes.set(lane, connection);
    return connection;
  }

  #drop(lane: Lane, client: Client): void {
    const known = this.#lanes.get(lane);
    if (known?.client === client) {
      this.#lanes.delete(lane);
      end(client, known.socket);
    }
  }

  /** @throws LineError with `NeverLeft` */
  async #open({ everyMs, attempts }: DialPace, signal: AbortSignal): Promise<{ connection: Connection; ms: number }> {
    let fault: unknown = new Error('not dialled');
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
      const began = performance.now();
      try {
        const socket = await this.#attempt(everyMs, signal);
        this.#address = socket.remoteAddress ?? null;
        return { connection: this.#connectionOn(socket), ms: performance.now() - began };
      } catch (error) {
        fault = error;
        await pause(everyMs - (performance.now() - began), signal);
      }
    }
    throw new LineError('LINE_WAITING', new NeverLeft('no connection', { cause: fault }));
  }

  async #attempt(lifeMs: number, signal: AbortSignal): Promise<Socket> {
    const { protocol, hostname, port } = this.#base;
    const name = hostname.replace(/^\[(.*)\]$/, '$1');
    const lookUp = this.#address === null || this.#attempts++ % attemptsPerLookup === attemptsPerLookup - 1;
    const secure = protocol === 'https:';
    const to = {
      host: lookUp ? name : (this.#address ?? name),
      port: Number(port) || (secure ? 443 : 80),
      noDelay: true,
      autoSelectFamilyAttemptTimeout: Math.max(250, lifeMs / 2),
    };
    const socket = secure ? connectTls({ ...to, ...(isIP(name) === 0 && { servername: name }), ALPNProtocols: ['http/1.1'] }) : connect(to);
    return await settled(socket, secure ? 'secureConnect' : 'connect', lifeMs, signal);
  }

  #connectionOn(socket: Socket): Connection {
    const client = new Client(this.#base.origin, {
      // Not at once: the client notes only afterwards that it is connecting.
      connect: (_, callback) => queueMicrotask(() => callback(null, socket)),
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
    return { client, socket };
  }
}

function end(client: Client, socket: Socket): void {
  if (!client.destroyed) void client.destroy().catch(() => undefined);
  // The client may not have taken it over yet.
  socket.destroy();
}

/** The socket once it stands. @throws what ended it, or that its time was over */
async function settled(socket: Socket, event: string, lifeMs: number, signal: AbortSignal): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      stop();
      socket.destroy();
      reject(error);
    };
    const over = (): void => fail(new Error('nothing answered'));
    const timer = setTimeout(over, lifeMs);
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      socket.off('error', fail);
      socket.on('error', () => undefined);
    };
    socket.once('error', fail);
    signal.addEventListener('abort', over);
    socket.once(event, () => {
      stop();
      resolve(socket);
    });
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, ms);
    signal.addEventListener('abort', stop);
  });
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
