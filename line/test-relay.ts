/**
 * A small real relay for this room's tests: an HTTP server on loopback that keeps pieces in memory, signs promises,
 * and has faults by name. The real one is in `relay`, which this room does not know.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  type BagFrame,
  BagParser,
  Bitmap,
  type Held,
  type HeldEntry,
  type NameHex,
  type ParcelHead,
  type Promised,
  formatHeld,
  fromHex,
  leafEntry,
  nameToHex,
  parcelName,
  parseHave,
  parseParcelHead,
  promiseText,
  toHex,
  utf8,
  verifyPiece,
} from '@zajil/format';
import { type NoteSigner, createSigner, formatCheckpoint, formatTlogProof, inclusionProof, leafHash, signNote, treeRoot } from '@zajil/log';

export type Fault =
  | 'answer-lost'
  | 'black-holed'
  | 'cut'
  | 'unsigned-promises'
  /** Says that it has every piece, and never promises. */
  | 'all-pieces'
  /** Its bitmaps are of another parcel's length. */
  | 'other-bitmap'
  /** Knows nothing of what it promised. */
  | 'breaks-promises'
  /** Promises anew, for another time, at every answer. */
  | 'promises-twice'
  /** Lists the pieces of a bag, and knows nothing of them when it is asked. */
  | 'forgets'
  /** Leaves out what it was asked. */
  | 'silent'
  /** Tells also of what it was not asked. */
  | 'unasked'
  | 'closed-door'
  | 'sign-in-page'
  | 'keeps-nothing'
  | null;

interface Stored {
  readonly head: ParcelHead;
  readonly pieces: Bitmap;
}

export class TestRelay {
  readonly signer: NoteSigner;
  readonly stored = new Map<NameHex, Stored>();
  readonly messages = new Map<string, Uint8Array>();
  readonly let = new Map<NameHex, 'gone' | 'expired'>();
  readonly files = new Map<string, string | Uint8Array>();
  /** Names in the order in which they became whole. */
  readonly taken: NameHex[] = [];
  /** Pieces that came although they were held. */
  repeated = 0;
  bags = 0;
  questions = 0;
  /** Called before each request is served. */
  fault: (path: string) => Fault = () => null;
  /** With `cut`: bytes of the body after which the connection ends. */
  cutAfterBytes = 6000;
  receipts = false;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(name = 'relay.test/log', seed = 7) {
    this.signer = createSigner(name, new Uint8Array(32).fill(seed));
    this.files.set('/v1/relay', `${this.signer.vkey}\n`);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

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
    const fault = this.fault(path);
    if (fault === 'black-holed') return;
    if (fault === 'closed-door') return void response.writeHead(401).end();
    if (fault === 'sign-in-page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>');
    if (request.method === 'GET') return this.#give(path, response);
    const entries = path === '/v1/bag' ? await this.#takeBag(request, fault) : this.#answerHave(await readAll(request));
    if (fault === 'answer-lost' || fault === 'cut') return void response.destroy();
    const held = this.#lie(entries, fault);
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(formatHeld(held));
  }

  #give(path: string, response: ServerResponse): void {
    const file = this.files.get(path);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  }

  async #takeBag(request: IncomingMessage, fault: Fault): Promise<HeldEntry[]> {
    this.bags += 1;
    const parser = new BagParser();
    const touched = new Set<NameHex>();
    let current: NameHex | null = null;
    let bytes = 0;
    try {
      for await (const chunk of request as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        const room = fault === 'cut' ? Math.max(0, chunk.length - Math.max(0, bytes - this.cutAfterBytes)) : chunk.length;
        for (const frame of parser.push(new Uint8Array(chunk.subarray(0, room)))) {
          current = fault === 'keeps-nothing' ? null : this.#take(frame, current);
          if (current) touched.add(current);
        }
        if (room < chunk.length) break;
      }
    } catch {
      // What came before a broken frame or a cut counts.
    }
    return [...touched].map((name) => this.#entry(fromHex(name)));
  }

  #take(frame: BagFrame, current: NameHex | null): NameHex | null {
    if (frame.kind === 'name') return nameToHex(frame.name);
    if (frame.kind === 'head') {
      const name = nameToHex(parcelName(frame.head));
      const head = parseParcelHead(frame.head);
      if (!this.stored.has(name)) this.stored.set(name, { head, pieces: new Bitmap(head.pieces.length) });
      return name;
    }
    const stored = this.stored.get(current ?? '');
    if (!stored || !current) return current;
    verifyPiece(stored.head, frame.index, frame.bytes);
    if (stored.pieces.has(frame.index)) this.repeated += 1;
    stored.pieces.add(frame.index);
    if (stored.pieces.full && !this.taken.includes(current)) this.taken.push(current);
    return current;
  }

  #answerHave(body: Uint8Array): HeldEntry[] {
    this.questions += 1;
    return parseHave(body).map((id) => this.#entry(id));
  }

  #entry(id: Uint8Array): HeldEntry {
    return { id, held: this.#held(id) };
  }

  #lie(entries: readonly HeldEntry[], fault: Fault): HeldEntry[] {
    if (fault === 'silent') return [];
    if (fault === 'unasked') return [...entries, { id: new Uint8Array(32), held: { state: 'unknown' } }];
    if (fault === 'forgets') this.stored.clear();
    return entries.map((entry) => lieAbout(entry, fault, this.stored.get(nameToHex(entry.id))?.head, (name) => this.#promise(name, 2000)));
  }

  #promise(id: Uint8Array, quarter: number): Promised {
    const salt = id.slice(0, 16);
    return { salt, quarter, signature: this.signer.sign(utf8(promiseText(this.#origin, id, salt, quarter))) };
  }

  #held(id: Uint8Array): Held {
    const name = toHex(id);
    const message = this.messages.get(name);
    if (message) return { state: 'message', message };
    const letGo = this.let.get(name);
    if (letGo) return { state: letGo };
    const stored = this.stored.get(name);
    if (!stored) return { state: 'unknown' };
    if (!stored.pieces.full) return { state: 'partial', pieces: stored.pieces.copy() };
    return { state: 'taken', promise: this.#promise(id, 1000), receipt: this.receipts ? this.#receipt(name) : '' };
  }

  #receipt(name: NameHex): string {
    const leaves = this.taken.map((one) => leafHash(leafEntry(fromHex(one).slice(0, 16), fromHex(one), 1000)));
    const index = this.taken.indexOf(name);
    const checkpoint = signNote(formatCheckpoint({ origin: this.#origin, size: leaves.length, root: treeRoot(leaves) }), this.signer);
    return formatTlogProof({ index, hashes: inclusionProof(leaves, index), checkpoint });
  }

  get #origin(): string {
    return this.signer.vkey.split('+')[0] ?? '';
  }
}

function lieAbout({ id, held }: HeldEntry, fault: Fault, head: ParcelHead | undefined, promise: (id: Uint8Array) => Promised): HeldEntry {
  const pieces = head?.pieces.length ?? 2;
  const about = held.state === 'taken' || held.state === 'partial';
  if (fault === 'breaks-promises' && held.state === 'taken') return { id, held: { state: 'unknown' } };
  if (fault === 'promises-twice' && held.state === 'taken') return { id, held: { ...held, promise: promise(id) } };
  if (fault === 'all-pieces' && about) return { id, held: { state: 'partial', pieces: fullBitmap(pieces) } };
  if (fault === 'other-bitmap' && about) return { id, held: { state: 'partial', pieces: new Bitmap(2 * pieces) } };
  if (fault !== 'unsigned-promises' || !about) return { id, held };
  return { id, held: { state: 'taken', promise: { ...promise(id), signature: new Uint8Array(64) }, receipt: '' } };
}

function fullBitmap(pieces: number): Bitmap {
  const full = new Bitmap(pieces);
  for (let piece = 0; piece < pieces; piece += 1) full.add(piece);
  return full;
}

async function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
