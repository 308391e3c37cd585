/**
 * How requests reach a relay: by the platform's `fetch`, or by a wire that dials itself (`dialled-wire.ts`, Node).
 * `docs/protocol.md` section "Sending".
 *
 * A *lane* is one connection. What is sent on a lane arrives in the order in which it was given; when a lane ends, all
 * that was under way on it ends with it.
 */
import { giveBack } from '@zajil/format';
import { LineError } from './refusal.ts';

export type Fetch = typeof globalThis.fetch;

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** From the relay's base address on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** An answer is not read beyond this. */
  readonly mostBytes: number;
}

export interface WireAnswer {
  readonly status: number;
  /** Empty unless the status is 200. */
  readonly bytes: Uint8Array;
}

/** Bags travel on lanes from 0 on; questions beside them have a lane of their own. */
export type Lane = number;
export const askingLane: Lane = -1;
/** New words that overtake a running upload. */
export const overtakingLane: Lane = -2;

export interface DialPace {
  /** Milliseconds between two attempts. */
  readonly everyMs: number;
  /** Milliseconds for which each of them is kept. */
  readonly keepMs: number;
  /** Until it is given up for now. */
  readonly attempts: number;
}

export interface Wire {
  /** Bags that may be under way on one lane: more than one where they follow each other without waiting for an answer. */
  readonly depth: number;
  /** Most lanes that carry bags. */
  readonly lanes: number;
  /**
   * Opens a connection beside those that stand, and returns how long the attempt took that did it, in milliseconds; 0 when one
   * was open and unused. Beside the attempts that the pace asks for, a patient one is in the air, for a line that is only far
   * away. Null where the platform does not tell. @throws LineError `LINE_WAITING`
   */
  readonly dial: ((pace: DialPace, signal: AbortSignal) => Promise<number>) | null;
  /** @throws LineError `LINE_WAITING`, with a `NeverLeft` as its cause when certainly no byte of it left; `LINE_BAD_ANSWER` */
  send(lane: Lane, request: WireRequest, signal: AbortSignal): Promise<WireAnswer>;
  /** Puts the lanes aside: what is under way on them stays, and what is sent from now on goes over the connection just dialled. */
  shelve(): void;
  /** Ends every connection that is not aside, with what is under way on it. */
  hangUp(): void;
}

/** No byte of the request was given to the line. */
export class NeverLeft extends Error {}

/** Did any byte of what was refused so perhaps leave? */
export function mayHaveLeft(error: unknown): boolean {
  return !(error instanceof LineError && error.cause instanceof NeverLeft);
}

/**
 * The platform's own `fetch`, in every browser. It hides which connection carries what, so every bag has one of its own.
 *
 * No cookies, no referrer, no cache, no redirects: a sign-in page of a café's network answers with one.
 */
export function fetchWire(base: string, fetch: Fetch): Wire {
  const send = async (_: Lane, request: WireRequest, signal: AbortSignal): Promise<WireAnswer> => {
    try {
      const response = await fetch(`${base}${request.path}`, { ...initOf(request), signal });
      // A request has its own copy of its body (Fetch standard, "extract a body").
      if (request.body && response.status === 200) giveBack(request.body);
      if (response.status === 200) return { status: 200, bytes: await readBounded(response, request.mostBytes) };
      await response.body?.cancel();
      return { status: response.status, bytes: new Uint8Array(0) };
    } catch (cause) {
      throw cause instanceof LineError ? cause : new LineError('LINE_WAITING', cause);
    }
  };
  return { depth: 1, lanes: 2, dial: null, send, shelve: () => undefined, hangUp: () => undefined };
}

function initOf({ method, headers, body }: WireRequest): RequestInit {
  return {
    method,
    headers,
    ...(body && { body: body as BodyInit }),
    // A post is not kept anyway, and a browser asks leave anew for each one that says so: a round trip.
    ...(method === 'GET' && { cache: 'no-store' as const }),
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  };
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
  return joinChunks(chunks, length);
}

export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
