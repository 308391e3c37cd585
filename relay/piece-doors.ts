/**
 * The desks' doors to what is not whole yet: which parcels, their pieces, and pieces that a desk has from elsewhere, so
 * that what is here, at other relays and on cards adds up. `docs/protocol.md` sections "Desk requests", "Relay".
 */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { Bitmap, FormatError, bagType, fromBase64Url, toBase64Url } from '@zajil/format';
import { BagReader, type Meter } from './bag-door.ts';
import { type GateParts, type Request, checkDevice, checkHead, checkRequest, misunderstood } from './desk-request.ts';
import type { Mailbox } from './mailbox.ts';
import { RelayError } from './relay-error.ts';
import { wholeBody } from './request-body.ts';

export interface PieceParts extends GateParts {
  readonly mailbox: Mailbox;
}

/** A page of names and bitmaps of at most 160 kB. */
const mostListed = 1000;
const mostBagBytes = 4 * 1024 * 1024;
/** As many bags of desks are held in memory at once. */
const mostBags = 4;
/** As much of a bag becomes frames at once. */
const stepBytes = 64 * 1024;
/** The quota of the relay bounds what a desk begins. */
const unmetered: Meter = { begin: () => undefined, whole: () => undefined };

export function pieceDoors(parts: PieceParts): Hono<{ Bindings: HttpBindings }> {
  const { mailbox } = parts;
  const doors = new Hono<{ Bindings: HttpBindings }>();
  let bags = 0;
  doors.get('/v1/desk/partials', async (request) => {
    await checkDevice(parts, request);
    const after = request.req.query('after') ?? '';
    if (!/^(?:[0-9a-f]{64})?$/.test(after)) throw misunderstood();
    const { partials, next } = await mailbox.partials(after, mostListed);
    return request.json({
      partials: partials.map(({ name, bytes, pieces }) => ({ name, bytes, pieces: pieces.count, held: toBase64Url(pieces.bytes) })),
      next,
    });
  });
  doors.get('/v1/desk/pieces/:name{[0-9a-f]{64}}', async (request) => {
    await checkDevice(parts, request);
    const bag = await mailbox.stagedBag(request.req.param('name'), (pieces) => parseBut(request.req.query('but'), pieces));
    if (bag === null) throw new RelayError('RELAY_NOT_FOUND', 'Nothing of this parcel waits here to become whole.');
    return new Response(bag as Uint8Array<ArrayBuffer>, { headers: { 'content-type': bagType } });
  });
  doors.post('/v1/desk/bag', async (request) => {
    await parts.folder?.refresh(false);
    checkHead(parts, request);
    if (bags >= mostBags) throw new RelayError('RELAY_BUSY', 'Other bags of the newsroom are being read. What is held is safe. Try again.');
    bags += 1;
    try {
      return await takeBag(parts, request);
    } finally {
      bags -= 1;
    }
  });
  return doors;
}

async function takeBag(parts: PieceParts, request: Request): Promise<Response> {
  const body = await wholeBody(request.env.incoming, mostBagBytes);
  await checkRequest(parts, request, body, parts.newsroom.roster);
  const held = await new BagReader(parts.mailbox, unmetered, '').read(steps(body));
  return new Response(held as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
}

async function* steps(body: Uint8Array): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < body.length; at += stepBytes) yield body.subarray(at, at + stepBytes);
}

/** Pieces to be left out: a bitmap in base64url, of the parcel's own size. @throws RelayError `RELAY_REQUEST` */
function parseBut(text: string | undefined, pieces: number): Bitmap | null {
  if (text === undefined) return null;
  try {
    return new Bitmap(pieces, fromBase64Url(text));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw misunderstood(cause);
  }
}
