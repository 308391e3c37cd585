/**
 * A relay that lies on purpose: an HTTP server in front of a real one, which forwards everything and says something else
 * about what is held. `docs/protocol.md` section "Lies". With no lie it is the honest relay.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import {
  BagParser,
  type Bitmap,
  type HeldEntry,
  type NameHex,
  bagType,
  formatHeld,
  nameToHex,
  parcelName,
  parseHeld,
  parseParcelHead,
} from '@zajil/format';

/** What the relay would truly say, and all that a lie may be made of. */
export interface Truth {
  readonly door: 'bag' | 'have';
  readonly entries: readonly HeldEntry[];
  /** Pieces that came with this bag. */
  readonly came: ReadonlyMap<NameHex, readonly number[]>;
  /** Number of pieces of each parcel whose head was ever seen. */
  readonly sizes: ReadonlyMap<NameHex, number>;
}

/** @returns what is said instead */
export type Lie = (truth: Truth) => readonly HeldEntry[];

const forwarded = ['authorization', 'content-type'] as const;

export class HostileRelay {
  readonly #url: string;
  readonly #sizes = new Map<NameHex, number>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });
  lie: Lie | null = null;
  /** Bags are not forwarded: the real relay never hears of them. */
  swallows = false;
  /** Before each bag is answered. */
  pauseMs = 0;
  /** Messages that wait here besides those of the real relay; by address, hex. */
  readonly messages = new Map<string, Uint8Array>();
  /** Pieces that came although the real relay held them. */
  repeated = 0;
  /** Whole bags that came. */
  bags = 0;
  readonly #held = new Map<NameHex, Bitmap | 'all'>();
  /** Answers that were not what the real relay would have said. */
  told = 0;

  /** @param url - of the real relay */
  constructor(url: string) {
    this.#url = url;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @returns the address to dial instead of the real relay's */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = await readAll(request);
    const door = path === '/v1/bag' ? 'bag' : path === '/v1/have' ? 'have' : null;
    const came = door === 'bag' ? this.#read(body) : new Map<NameHex, number[]>();
    if (this.swallows && door === 'bag') return this.#answer(response, { door, entries: [], came, sizes: this.#sizes });
    const headers = Object.fromEntries(forwarded.flatMap((name) => (request.headers[name] ? [[name, request.headers[name]]] : [])));
    const init = request.method === 'GET' ? {} : { body };
    const answer = await fetch(`${this.#url}${path}`, { method: request.method ?? 'GET', headers, ...init });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const type = answer.headers.get('content-type');
    if (!door || answer.status !== 200) return void response.writeHead(answer.status, type ? { 'content-type': type } : {}).end(bytes);
    const entries = parseHeld(bytes).map((entry) => this.#withMessage(entry));
    if (door === 'bag') this.#count(came, entries);
    if (door === 'bag') await wait(this.pauseMs);
    this.#answer(response, { door, entries, came, sizes: this.#sizes });
  }

  #answer(response: ServerResponse, truth: Truth): void {
    const said = this.lie ? this.lie(truth) : truth.entries;
    const bytes = formatHeld([...said]);
    if (Buffer.compare(bytes, formatHeld([...truth.entries])) !== 0) this.told += 1;
    response.writeHead(200, { 'content-type': bagType }).end(bytes);
  }

  #count(came: ReadonlyMap<NameHex, readonly number[]>, entries: readonly HeldEntry[]): void {
    this.bags += 1;
    for (const [name, pieces] of came) {
      const held = this.#held.get(name);
      this.repeated += pieces.filter((piece) => held === 'all' || held?.has(piece)).length;
    }
    for (const { id, held } of entries) {
      if (held.state === 'taken') this.#held.set(nameToHex(id), 'all');
      if (held.state === 'partial') this.#held.set(nameToHex(id), held.pieces);
    }
  }

  #withMessage(entry: HeldEntry): HeldEntry {
    const message = this.messages.get(nameToHex(entry.id));
    return message ? { id: entry.id, held: { state: 'message', message } } : entry;
  }

  #read(body: Uint8Array): Map<NameHex, number[]> {
    const came = new Map<NameHex, number[]>();
    let current: NameHex | null = null;
    for (const frame of new BagParser().push(body.slice())) {
      if (frame.kind === 'piece') came.get(current ?? '')?.push(frame.index);
      else {
        current = frame.kind === 'name' ? nameToHex(frame.name) : nameToHex(parcelName(frame.head));
        if (frame.kind === 'head') this.#sizes.set(current, parseParcelHead(frame.head).pieces.length);
        if (!came.has(current)) came.set(current, []);
      }
    }
    return came;
  }
}

async function readAll(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
