/** Opens connections to one relay (Node): one attempt after the other, several in the air. `docs/protocol.md` section "Sending". */
import { lookup } from 'node:dns';
import { type LookupFunction, type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { platformClock } from './clock.ts';
import { LineError } from './refusal.ts';
import { type DialPace, NeverLeft } from './wire.ts';

/** Attempts of which one asks again where the name of the relay points to: that costs round trips of its own. */
const attemptsPerLookup = 4;
/** A line that is slow, not dead, answers within this time. */
const patientMs = 12_000;
/** Connections that are opened beside standing ones are in no hurry. */
const besideMs = 3000;
const attemptsBeside = 3;
const pauseBesideMs = 500;

export interface Dialled {
  readonly socket: Socket;
  /** That this attempt took; 0 of the patient one, which the kernel repeated. */
  readonly ms: number;
}

type LookupResult = Parameters<Parameters<LookupFunction>[2]>;

export class Dialler {
  readonly #base: URL;
  #address: string | null = null;
  #attempts = 0;
  #looking: Promise<LookupResult> | null = null;
  /** Attempts that are in the air. */
  readonly #pending = new Set<Promise<Dialled>>();
  #stop = new AbortController();
  #hasPatient = false;
  #fault: Error | null = null;

  /** @param base - of the relay: `http:` or `https:` */
  constructor(base: URL) {
    this.#base = base;
  }

  /** The first connection that stands. @throws LineError `LINE_WAITING` with `NeverLeft` */
  async open({ everyMs, keepMs, attempts }: DialPace, signal: AbortSignal): Promise<Dialled> {
    for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
      if (this.#fault) throw this.#fault;
      // While nobody knows where the relay is, one attempt asks.
      if (this.#address !== null || this.#pending.size === 0) void this.#begin(keepMs);
      // Not beside the first: on a line that lives it would only be one connection too many.
      if (attempt > 0) this.#beginPatient();
      const dialled = await firstOf([...this.#pending], everyMs, signal);
      if (!dialled || dialled.socket.destroyed) continue;
      this.#address = dialled.socket.remoteAddress ?? null;
      this.endAll(dialled.socket);
      return dialled;
    }
    throw new LineError('LINE_WAITING', new NeverLeft('no connection'));
  }

  /** One more connection, while others stand. @throws LineError `LINE_WAITING` with `NeverLeft` */
  async openBeside(signal: AbortSignal): Promise<Socket> {
    let fault: unknown = new Error('given up');
    for (let attempt = 0; attempt < attemptsBeside && !signal.aborted; attempt += 1) {
      try {
        return (await this.#attempt(besideMs, signal)).socket;
      } catch (error) {
        if (error instanceof TypeError || error instanceof RangeError) throw error;
        fault = error;
        await platformClock.sleep(pauseBesideMs, signal);
      }
    }
    throw new LineError('LINE_WAITING', new NeverLeft('no connection', { cause: fault }));
  }

  /** Ends all attempts, those included that stand. @param used - but not this one */
  endAll(used: Socket | null): void {
    for (const attempt of this.#pending) {
      const end = ({ socket }: Dialled): void => void (socket !== used && socket.destroy());
      void attempt.then(end, () => undefined);
    }
    this.#pending.clear();
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  /** An attempt goes on when whoever began it has given up for now: the next to dial may find it standing. */
  async #begin(keepMs: number): Promise<void> {
    const attempt = this.#attempt(keepMs, this.#stop.signal);
    this.#pending.add(attempt);
    try {
      const { socket } = await attempt;
      // One that stands, unused, may be ended by the other side.
      socket.once('close', () => this.#pending.delete(attempt));
    } catch (error) {
      this.#pending.delete(attempt);
      // Not the line's doing.
      if (error instanceof TypeError || error instanceof RangeError) this.#fault = error;
    }
  }

  /** An attempt that outlives the eager ones: the kernel repeats it by itself. */
  #beginPatient(): void {
    if (this.#hasPatient || this.#address === null) return;
    this.#hasPatient = true;
    void this.#begin(patientMs).then(() => (this.#hasPatient = false));
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
      lookup: this.#lookup,
      autoSelectFamilyAttemptTimeout: Math.ceil(Math.max(250, lifeMs / 2)),
    };
    const socket = secure ? connectTls({ ...to, ...(isIP(name) === 0 && { servername: name }), ALPNProtocols: ['http/1.1'] }) : connect(to);
    await settled(socket, secure ? 'secureConnect' : 'connect', lifeMs, signal);
    // A long one was repeated by the kernel, and says nothing about the distance.
    return { socket, ms: lifeMs === patientMs ? 0 : performance.now() - began };
  }

  /** A look-up cannot be given up, and few run at a time: all attempts share one. */
  readonly #lookup: LookupFunction = (hostname, options, callback) => {
    this.#looking ??= new Promise((resolve) => {
      lookup(hostname, options, (...result) => {
        this.#looking = null;
        resolve(result);
      });
    });
    const tell = (result: LookupResult): void => callback(...result);
    void this.#looking.then(tell);
  };
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

/** Resolves once the socket stands. @throws what ended it, or that its time was over */
async function settled(socket: Socket, event: string, lifeMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
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
      resolve();
    });
  });
}
