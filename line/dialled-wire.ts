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
/** For lanes that are opened beside standing ones. */
const usualPace: DialPace = { everyMs: 1000, keepMs: 3000, attempts: 4 };

interface Dialled {
  readonly socket: Socket;
  /** That this attempt took; 0 of the patient one, which the kernel repeated. */
  readonly ms: number;
}

interface Patient {
  readonly abort: AbortController;
  readonly dialled: Promise<Dialled>;
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
  #patient: Patient | null = null;

  /** @param base - of the relay: `http:` or `https:` */
  constructor(base: string) {
    this.#base = new URL(base);
  }

  readonly dial = async (pace: DialPace, signal: AbortSignal): Promise<number> => {
    if (this.#spare) return 0;
    const { connection, ms } = await this.#open(pace, signal, true);
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
    this.#patient?.abort.abort();
    this.#patient = null;
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
    const opening = this.#opening.get(lane) ?? this.#open(usualPace, signal).then(({ connection }) => connection);
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

  /** @throws LineError with `NeverLeft` */
  async #open({ everyMs, keepMs, attempts }: DialPace, signal: AbortSignal, patiently = false): Promise<Opened> {
    const settledAll = new AbortController();
    const both = AbortSignal.any([signal, settledAll.signal]);
    const dials: Promise<Dialled>[] = [];
    let fault: unknown = new Error('not dialled');
    try {
      for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
        // Not beside the first: on a line that lives it would only be one connection too many.
        if (patiently && (attempt === 1 || (attempt === 0 && this.#patient))) dials.push((this.#patient ??= this.#beginPatient()).dialled);
        dials.push(this.#attempt(keepMs, both));
        const last = attempt === attempts - 1;
        const dialled = await firstOf(dials, last ? keepMs : everyMs, both);
        if (!dialled) continue;
        this.#address = dialled.socket.remoteAddress ?? null;
        this.#endOthers(dials, dialled);
        return { connection: this.#connectionOn(dialled.socket), ms: dialled.ms };
      }
      const refused = (await Promise.allSettled(dials.slice(-1)))[0];
      if (refused?.status === 'rejected') fault = refused.reason;
    } finally {
      settledAll.abort();
    }
    // Not the line's doing.
    if (fault instanceof TypeError || fault instanceof RangeError) throw fault;
    throw new LineError('LINE_WAITING', new NeverLeft('no connection', { cause: fault }));
  }

  /** An attempt that outlives the eager ones: the kernel repeats it by itself. */
  #beginPatient(): Patient {
    const abort = new AbortController();
    const dialled = this.#attempt(patientMs, abort.signal).then(({ socket }) => ({ socket, ms: 0 }));
    const patient = { abort, dialled };
    patient.dialled.catch(() => {
      if (this.#patient === patient) this.#patient = null;
    });
    return patient;
  }

  /** Of the attempts one is used; others that should stand as well are ended. */
  #endOthers(dials: readonly Promise<Dialled>[], used: Dialled): void {
    for (const dial of dials) {
      const end = ({ socket }: Dialled): void => void (socket !== used.socket && socket.destroy());
      void dial.then(end, () => undefined);
    }
    this.#patient?.abort.abort();
    this.#patient = null;
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
    return { socket, ms: performance.now() - began };
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

/** The first of the attempts that stands within `ms`; null when none does. */
async function firstOf(dials: readonly Promise<Dialled>[], ms: number, signal: AbortSignal): Promise<Dialled | null> {
  const over = new AbortController();
  const late = platformClock.sleep(ms, AbortSignal.any([over.signal, signal])).then(() => null);
  try {
    // When all are refused at once, the time between two attempts is waited for all the same.
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
