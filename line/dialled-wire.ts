/**
 * A wire that dials itself (Node). Bags follow each other on one connection without waiting for an answer (HTTP/1.1
 * pipelining, RFC 9112 section 9.3.2), so that the line is never idle; a dead line costs one small dial at a time, and
 * nothing is in doubt that was never sent. `docs/protocol.md` section "Sending".
 */
import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client } from 'undici';
import { platformClock } from './clock.ts';
import { LineError } from './refusal.ts';
import { type DialPace, type Lane, NeverLeft, type Wire, type WireAnswer, type WireRequest, askingLane, joinChunks } from './wire.ts';

/** Bags on one connection; questions may stand before and behind them. */
const bagsPerLane = 2;
const mostPipelined = 8;
const mostLanes = 4;
/** Attempts of which one asks again where the name of the relay points to: that costs round trips of its own. */
const attemptsPerLookup = 4;
/** A relay that answers nothing on a standing connection for so long has ended it. */
const keepMs = 75_000;
/** A line that is slow, not dead, answers within this time. */
const patientMs = 6000;
/** Lanes that are opened beside standing ones are in no hurry. */
const besideMs = 3000;
const attemptsBeside = 3;
const pauseBesideMs = 500;

interface Dialled {
  readonly socket: Socket;
  /** That this attempt took; 0 of the patient one. */
  readonly ms: number;
}

interface Opened {
  readonly connection: Connection;
  readonly ms: number;
}

interface Connection {
  readonly client: Client;
  readonly socket: Socket;
}

export class DialledWire implements Wire {
  readonly depth = bagsPerLane;
  readonly lanes = mostLanes;
  readonly #base: URL;
  readonly #lanes = new Map<Lane, Connection>();
  readonly #opening = new Map<Lane, Promise<Connection>>();
  /** Stands, and carries nothing yet. */
  #spare: Connection | null = null;
  #address: string | null = null;
  #attempts = 0;
  /** Attempts that are in the air. */
  readonly #pending = new Set<Promise<Dialled>>();
  #dialling = new AbortController();
  #hasPatient = false;
  #fault: Error | null = null;

  /** @param base - of the relay: `http:` or `https:` */
  constructor(base: string) {
    this.#base = new URL(base);
  }

  readonly dial = async (pace: DialPace, signal: AbortSignal): Promise<number> => {
    if (this.#spare) return 0;
    const { connection, ms } = await this.#open(pace, signal);
    this.#spare = connection;
    return ms;
  };

  async send(lane: Lane, request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    const connection = await this.#connectionOf(lane, signal);
    const { client } = connection;
    const { method, headers, body } = request;
    const path = `${this.#base.pathname.replace(/\/$/, '')}${request.path}`;
    try {
      // A request that fails is never sent again by the client: its connection has ended, and the client with it.
      const response = await client.request({ method, path, headers, body, signal, idempotent: true, blocking: false });
      if (response.statusCode === 200) return { status: 200, bytes: await readBounded(response.body, request.mostBytes) };
      await response.body.dump({ limit: request.mostBytes });
      return { status: response.statusCode, bytes: new Uint8Array(0) };
    } catch (cause) {
      this.#drop(lane, connection);
      throw cause instanceof LineError ? cause : new LineError('LINE_WAITING', cause);
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
    this.#endAttempts(null);
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
    const opening = this.#opening.get(lane) ?? this.#openBeside(signal);
    this.#opening.set(lane, opening);
    try {
      const connection = await opening;
      this.#lanes.set(lane, connection);
      return connection;
    } finally {
      if (this.#opening.get(lane) === opening) this.#opening.delete(lane);
    }
  }

  #drop(lane: Lane, { client, socket }: Connection): void {
    if (this.#lanes.get(lane)?.client === client) this.#lanes.delete(lane);
    end(client, socket);
  }

  /** One more connection, while others stand. @throws LineError with `NeverLeft` */
  async #openBeside(signal: AbortSignal): Promise<Connection> {
    let fault: unknown = new Error('given up');
    for (let attempt = 0; attempt < attemptsBeside && !signal.aborted; attempt += 1) {
      try {
        return this.#connectionOn((await this.#attempt(besideMs, signal)).socket);
      } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        fault = error;
        await platformClock.sleep(pauseBesideMs, signal);
      }
    }
    throw new LineError('LINE_WAITING', new NeverLeft('no connection', { cause: fault }));
  }

  /** @throws LineError with `NeverLeft` */
  async #open({ everyMs, keepMs, attempts }: DialPace, signal: AbortSignal): Promise<Opened> {
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
      if (this.#fault) throw this.#fault;
      void this.#begin(keepMs);
      // Not beside the first: on a line that lives it would only be one connection too many.
      if (attempt > 0) this.#beginPatient();
      const dialled = await firstOf([...this.#pending], everyMs, signal);
      if (!dialled) continue;
      this.#address = dialled.socket.remoteAddress ?? null;
      this.#endAttempts(dialled.socket);
      return { connection: this.#connectionOn(dialled.socket), ms: dialled.ms };
    }
    throw new LineError('LINE_WAITING', new NeverLeft('no connection'));
  }

  /** An attempt goes on when whoever began it has given up for now: the next to dial may find it standing. */
  #begin(keepMs: number): Promise<unknown> {
    const attempt = this.#attempt(keepMs, this.#dialling.signal);
    this.#pending.add(attempt);
    return attempt.then(
      () => undefined,
      (error: unknown) => {
        this.#pending.delete(attempt);
        // Not the line's doing.
        if (error instanceof TypeError || error instanceof RangeError) this.#fault = error;
      },
    );
  }

  /** An attempt that outlives the eager ones: the kernel repeats it by itself. */
  #beginPatient(): void {
    if (this.#hasPatient) return;
    this.#hasPatient = true;
    void this.#begin(patientMs).then(() => (this.#hasPatient = false));
  }

  /** Of the attempts one is used; others that stand as well are ended. */
  #endAttempts(used: Socket | null): void {
    for (const attempt of this.#pending) {
      const end = ({ socket }: Dialled): void => void (socket !== used && socket.destroy());
      void attempt.then(end, () => undefined);
    }
    this.#pending.clear();
    this.#dialling.abort();
    this.#dialling = new AbortController();
  }

  async #attempt(lifeMs: number, signal: AbortSignal): Promise<Dialled> {
    const began = performance.now();
    const { protocol, hostname, port } = this.#base;
    const name = hostname.replace(/^\[(.*)\]$/, '$1');
    const lookUp = this.#address === null || this.#attempts++ % attemptsPerLookup === attemptsPerLookup - 1;
    const secure = protocol === 'https:';
    const to = {
      host: lookUp ? name : (this.#address ?? name),
      port: Number(port) || (secure ? 443 : 80),
      noDelay: true,
      autoSelectFamilyAttemptTimeout: Math.ceil(Math.max(250, lifeMs / 2)),
    };
    const socket = secure ? connectTls({ ...to, ...(isIP(name) === 0 && { servername: name }), ALPNProtocols: ['http/1.1'] }) : connect(to);
    await settled(socket, secure ? 'secureConnect' : 'connect', lifeMs, signal);
    // A long one was repeated by the kernel, and says nothing about the distance.
    return { socket, ms: lifeMs === patientMs ? 0 : performance.now() - began };
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
  // What the kernel still holds of it would only be in the way of what comes next.
  if (socket.resetAndDestroy) socket.resetAndDestroy();
  else socket.destroy();
  if (!client.destroyed) void client.destroy().catch(() => undefined);
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

/** The first of the attempts that stands within `ms`; null when none does: also then the time is waited for. */
async function firstOf(dials: readonly Promise<Dialled>[], ms: number, signal: AbortSignal): Promise<Dialled | null> {
  const over = new AbortController();
  const late = platformClock.sleep(ms, AbortSignal.any([over.signal, signal])).then(() => null);
  try {
    return await Promise.race([Promise.any(dials).catch(async () => await late), late]);
  } finally {
    over.abort();
  }
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
