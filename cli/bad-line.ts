/**
 * A line that dies: a TCP proxy in this process, between a client and a real server. No root, no mocks.
 *
 * It cuts after so many bytes, comes and goes in windows, swallows everything without a word (a black hole), loses
 * answers, and is as slow and as far away as it is told. Bytes are never altered and never reordered.
 */
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

export interface Shape {
  /** From the client to the server, all connections together; Infinity for no limit. */
  readonly upBytesPerSecond: number;
  /** One way, in milliseconds. */
  readonly delayMs: number;
}

export interface LineWindow {
  readonly upMs: number;
  readonly downMs: number;
}

export interface LineStats {
  /** Bytes that reached the server. */
  readonly bytesUp: number;
  /** Bytes that reached the client. */
  readonly bytesDown: number;
  readonly connections: number;
  /** Connections that were ended, or swallowed, by the line. */
  readonly broken: number;
}

/** How long a server has for what reached it before a cut. */
const settleMs = 15;

type Mood = 'up' | 'cut' | 'black-hole';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** Swallowed for ever: a line that comes back does not bring its old connections back. */
  dead: boolean;
}

export class BadLine {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  /** A server is not told either that its client fell into a black hole. */
  readonly #orphans = new Set<Socket>();
  #mood: Mood = 'up';
  #loseAnswers = false;
  #cutAfter = Infinity;
  #shape: Shape = { upBytesPerSecond: Infinity, delayMs: 0 };
  /** When the line is free again, in milliseconds of `performance.now()`. */
  #freeAt = 0;
  #windows: NodeJS.Timeout | null = null;
  #stats = { bytesUp: 0, bytesDown: 0, connections: 0, broken: 0 };

  /** @param url - of the server behind the line */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#target = { host: hostname, port: Number(port) };
    this.#server = createServer((client) => this.#accept(client));
  }

  /** Returns the address to dial instead of the server's. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get stats(): LineStats {
    return { ...this.#stats };
  }

  /** Rate and distance from now on. */
  shape(shape: Partial<Shape>): void {
    this.#shape = { ...this.#shape, ...shape };
  }

  /** After so many more bytes from the client, every connection is reset, once. */
  cutAfterBytes(bytes: number): void {
    this.#cutAfter = this.#stats.bytesUp + bytes;
  }

  /** Resets every connection and refuses new ones until `restore`. */
  cut(): void {
    this.#mood = 'cut';
    this.#breakAll('reset');
  }

  /** Swallows everything, also of connections to come, until `restore`; what was open stays dead. */
  blackHole(): void {
    this.#mood = 'black-hole';
    this.#breakAll('swallow');
  }

  /** Requests arrive, answers do not: connections are reset at the first byte of an answer. */
  loseAnswers(): void {
    this.#loseAnswers = true;
  }

  restore(): void {
    this.#mood = 'up';
    this.#loseAnswers = false;
    this.#freeAt = 0;
  }

  /** Comes and goes, beginning with the first window and going round, until `stopWindows`. @param how - what an end looks like */
  windows(windows: readonly LineWindow[], how: 'cut' | 'black-hole'): void {
    let turn = 0;
    const up = (): void => {
      this.restore();
      this.#windows = setTimeout(down, windows[turn % windows.length]?.upMs ?? 0);
    };
    const down = (): void => {
      if (how === 'cut') this.cut();
      else this.blackHole();
      this.#windows = setTimeout(up, windows[turn++ % windows.length]?.downMs ?? 0);
    };
    up();
  }

  stopWindows(): void {
    if (this.#windows) clearTimeout(this.#windows);
    this.#windows = null;
    this.restore();
  }

  async close(): Promise<void> {
    this.stopWindows();
    this.#breakAll('reset');
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.destroy();
    for (const orphan of this.#orphans) orphan.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(client: Socket): void {
    this.#stats.connections += 1;
    client.on('error', () => client.destroy());
    if (this.#mood === 'cut') {
      this.#stats.broken += 1;
      return void client.resetAndDestroy();
    }
    const server = connect({ ...this.#target, noDelay: true });
    const pair: Pair = { client, server, dead: this.#mood === 'black-hole' };
    this.#pairs.add(pair);
    if (pair.dead) this.#stats.broken += 1;
    server.on('error', () => client.destroy());
    client.on('close', () => this.#end(pair));
    server.on('close', () => this.#end(pair));
    void this.#pump(pair, 'up');
    void this.#pump(pair, 'down');
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    if (pair.dead) return;
    setTimeout(() => [pair.client, pair.server].forEach((socket) => socket.destroy()), this.#shape.delayMs + 50).unref();
  }

  async #pump(pair: Pair, way: 'up' | 'down'): Promise<void> {
    const [from, to] = way === 'up' ? [pair.client, pair.server] : [pair.server, pair.client];
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        // Small steps, so that a cut falls anywhere and a slow line delivers smoothly.
        for (let at = 0; at < chunk.length; at += 1400) {
          const step = chunk.subarray(at, at + 1400);
          if (way === 'up' && !pair.dead) await this.#wait(step.length);
          // Read on and say nothing: to stop reading would tell the other side.
          if (pair.dead) continue;
          this.#deliver(pair, way, step, to);
        }
      }
      setTimeout(() => !pair.dead && to.end(), this.#shape.delayMs);
    } catch {
      to.destroy();
    }
  }

  #deliver(pair: Pair, way: 'up' | 'down', step: Buffer, to: Socket): void {
    if (way === 'down' && this.#loseAnswers) return this.#break(pair, 'reset');
    if (way === 'up' && this.#stats.bytesUp + step.length > this.#cutAfter) {
      to.write(step.subarray(0, this.#cutAfter - this.#stats.bytesUp));
      this.#stats.bytesUp = this.#cutAfter;
      this.#cutAfter = Infinity;
      return this.#breakLater();
    }
    const write = (): void => {
      if (pair.dead || to.destroyed) return;
      this.#stats[way === 'up' ? 'bytesUp' : 'bytesDown'] += step.length;
      to.write(step);
    };
    if (this.#shape.delayMs > 0) setTimeout(write, this.#shape.delayMs);
    else write();
  }

  /** All connections share the line. */
  async #wait(bytes: number): Promise<void> {
    const { upBytesPerSecond } = this.#shape;
    if (upBytesPerSecond === Infinity) return;
    const now = performance.now();
    this.#freeAt = Math.max(now, this.#freeAt) + (1000 * bytes) / upBytesPerSecond;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, this.#freeAt - now);
    });
  }

  #breakAll(how: 'reset' | 'swallow'): void {
    for (const pair of this.#pairs) this.#break(pair, how);
  }

  /** Nothing crosses any more; the reset comes once the server had a moment to read what did, as on any real line. */
  #breakLater(): void {
    for (const pair of this.#pairs) {
      if (pair.dead) continue;
      pair.dead = true;
      this.#stats.broken += 1;
      setTimeout(() => {
        pair.server.destroy();
        pair.client.resetAndDestroy();
      }, settleMs);
    }
  }

  #break(pair: Pair, how: 'reset' | 'swallow'): void {
    if (pair.dead) return;
    pair.dead = true;
    this.#stats.broken += 1;
    if (how === 'swallow') return void this.#orphans.add(pair.server.on('close', () => this.#orphans.delete(pair.server)));
    pair.server.destroy();
    pair.client.resetAndDestroy();
  }
}
