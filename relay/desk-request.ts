/**
 * Who asks at a desk's door: a device of the roster, for this relay, now, once. `docs/protocol.md` section
 * "Desk requests".
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { Refusal, quarterOf } from '@zajil/format';
import { type Roster, requestSkewMs, verifyRequest, verifyRequestHead } from '@zajil/roster';
import type { Newsroom } from './newsroom.ts';
import type { NewsroomFolder } from './newsroom-folder.ts';
import { RelayError } from './relay-error.ts';
import type { RelayIndex } from './relay-index.ts';
import { wholeBody } from './request-body.ts';

export interface GateParts {
  readonly newsroom: Newsroom;
  readonly folder: NewsroomFolder | null;
  /** Keeps the nonces. */
  readonly index: RelayIndex;
  /** Verifier key of this relay's log: a request made for another relay is not for this one. */
  readonly vkey: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export type Request = Context<{ Bindings: HttpBindings }>;

const nonceQuarters = Math.ceil((2 * requestSkewMs) / 900_000) + 1;

/** Reads the body and checks that a device of the newsroom sent it now, once. */
export async function checkDevice(parts: GateParts, request: Request, mostBytes = 0): Promise<Uint8Array> {
  const body = await wholeBody(request.env.incoming, mostBytes);
  await parts.folder?.refresh(false);
  await checkRequest(parts, request, body, parts.newsroom.roster);
  return body;
}

/** @throws RelayError `RELAY_SIGNATURE`, `RELAY_REPLAY` */
export async function checkRequest(parts: GateParts, request: Request, body: Uint8Array, roster: Roster): Promise<void> {
  const head = headOf(parts, request, roster);
  const signed = signedBy(() => verifyRequest({ ...head, body }));
  const quarter = quarterOf(head.nowMs);
  if (await parts.index.useNonce(`${signed.nonce} ${signed.vkey}`, quarter + nonceQuarters, quarter)) return;
  throw new RelayError('RELAY_REPLAY', 'This request was made before. Nothing was changed. Sign a new one.');
}

/**
 * Did a device sign for the body that the head announces? So that nobody else is listened to for megabytes; it proves
 * nothing of the body that comes. @throws RelayError `RELAY_SIGNATURE`
 */
export function checkHead(parts: GateParts, request: Request): void {
  signedBy(() => verifyRequestHead(headOf(parts, request, parts.newsroom.roster)));
}

function headOf({ vkey, now }: GateParts, request: Request, roster: Roster): Parameters<typeof verifyRequestHead>[0] {
  const [path = '', query = ''] = (request.env.incoming.url ?? '').split(/\?(.*)/s, 2);
  const vkeys = roster.devices.map((device) => device.vkey);
  return { method: request.req.method, path, query, headers: request.req.raw.headers, vkeys, relay: vkey, nowMs: now() };
}

/** What a door answers to a request that is not of its kind. */
export function misunderstood(cause?: unknown): RelayError {
  return new RelayError('RELAY_REQUEST', 'The request was not understood. Nothing was changed.', cause);
}

function signedBy<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new RelayError(
      'RELAY_SIGNATURE',
      'The request is not signed by a device of this newsroom for this relay, or was signed at another time. Check the clock, and try again.',
      cause,
    );
  }
}
