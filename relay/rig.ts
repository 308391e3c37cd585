/** For the tests of this room: a newsroom with one device, parcels, bags, and a relay on a port of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Held,
  type HeldEntry,
  type IntakeKey,
  bagMagic,
  concatBytes,
  formatBagFrame,
  formatDoors,
  formatHave,
  makeParcelHead,
  parcelName,
  parseHeld,
  pieceBytes,
  toBase64Url,
  toHex,
  tokenHash,
} from '@zajil/format';
import { type NoteSigner, createSigner, signNote, toBase64 } from '@zajil/log';
import { type Roster, appendStatement, nextLink, signRequest, verifyRoster } from '@zajil/roster';
import { onTestFinished } from 'vitest';
import { type RelayOptions, type RelayWrappers, type RunningRelay, startWrappedRelay } from './relay.ts';
import { fastSha256 } from './staging.ts';

export const day = '2026-03-01';
/** A moment on that day, in the middle of a quarter hour. */
export const dayMs = Date.parse('2026-03-01T12:07:33.123Z');

export function random(bytes: number): Uint8Array {
  return Uint8Array.from(randomBytes(bytes));
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-relay-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a desk knows and does. */
export class TestNewsroom {
  readonly device: NoteSigner = createSigner('desk-one', random(32));
  readonly keys: Uint8Array[] = [random(1216)];
  chain: string;
  doorsSeq = 0;
  tokens: Uint8Array[] = [random(16)];

  constructor() {
    const device = { vkey: this.device.vkey, recipient: toHex(random(32)) };
    const log = createSigner('newsroom-log', random(32)).vkey;
    const found = { kind: 'found', seq: 0, prev: '', day, device, log, quorum: 1, nonce: toHex(random(32)) } as const;
    this.chain = appendStatement('', found, this.device);
    this.issue(this.keys[0] ?? random(1216));
  }

  get roster(): Roster {
    return verifyRoster(this.chain, null);
  }

  get token(): string {
    return toBase64Url(this.tokens[0] ?? random(16));
  }

  /** Adds a statement that issues this intake key. */
  issue(key: Uint8Array): void {
    const issued: IntakeKey = { id: toHex(fastSha256(key)), scope: 'day', from: day, until: day, destroyed: '2026-03-15' };
    this.chain = appendStatement(this.chain, { kind: 'intake', ...nextLink(this.roster), day, keys: [issued] }, this.device);
  }

  doors(): string {
    const tokens = this.tokens.map(tokenHash).sort();
    return signNote(formatDoors({ newsroom: toHex(this.roster.name), seq: this.doorsSeq, tokens }), this.device);
  }

  async write(folder: string): Promise<void> {
    await mkdir(join(folder, 'public', 'keys'), { recursive: true });
    for (const key of this.keys) await writeFile(join(folder, 'public', 'keys', `${toHex(fastSha256(key))}.key`), key);
    await writeFile(join(folder, 'public', 'roster.txt'), this.chain);
    await writeFile(join(folder, 'public', 'doors.txt'), this.doors());
  }

  body(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify({ roster: this.chain, keys: this.keys.map(toBase64), doors: this.doors() }));
  }

  /** A signed request to a desk door. */
  async ask(
    relay: { url: string },
    method: string,
    path: string,
    body: Uint8Array = new Uint8Array(0),
    more: AskMore = {},
  ): Promise<Response> {
    const url = relay.url + path;
    const nonce = more.nonce ?? toBase64Url(random(16));
    const asked = more.relay ?? (await (await fetch(`${relay.url}/v1/relay`)).text()).trim();
    const signer = more.signer ?? this.device;
    const headers = signRequest({ method, url, body, signer, relay: asked, nowMs: more.nowMs ?? Date.now(), nonce });
    const init = { method, headers: { ...headers, ...more.headers } };
    return await fetch(url, body.length > 0 ? { ...init, body: body as Uint8Array<ArrayBuffer> } : init);
  }
}

interface AskMore {
  readonly nonce?: string;
  readonly nowMs?: number;
  readonly signer?: NoteSigner;
  /** Verifier key of the relay for which it is signed; the one that is asked unless said otherwise. */
  readonly relay?: string;
  readonly headers?: Record<string, string>;
}

/** A parcel of random bytes, as a relay sees any. */
export class TestParcel {
  readonly bytes: Uint8Array;
  readonly head: Uint8Array;
  readonly name: Uint8Array;

  constructor(kibibytes = 32) {
    this.bytes = random(kibibytes * 1024);
    this.head = makeParcelHead(this.bytes, fastSha256);
    this.name = parcelName(this.head, fastSha256);
  }

  get hex(): string {
    return toHex(this.name);
  }

  get count(): number {
    return this.bytes.length / pieceBytes;
  }

  headFrame(): Uint8Array {
    return formatBagFrame({ kind: 'head', head: this.head });
  }

  nameFrame(): Uint8Array {
    return formatBagFrame({ kind: 'name', name: this.name });
  }

  pieceFrame(index: number): Uint8Array {
    return formatBagFrame({ kind: 'piece', index, bytes: this.bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes) });
  }

  /** Head, and these pieces or all. */
  frames(indexes: readonly number[] = [...Array(this.count).keys()]): Uint8Array[] {
    return [this.headFrame(), ...indexes.map((index) => this.pieceFrame(index))];
  }
}

export function bag(...frames: readonly (Uint8Array | readonly Uint8Array[])[]): Uint8Array {
  return concatBytes(bagMagic, ...frames.flat());
}

export async function send(relay: { url: string }, token: string, body: Uint8Array | ReadableStream<Uint8Array>): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.zajil.bag' };
  return await fetch(`${relay.url}/v1/bag`, {
    method: 'POST',
    headers,
    body: body as Uint8Array<ArrayBuffer>,
    duplex: 'half',
  } as RequestInit);
}

export async function upload(relay: { url: string }, token: string, body: Uint8Array): Promise<Held[]> {
  return (await entriesOf(await send(relay, token, body))).map((entry) => entry.held);
}

export async function have(relay: { url: string }, token: string, ...ids: Uint8Array[]): Promise<Held[]> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${relay.url}/v1/have`, { method: 'POST', headers, body: formatHave(ids) as Uint8Array<ArrayBuffer> });
  return (await entriesOf(answer)).map((entry) => entry.held);
}

async function entriesOf(answer: Response): Promise<HeldEntry[]> {
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return parseHeld(new Uint8Array(await answer.arrayBuffer()));
}

export async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
}

export interface Rig {
  readonly relay: RunningRelay;
  readonly newsroom: TestNewsroom;
  readonly folder: string;
  readonly newsroomFolder: string;
  readonly token: string;
  /** Stops the relay and starts it again on the same folder. */
  readonly restart: (more?: Partial<RelayOptions>, wrappers?: RelayWrappers) => Promise<RunningRelay>;
}

/** A newsroom in a folder and a relay that serves it; both end with the test. */
export async function startRig(more: Partial<RelayOptions> = {}, wrappers: RelayWrappers = {}): Promise<Rig> {
  const folder = join(await freshFolder(), 'relay');
  const newsroomFolder = await freshFolder();
  const newsroom = new TestNewsroom();
  await newsroom.write(newsroomFolder);
  let relay: RunningRelay | null = null;
  const start = async (more: Partial<RelayOptions> = {}, wrappers: RelayWrappers = {}): Promise<RunningRelay> => {
    await relay?.stop();
    relay = await startWrappedRelay({ folder, host: '127.0.0.1', port: 0, newsroomFolder, ...more }, wrappers);
    return relay;
  };
  onTestFinished(async () => await relay?.stop());
  const first = await start(more, wrappers);
  return { relay: first, newsroom, folder, newsroomFolder, token: newsroom.token, restart: start };
}

/** A connection on which a test says exactly the bytes it wants to. */
export class RawLine {
  readonly socket: Socket;
  #heard = '';
  readonly closed: Promise<void>;

  constructor(relay: { url: string }) {
    const { hostname, port } = new URL(relay.url);
    this.socket = connect(Number(port), hostname);
    this.socket.on('data', (chunk) => (this.#heard += chunk.toString('latin1')));
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    onTestFinished(() => void this.socket.destroy());
  }

  /** Begins a bag of so many bytes, or of as many as come when it is not said. */
  beginBag(token: string, bytes: number): void {
    const head = ['POST /v1/bag HTTP/1.1', 'host: relay', `authorization: Bearer ${token}`, `content-length: ${bytes}`];
    this.socket.write(`${head.join('\r\n')}\r\n\r\n`);
  }

  async say(bytes: Uint8Array): Promise<void> {
    await new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  get heard(): string {
    return this.#heard;
  }
}

/** Waits until it is so; fails after five seconds. */
export async function until(so: () => Promise<boolean> | boolean): Promise<void> {
  for (let i = 0; i < 250; i += 1) {
    if (await so()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('waited in vain');
}
