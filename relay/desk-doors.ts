/**
 * The doors of the newsroom's own desks: what came in, the parcels, messages to phones, news of the newsroom, and
 * (`piece-doors.ts`) what is not whole yet.
 * Every request is signed by a device of the roster and taken once. `docs/protocol.md` sections "Desk requests", "Relay".
 */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { fromHex, giveBack, messageBytes, nameToHex, toHex } from '@zajil/format';
import { fromBase64 } from '@zajil/log';
import { type Request, checkDevice, checkHead, checkRequest, misunderstood } from './desk-request.ts';
import { type PieceParts, pieceDoors } from './piece-doors.ts';
import type { RelayBlobs } from './relay-blobs.ts';
import { RelayError } from './relay-error.ts';
import type { NewsroomRecord } from './relay-index.ts';
import { wholeBody } from './request-body.ts';

export interface DeskParts extends PieceParts {
  readonly blobs: RelayBlobs;
  /** May the first newsroom that speaks to this relay have it? Not when a folder says whose it is. */
  readonly adopt: boolean;
}

const mostListed = 1000;
/** A roster of 4 MB, ten thousand doors, and 512 keys in base64. */
const mostNewsroomBytes = 8 * 1024 * 1024;

export function deskDoors(parts: DeskParts): Hono<{ Bindings: HttpBindings }> {
  const { index } = parts;
  const doors = new Hono<{ Bindings: HttpBindings }>();
  doors.get('/v1/desk/parcels', async (request) => {
    await checkDevice(parts, request);
    const after = parseNumber(request.req.query('after') ?? '0');
    const rows = await index.parcelsAfter(after, mostListed);
    const parcels = rows.map(({ seq, name, bytes, promised }) => {
      return { seq, name: toHex(name), bytes, salt: toHex(promised.salt), quarter: promised.quarter };
    });
    return request.json({ parcels, next: rows.at(-1)?.seq ?? after });
  });
  doors.get('/v1/desk/parcel/:name{[0-9a-f]{64}}', async (request) => {
    await checkDevice(parts, request);
    return await answerParcel(parts.blobs, request.req.param('name'), request.req.header('range') ?? '');
  });
  doors.get('/v1/desk/batches', async (request) => {
    await checkDevice(parts, request);
    const from = parseNumber(request.req.query('from') ?? '0');
    const batches = await index.batchesFrom(from, mostListed);
    const last = batches.at(-1);
    return request.json({
      batches: batches.map(({ first, size, seed }) => ({ first, size, seed: toHex(seed) })),
      next: last ? last.first + last.size : from,
    });
  });
  doors.put('/v1/desk/message/:address{[0-9a-f]{64}}', async (request) => {
    const message = await checkDevice(parts, request, messageBytes);
    if (message.length !== messageBytes) throw misunderstood();
    await index.putMessage(fromHex(request.req.param('address')), message);
    return request.body(null, 204);
  });
  doors.post('/v1/desk/newsroom', async (request) => {
    await parts.folder?.refresh(false);
    await takeNewsroom(parts, request);
    return request.body(null, 204);
  });
  doors.route('/', pieceDoors(parts));
  return doors;
}

/**
 * A known newsroom's device is checked before its news is looked at, since verifying a chain is much work; only the
 * first newsroom of all is checked by the roster that it brings.
 */
async function takeNewsroom(parts: DeskParts, request: Request): Promise<void> {
  const { newsroom } = parts;
  if (newsroom.known) {
    checkHead(parts, request);
    const body = await wholeBody(request.env.incoming, mostNewsroomBytes);
    await checkRequest(parts, request, body, newsroom.roster);
    await newsroom.accept(parseNewsroom(body));
    return;
  }
  if (!parts.adopt)
    throw new RelayError('RELAY_NO_NEWSROOM', 'This relay waits for the newsroom whose folder it was given. Nothing was changed.');
  const body = await wholeBody(request.env.incoming, mostNewsroomBytes);
  await newsroom.accept(parseNewsroom(body), async (roster) => await checkRequest(parts, request, body, roster));
}

async function answerParcel(blobs: RelayBlobs, hex: string, range: string): Promise<Response> {
  const name = nameToHex(fromHex(hex));
  const length = await blobs.length(name);
  if (length === null) throw new RelayError('RELAY_NOT_FOUND', 'This parcel is not here, or is here no longer.');
  const wanted = parseRange(range, length);
  if (wanted === 'beyond') return new Response(null, { status: 416, headers: { 'content-range': `bytes */${length}` } });
  const { from, to } = wanted ?? { from: 0, to: length };
  const bytes = await blobs.read(name, from, to);
  if (bytes === null) throw new RelayError('RELAY_NOT_FOUND', 'This parcel is not here, or is here no longer.');
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  const partly = { ...headers, 'content-range': `bytes ${from}-${to - 1}/${length}` };
  const response = new Response(bytes as unknown as Uint8Array<ArrayBuffer>, wanted ? { status: 206, headers: partly } : { headers });
  // A response has its own copy (Fetch standard, "extract a body").
  giveBack(bytes);
  return response;
}

/** One range of RFC 9110 section 14.2; anything else is answered with the whole, as that section allows. */
function parseRange(header: string, length: number): { from: number; to: number } | 'beyond' | null {
  const [, first = '', last = ''] = /^bytes=(\d{0,9})-(\d{0,9})$/.exec(header) ?? [];
  if (first === '' && last === '') return null;
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < from) return null;
  return from < to ? { from, to } : 'beyond';
}

function parseNewsroom(body: Uint8Array): NewsroomRecord {
  try {
    const { roster, keys, doors, ...rest } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Record<string, unknown>;
    const texts = Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : null;
    if (typeof roster !== 'string' || typeof doors !== 'string' || !texts || Object.keys(rest).length > 0) throw misunderstood();
    return { roster, doors, keys: texts.map(fromBase64) };
  } catch (cause) {
    throw misunderstood(cause);
  }
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw misunderstood();
  return number;
}
