/** The doors that are open to everybody: the field page, the relay's key, the roster, intake keys, and the log. */
import { readFile } from 'node:fs/promises';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { TileLog } from '@zajil/log';
import { orNullWhenMissing } from './durable.ts';
import type { Newsroom } from './newsroom.ts';
import type { NewsroomFolder } from './newsroom-folder.ts';
import { RelayError } from './relay-error.ts';

export interface PublicParts {
  readonly newsroom: Newsroom;
  readonly folder: NewsroomFolder | null;
  readonly log: TileLog;
  readonly vkey: string;
  readonly fieldPage: string | null;
  /** Does the relay do all it should? False after a batch could not enter the log. */
  readonly healthy: () => boolean;
}

/** For a page that is one HTML file with inline code: it may speak to any relay, and load nothing else. */
const fieldPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob: 'wasm-unsafe-eval'",
  "style-src 'unsafe-inline'",
  'img-src blob: data:',
  'media-src blob:',
  'connect-src *',
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const immutable = 'public, max-age=31536000, immutable';

export function publicDoors(parts: PublicParts): Hono<{ Bindings: HttpBindings }> {
  const { newsroom, folder, log, vkey } = parts;
  const doors = new Hono<{ Bindings: HttpBindings }>();
  doors.get('/', async () => await answerFieldPage(parts.fieldPage));
  doors.get('/health', (request) => (parts.healthy() ? request.text('ok') : request.text('log', 503)));
  doors.get('/v1/relay', (request) => request.text(`${vkey}\n`));
  doors.get('/v1/roster', async (request) => {
    await folder?.refresh(!newsroom.known);
    return request.text(newsroom.chainFrom(parseFrom(request.req.query('from') ?? '0')));
  });
  doors.get('/v1/key/:id{[0-9a-f]{64}}', async (request) => {
    await folder?.refresh(!newsroom.known);
    const key = newsroom.intakeKey(request.req.param('id')) ?? (await lookAgain(request.req.param('id')));
    if (!key) throw notFound();
    return request.body(key as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'application/octet-stream', 'cache-control': immutable });
  });
  doors.get('/v1/log/checkpoint', async () => await answerLog(log, 'checkpoint', 'no-store'));
  doors.get('/v1/log/tile/:path{.+}', async (request) => await answerLog(log, `tile/${request.req.param('path')}`, immutable));
  return doors;

  async function lookAgain(id: string): Promise<Uint8Array | null> {
    await folder?.refresh(true);
    return newsroom.intakeKey(id);
  }
}

async function answerFieldPage(path: string | null): Promise<Response> {
  const page = path === null ? null : await orNullWhenMissing(readFile(path));
  if (!page) return new Response('This relay carries no page. Use the app that was passed on to you.\n', { status: 404 });
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': fieldPolicy } });
}

/** C2SP tlog-tiles: only what the newest checkpoint covers gets out, so a tile may be kept for ever. */
async function answerLog(log: TileLog, path: string, cache: string): Promise<Response> {
  const file = await log.publish(path);
  if (!file) throw notFound();
  const type = path === 'checkpoint' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  return new Response(file as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type, 'cache-control': cache } });
}

function parseFrom(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RelayError('RELAY_REQUEST', 'The question was not understood. Nothing was changed.');
  return Number(text);
}

function notFound(): RelayError {
  return new RelayError('RELAY_NOT_FOUND', 'There is no such thing here.');
}
