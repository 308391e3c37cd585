/**
 * Speaks to one relay as the newsroom. What it says is untrusted: sizes are bounded, shapes checked, parcels proved by
 * their names elsewhere. `docs/protocol.md` section "Relay".
 */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import {
  type Bitmap,
  type HeldEntry,
  type NameHex,
  bagType,
  concatBytes,
  giveBack,
  parcelHeadBytes,
  parseHeld,
  pieceFrameBytes,
  toBase64Url,
  toHex,
  utf8,
} from '@zajil/format';
import { type NoteSigner, parseVkey } from '@zajil/log';
import { isRequestTag, signRequest } from '@zajil/roster';
import { DeskError } from '../refusal.ts';
import { type Listed, listedSchema } from '../vault/desk-record.ts';
import { type StagedThere, readStaged, stagedSchema } from './staged-there.ts';

const answerMs = 30_000;
/** A bag of 2 MiB over a line of 20 kB/s. */
const bagMs = 120_000;
/** A bag touches fewer parcels than this, each answered with a promise and at most 16 with a receipt. */
const mostHeldBytes = 512 * 1024;
const mostListBytes = 1024 * 1024;
const listSchema = v.object({ parcels: v.pipe(v.array(listedSchema), v.maxLength(1000)), next: v.unknown() });
const partialsSchema = v.object({ partials: v.pipe(v.array(stagedSchema), v.maxLength(1000)), next: v.pipe(v.string(), v.maxLength(64)) });
const errorSchema = v.object({ code: v.string() });

export interface RelayClientOptions {
  readonly base: string;
  readonly signer: NoteSigner;
  readonly now: () => number;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly method?: string;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly type?: string;
  /** Most bytes of an answer. */
  readonly most: number;
  /** Milliseconds for all of it; usually `answerMs`. */
  readonly withinMs?: number;
  /** Public things are asked for without saying who asks. */
  readonly isPublic?: boolean;
}

export class RelayClient {
  readonly base: string;
  readonly #options: RelayClientOptions;
  /** Requests are signed for this relay alone. */
  #vkey = '';

  constructor(options: RelayClientOptions) {
    this.base = options.base;
    this.#options = options;
  }

  /** The verifier key of the relay's log. @throws DeskError `DESK_RELAY_UNREACHABLE`, `DESK_RELAY_REFUSED`, `DESK_RELAY_ANSWER` */
  async vkey(): Promise<string> {
    const text = new TextDecoder().decode(await this.#ask('/v1/relay', { most: 1000, isPublic: true })).trim();
    try {
      parseVkey(text);
    } catch (cause) {
      throw malformed(cause);
    }
    if (!isRequestTag(text)) throw malformed();
    this.#vkey = text;
    return text;
  }

  /** Tells the relay who the newsroom is, which keys and doors it has. */
  async pushNewsroom(newsroom: { roster: string; keys: Iterable<Uint8Array>; doors: string }): Promise<void> {
    const keys = Array.from(newsroom.keys, (key) => Buffer.from(key).toString('base64'));
    const body = new Uint8Array(utf8(JSON.stringify({ roster: newsroom.roster, keys, doors: newsroom.doors })));
    await this.#ask('/v1/desk/newsroom', { method: 'POST', body, type: 'application/json', most: 1000 });
  }

  /** Up to 1000 parcels with a higher number, ascending. */
  async parcels(after: number): Promise<Listed[]> {
    const { parcels } = parseAnswer(listSchema, await this.#ask(`/v1/desk/parcels?after=${after}`, { most: mostListBytes }));
    if (parcels.some((parcel, i) => parcel.seq <= (parcels[i - 1]?.seq ?? after))) throw malformed();
    return parcels;
  }

  /** The parcel's bytes, not proved yet. @throws DeskError `DESK_RELAY_REFUSED` also when it does not have them */
  async parcel(name: string, bytes: number): Promise<Uint8Array> {
    return this.#ask(`/v1/desk/parcel/${name}`, { most: bytes });
  }

  /** Up to 1000 parcels that are not whole there, of higher names; `next` is '' at the end. Whether it is true shows when they come. */
  async partials(after: string): Promise<{ partials: StagedThere[]; next: string }> {
    const bytes = await this.#ask(`/v1/desk/partials?after=${after}`, { most: mostListBytes });
    const { partials, next } = parseAnswer(partialsSchema, bytes);
    if (partials.some(({ name }, i) => name <= (partials[i - 1]?.name ?? after) || name > next)) throw malformed();
    return { partials: readAll(partials), next: next > after ? next : '' };
  }

  /** A bag of pieces of a parcel that is not whole there, nothing of it proved. @param but - those that need not come */
  async pieces(name: NameHex, but: Bitmap): Promise<Uint8Array> {
    const bytes = but.size * pieceFrameBytes + parcelHeadBytes(1024 * 1024) + 100;
    return this.#ask(`/v1/desk/pieces/${name}?but=${toBase64Url(but.bytes)}`, { most: bytes, withinMs: bagMs });
  }

  /** Hands pieces to the relay. Returns what it says that it holds of each parcel touched. @param bag - at most 4 MiB */
  async pushBag(bag: Uint8Array): Promise<HeldEntry[]> {
    const body = new Uint8Array(bag);
    const asked = { method: 'POST', body, type: bagType, most: mostHeldBytes, withinMs: bagMs };
    const answer = await this.#ask('/v1/desk/bag', asked);
    try {
      return parseHeld(answer);
    } catch (cause) {
      throw malformed(cause);
    }
  }

  /** Leaves a sealed message for a phone. @param message - 512 bytes */
  async putMessage(address: Uint8Array, message: Uint8Array): Promise<void> {
    await this.#ask(`/v1/desk/message/${toHex(address)}`, { method: 'PUT', body: new Uint8Array(message), most: 1000 });
  }

  async #ask(path: string, asked: Asked): Promise<Uint8Array> {
    const { method = 'GET', body = new Uint8Array(0), type = 'application/octet-stream' } = asked;
    const url = `${this.base}${path}`;
    const headers = {
      ...(asked.isPublic ? {} : await this.#sign(method, url, body)),
      ...(method === 'GET' ? {} : { 'content-type': type }),
    };
    const signal = AbortSignal.any([this.#options.signal, AbortSignal.timeout(asked.withinMs ?? answerMs)]);
    try {
      const init = { method, headers, redirect: 'error' as const, signal };
      const response = await this.#options.fetch(url, method === 'GET' ? init : { ...init, body });
      if (!response.ok) throw await refused(response);
      return await readAtMost(response, asked.most);
    } catch (cause) {
      if (cause instanceof DeskError) throw cause;
      throw new DeskError(
        'DESK_RELAY_UNREACHABLE',
        'The relay does not answer. What is here is safe, and phones keep what they have. It will be tried again.',
        cause,
      );
    }
  }

  async #sign(method: string, url: string, body: Uint8Array): Promise<Record<string, string>> {
    const { signer, now } = this.#options;
    const relay = this.#vkey || (await this.vkey());
    return signRequest({ method, url, body, signer, relay, nowMs: now(), nonce: toBase64Url(randomBytes(18)) });
  }
}

function readAll(partials: Parameters<typeof readStaged>[0][]): StagedThere[] {
  try {
    return partials.map(readStaged);
  } catch (cause) {
    throw malformed(cause);
  }
}

function parseAnswer<S extends v.GenericSchema>(schema: S, bytes: Uint8Array): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw malformed(cause);
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw malformed();
  return result.output;
}

async function refused(response: Response): Promise<DeskError> {
  const text = new TextDecoder().decode(await readAtMost(response, 4096).catch(() => new Uint8Array(0)));
  const code = parseCode(text);
  const sentence = 'The relay refused the newsroom. What is here is safe. Ask its operator whether it serves this newsroom and has room.';
  return new DeskError('DESK_RELAY_REFUSED', sentence, new Error(`${response.status} ${code}`));
}

/** A code is shown to programs only in the safe alphabet of codes. */
function parseCode(text: string): string {
  try {
    const result = v.safeParse(errorSchema, JSON.parse(text));
    return result.success && /^[A-Z_]{1,60}$/.test(result.output.code) ? result.output.code : '';
  } catch {
    return '';
  }
}

async function readAtMost(response: Response, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) throw malformed();
    chunks.push(chunk);
  }
  const whole = concatBytes(...chunks);
  for (const chunk of chunks) giveBack(chunk);
  return whole;
}

function malformed(cause?: unknown): DeskError {
  return new DeskError(
    'DESK_RELAY_ANSWER',
    'The relay gave an answer that makes no sense. It was not used; what is here is safe. Tell its operator.',
    cause,
  );
}
