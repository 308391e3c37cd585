/** For the tests of this room: a founded newsroom in a folder of its own, and parcels sealed for it as a phone does. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Words, type WordsFile, formatWords, readPlaintext, toHex, wordsType } from '@zajil/format';
import { foundNewsroom } from '@zajil/keys';
import { createSigner } from '@zajil/log';
import { chooseIntakeKey, verifyRequest, verifyRoster } from '@zajil/roster';
import { type SealedParcel, WholeSealer, sealBytes } from '@zajil/seal';
import { onTestFinished } from 'vitest';
import { type Newsroom, openNewsroom } from './newsroom.ts';

export const passphrase = 'a passphrase for tests';
export const cost = { memoryKib: 64, passes: 1, lanes: 1 };
export const startMs = Date.parse('2026-11-20T10:07:00Z');
export const canary = 'Qamishli-canary-7731';

export function random(bytes: number): Uint8Array {
  return new Uint8Array(randomBytes(bytes));
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-desk-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function founded(): Promise<string> {
  const folder = await freshFolder();
  (await foundNewsroom({ folder, name: `Newsroom ${canary}`, member: `Member ${canary}`, passphrase, now: () => startMs, cost })).lock();
  return folder;
}

export async function opened(folder: string, more: { now?: () => number } = {}): Promise<Newsroom> {
  const newsroom = await openNewsroom({ folder, passphrase, now: () => startMs, ...more });
  onTestFinished(async () => newsroom.lock());
  return newsroom;
}

/** Seals one dispatch with one file, for the newsroom in this folder. */
export class Contact {
  readonly dispatch: Uint8Array = random(16);
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async #recipient(scope: 'day' | 'month'): Promise<Uint8Array> {
    const roster = verifyRoster(await readFile(join(this.#folder, 'public', 'roster.txt'), 'utf8'), null);
    const { id } = chooseIntakeKey(roster, scope, '2026-11-20');
    return new Uint8Array(await readFile(join(this.#folder, 'public', 'keys', `${id}.key`)));
  }

  async words(files: Words['files'] = []): Promise<SealedParcel[]> {
    const content = formatWords({ v: 1, text: `Words ${canary}`, written: '2026-11-20T10:00Z', place: canary, urgent: false, files });
    return sealBytes({ dispatch: this.dispatch, layer: 'words', file: 0, view: 0, type: wordsType }, content, await this.#recipient('day'));
  }

  async layer(layer: 'glance' | 'cut', content: Uint8Array, type: string): Promise<SealedParcel[]> {
    return sealBytes({ dispatch: this.dispatch, layer, file: 0, view: 0, type }, content, await this.#recipient('day'));
  }

  /** Every part of the original, then its tally. */
  async whole(content: Uint8Array, type: string): Promise<SealedParcel[]> {
    const sealer = new WholeSealer({
      stream: { dispatch: this.dispatch, layer: 'whole', file: 0, view: 0, type },
      source: { bytes: content.length, read: async (offset, length) => content.subarray(offset, offset + length) },
      recipient: await this.#recipient('month'),
    });
    const parcels: SealedParcel[] = [];
    for (let parcel = await sealer.next(); parcel; parcel = await sealer.next()) parcels.push(parcel);
    return [...parcels, ...(await sealer.tally())];
  }
}

/**
 * A shelf that answers the desk as a relay does, and can be told to fail in each way that matters to it. It checks the
 * desk's signatures; the relay itself meets the desk in the journeys.
 */
export class Shelf {
  readonly vkey: string = createSigner('shelf/log', random(32)).vkey;
  readonly messages = new Map<string, Uint8Array>();
  readonly #parcels: { name: string; bytes: Uint8Array }[] = [];
  /** Names that are listed and not delivered. */
  readonly withheld = new Set<string>();
  /** Stops answering after so many parcels were fetched. */
  diesAfter: number = Number.POSITIVE_INFINITY;
  /** Of arrival, as it lists every parcel. */
  quarter = 1_994_600;
  /** What it lists as every parcel's length, when not the true one. */
  listedBytes: number | null = null;
  /** Its clock. */
  nowMs: number = startMs;
  onFetched = (): void => {};
  /** What is said at the doors of what is not whole; null leaves it to the others. */
  answerPieces = (url: URL, _body: Uint8Array): string | Uint8Array | null =>
    url.pathname === '/v1/desk/partials' ? JSON.stringify({ partials: [], next: '' }) : null;
  fetched = 0;
  pushed = 0;
  devices: string[] = [];
  base = '';

  put(...parcels: readonly { name: Uint8Array; bytes: Uint8Array }[]): void {
    for (const { name, bytes } of parcels) this.#parcels.push({ name: toHex(name), bytes });
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (this.fetched >= this.diesAfter) return request.socket.destroy();
        const url = new URL(request.url ?? '/', 'http://shelf');
        const body = new Uint8Array(Buffer.concat(chunks));
        const headers = new Headers(Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]));
        if (url.pathname === '/v1/desk/newsroom') this.#learn(body);
        const { pathname: path, search: query } = url;
        const isSigned = () =>
          verifyRequest({
            method: request.method ?? '',
            path,
            query,
            headers,
            body,
            vkeys: this.devices,
            relay: this.vkey,
            nowMs: this.nowMs,
          });
        try {
          if (path.startsWith('/v1/desk/')) isSigned();
        } catch {
          return response.writeHead(401).end();
        }
        const answer = this.#answer(url, body);
        return response.writeHead(answer === null ? 404 : 200).end(answer ?? '{"code":"RELAY_NOT_HERE","message":""}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    this.base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return this;
  }

  #learn(body: Uint8Array): void {
    const { roster } = JSON.parse(Buffer.from(body).toString()) as { roster: string };
    this.devices = verifyRoster(roster, null).devices.map(({ vkey }) => vkey);
    this.pushed += 1;
  }

  #answer(url: URL, body: Uint8Array): string | Uint8Array | null {
    if (url.pathname === '/v1/relay') return this.vkey;
    if (url.pathname === '/v1/desk/newsroom') return '';
    if (url.pathname === '/v1/desk/parcels') return this.#list(Number(url.searchParams.get('after')));
    const ofPieces = this.answerPieces(url, body);
    if (ofPieces !== null) return ofPieces;
    const last = url.pathname.split('/').at(-1) ?? '';
    if (url.pathname.startsWith('/v1/desk/message/')) {
      this.messages.set(last, body);
      return '';
    }
    this.fetched += 1;
    this.onFetched();
    return this.withheld.has(last) ? null : (this.#parcels.find(({ name }) => name === last)?.bytes ?? null);
  }

  #list(after: number): string {
    const all = this.#parcels.map(({ name, bytes }, i) => ({
      seq: i + 1,
      name,
      bytes: this.listedBytes ?? bytes.length,
      salt: '00'.repeat(16),
      quarter: this.quarter,
    }));
    const parcels = all.filter(({ seq }) => seq > after).slice(0, 1000);
    return JSON.stringify({ parcels, next: parcels.at(-1)?.seq ?? after });
  }
}

/** Every file below a folder, with its bytes. */
export async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.set(name, await readFile(path));
  }
  return files;
}

/** What the words announce of `original`. */
export const film: WordsFile = { kind: 'video', type: 'video/mp4', name: `${canary}.mp4`, bytes: 2_500_000 };
export const original: Uint8Array = new Uint8Array(2_500_000).map((_, i) => (i * 7 + (i >> 9)) & 255);
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A newsroom with one relay that has nothing yet, and a contact. */
export async function withShelf(): Promise<{ folder: string; newsroom: Newsroom; shelf: Shelf; contact: Contact }> {
  const folder = await founded();
  const newsroom = await opened(folder);
  const shelf = await new Shelf().start();
  await newsroom.invite({ relay: shelf.base, label: canary, plain: false });
  return { folder, newsroom, shelf, contact: new Contact(folder) };
}

/** The original of an exhibit, or a stretch of it. */
export async function readAll(newsroom: Newsroom, exhibit: string, from = 0, to?: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const range = to === undefined ? undefined : { from, to };
  for await (const chunk of newsroom.readLayer(exhibit, 0, 'whole', 0, range)) chunks.push(readPlaintext(chunk));
  return Buffer.concat(chunks);
}
