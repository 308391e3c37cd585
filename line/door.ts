/**
 * The doors of one relay, as a phone uses them. `docs/protocol.md` section "Relay".
 *
 * No cookies, no referrer, no cache, no redirects: a sign-in page of a café's network answers with one. Every answer is
 * bounded before it is read.
 */
import { type HeldEntry, bagType, formatHave, giveBack, fromUtf8, isSafeTransport, parseHeld, toBase64Url } from '@zajil/format';
import { LineError } from './refusal.ts';

export type Fetch = typeof globalThis.fetch;

/** An answer lists at most what a bag touched, and 16 receipts of a few KiB. */
const mostHeldBytes = 1024 * 1024;

export class RelayDoor {
  readonly base: string;
  readonly #authorization: string;
  readonly #fetch: Fetch;

  /** @throws LineError `LINE_NOT_SAFE` for plain HTTP beyond loopback, onion addresses and `plain` invitations */
  constructor(base: string, access: { token: Uint8Array; plain: boolean }, fetch: Fetch) {
    if (!isSafeTransport(base, access.plain)) throw new LineError('LINE_NOT_SAFE');
    this.base = base;
    this.#authorization = `Bearer ${toBase64Url(access.token)}`;
    this.#fetch = fetch;
  }

  /** Leaves a bag. Once it is answered, the body's memory is given back. @throws LineError */
  async bag(body: Uint8Array, signal: AbortSignal): Promise<HeldEntry[]> {
    const held = await this.#held('/v1/bag', body, signal);
    giveBack(body);
    return held;
  }

  /** Asks about at most 16 ids. @throws LineError */
  have(ids: readonly Uint8Array[], signal: AbortSignal): Promise<HeldEntry[]> {
    return this.#held('/v1/have', formatHave(ids), signal);
  }

  /** A public text. @throws LineError */
  async text(path: string, mostBytes: number, signal: AbortSignal): Promise<string> {
    return fromUtf8(await this.bytes(path, mostBytes, signal));
  }

  /** Public bytes. @throws LineError */
  async bytes(path: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#send(path, { method: 'GET', signal }, mostBytes);
  }

  async #held(path: string, body: Uint8Array, signal: AbortSignal): Promise<HeldEntry[]> {
    const headers = { authorization: this.#authorization, 'content-type': bagType };
    const bytes = await this.#send(path, { method: 'POST', headers, body: body as BodyInit, signal }, mostHeldBytes);
    try {
      return parseHeld(bytes);
    } catch (cause) {
      throw new LineError('LINE_BAD_ANSWER', cause);
    }
  }

  async #send(path: string, init: RequestInit, mostBytes: number): Promise<Uint8Array> {
    try {
      const response = await this.#fetch(`${this.base}${path}`, {
        ...init,
        // A post is not kept anyway, and a browser asks leave anew for each one that says so: a round trip.
        ...(init.method === 'GET' && { cache: 'no-store' as const }),
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw refusalOf(response.status);
      }
      return await readBounded(response, mostBytes);
    } catch (cause) {
      throw cause instanceof LineError ? cause : new LineError('LINE_WAITING', cause);
    }
  }
}

export function doorOf(doors: ReadonlyMap<string, RelayDoor>, relay: string): RelayDoor {
  const door = doors.get(relay);
  if (!door) throw new RangeError('no such relay');
  return door;
}

function refusalOf(status: number): LineError {
  if (status === 401 || status === 403) return new LineError('LINE_CLOSED_DOOR');
  if (status === 413 || status === 429 || status === 503 || status === 507) return new LineError('LINE_RELAY_FULL');
  if (status === 404) return new LineError('LINE_NO_NEWSROOM');
  return new LineError('LINE_BAD_ANSWER');
}

async function readBounded(response: Response, mostBytes: number): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    length += next.value.length;
    if (length > mostBytes) {
      await reader?.cancel();
      throw new LineError('LINE_BAD_ANSWER');
    }
    chunks.push(next.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
