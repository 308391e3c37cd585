/** The routes of `../api.ts`, and what every answer carries. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { encodeQR } from 'qr';
import { type Layer, Refusal, layers, readPlaintext } from '@zajil/format';
import type { ApiError, DeskEvent, FoundAnswer } from '../api.ts';
import { DeskError } from '../refusal.ts';
import type { Desk } from './desk.ts';
import { type Rangeable, sendRange } from './ranges.ts';
import { emptySchema, exportSchema, foundSchema, inviteSchema, readJson, releaseSchema, sessionSchema, unlockSchema } from './requests.ts';
import { type Sessions, formatCookie, isOwnHost, isOwnOrigin } from './session.ts';

export interface AppOptions {
  readonly desk: Desk;
  readonly sessions: Sessions;
  /** Known once the server listens. */
  readonly port: () => number;
  /** The screen: one HTML file, or null when it was not built. */
  readonly page: Uint8Array<ArrayBuffer> | null;
}

const policy =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const mostBodyBytes = 64 * 1024;
const heartbeatMs = 15_000;
/** These answer without a session. */
const openPaths = new Set(['/', '/favicon.ico', '/api/state', '/api/session', '/api/found', '/api/unlock']);

export function makeApp(options: AppOptions): Hono {
  const app = new Hono();
  guard(app, options);
  sessionRoutes(app, options);
  newsroomRoutes(app, options.desk);
  mediaRoutes(app, options.desk);
  releaseRoutes(app, options.desk);
  app.get('/api/events', (context) => sendEvents(context, options.desk));
  app.notFound((context) => context.json<ApiError>({ code: 'DESK_REQUEST', message: 'There is nothing at this address.' }, 404));
  app.onError((error, context) => toAnswer(error, context));
  return app;
}

function guard(app: Hono, { sessions, port }: AppOptions): void {
  app.use(async (context, next) => {
    const host = context.req.header('host');
    if (!isOwnHost(host, port())) throw new DeskError('DESK_SESSION', 'The desk answers only to its own address on this computer.');
    const isWrite = !['GET', 'HEAD'].includes(context.req.method);
    const site = context.req.header('sec-fetch-site');
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (isWrite && (isForeign || !isOwnOrigin(context.req.header('origin'), host)))
      throw new DeskError('DESK_SESSION', 'Another page tried to speak to the desk. Nothing was changed.');
    if (!openPaths.has(context.req.path) && !sessions.isOpen(context.req.header('cookie'), port()))
      throw new DeskError('DESK_SESSION', 'This browser is not signed in to the desk. Nothing was changed. Unlock it here first.');
    await next();
  });
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(answerHeaders)) context.res.headers.set(name, value);
  });
  app.use(
    bodyLimit({
      maxSize: mostBodyBytes,
      onError: (context) => context.json<ApiError>({ code: 'DESK_REQUEST', message: 'That is too long.' }, 413),
    }),
  );
}

/** Nothing of an answer may stay in the browser. */
const answerHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function sessionRoutes(app: Hono, { desk, sessions, port, page }: AppOptions): void {
  const isOpen = (context: Context) => sessions.isOpen(context.req.header('cookie'), port());
  const setCookie = (context: Context, token: string) => context.header('Set-Cookie', formatCookie(token, port()));
  app.get('/', (context) =>
    page
      ? context.body(page, 200, { 'Content-Type': 'text/html; charset=utf-8' })
      : context.text('The screen of the desk was not built.', 404),
  );
  app.get('/favicon.ico', (context) => context.body(null, 204));
  app.get('/api/state', async (context) => context.json(await desk.state(isOpen(context))));
  app.post('/api/session', async (context) => {
    const { key } = await readJson(context, sessionSchema);
    setCookie(context, sessions.redeem(key));
    return context.json(await desk.state(true));
  });
  app.post('/api/found', async (context) => {
    const drawn = await desk.found(await readJson(context, foundSchema));
    setCookie(context, sessions.begin());
    return context.json<FoundAnswer>({ ...drawn, state: await desk.state(true) });
  });
  app.post('/api/unlock', async (context) => {
    const { passphrase } = await readJson(context, unlockSchema);
    if ((await desk.state(false)).state === 'open') {
      if (isOpen(context)) return context.json(await desk.state(true));
      throw new DeskError(
        'DESK_SESSION',
        'The desk is open in another browser. Lock it there, or use the link that was printed when it started.',
      );
    }
    await desk.unlock(passphrase);
    setCookie(context, sessions.begin());
    return context.json(await desk.state(true));
  });
  app.post('/api/lock', async (context) => {
    await readJson(context, emptySchema);
    await desk.lock();
    sessions.endAll();
    return context.json(await desk.state(false));
  });
}

function newsroomRoutes(app: Hono, desk: Desk): void {
  app.get('/api/invitations', (context) => context.json(desk.newsroom.invitations));
  app.post('/api/invitations', async (context) => {
    const invited = await desk.newsroom.invite(await readJson(context, inviteSchema));
    desk.tell({ kind: 'state' });
    desk.nudge();
    return context.json({ ...invited, qr: encodeQR(invited.url, 'svg', { ecc: 'low', border: 4 }) });
  });
  app.post('/api/collect', async (context) => {
    await readJson(context, emptySchema);
    return context.json(await desk.collect());
  });
  app.get('/api/exhibits', async (context) => context.json(await desk.newsroom.exhibits()));
  app.get('/api/exhibits/:exhibit', (context) => context.json(desk.newsroom.exhibit(context.req.param('exhibit'))));
  app.post('/api/exports', async (context) => context.json(await desk.newsroom.export(await readJson(context, exportSchema))));
}

function mediaRoutes(app: Hono, desk: Desk): void {
  app.get('/api/media/:exhibit/:file{[0-9]{1,3}}/:layer/:view{[0-9]{1,3}}', (context) => {
    const { exhibit, file, layer, view } = context.req.param();
    const known: Layer | undefined = layers.find((one) => one === layer);
    if (!known || known === 'tally') throw new DeskError('DESK_NO_LAYER', 'There is no such layer.');
    const content = desk.newsroom.layer(exhibit, Number(file), known, Number(view));
    return sendRange(context, { ...content, read: (span) => revealed(content.read(span)) });
  });
  app.get('/api/released/:id/:n{[0-9]{1,2}}', (context) => {
    const content: Rangeable = desk.newsroom.released(context.req.param('id'), Number(context.req.param('n')));
    return sendRange(context, content);
  });
}

/** To the browser on this machine, which is told to keep nothing. */
async function* revealed(chunks: AsyncIterable<Parameters<typeof readPlaintext>[0]>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield readPlaintext(chunk);
}

function releaseRoutes(app: Hono, desk: Desk): void {
  app.get('/api/releases', (context) => context.json(desk.newsroom.releases()));
  app.post('/api/releases', async (context) => {
    const request = await readJson(context, releaseSchema);
    const { newsroom } = desk;
    const id = await newsroom.release(request, (step, done, of) =>
      desk.tell({ kind: 'releasing', exhibit: request.exhibit, step, done, of }),
    );
    desk.tell({ kind: 'releases' });
    desk.tell({ kind: 'exhibits', ids: [request.exhibit] });
    return context.json(newsroom.releases().find((release) => release.id === id) ?? null);
  });
  app.post('/api/press', async (context) => {
    await readJson(context, emptySchema);
    return context.json(await desk.press());
  });
}

function sendEvents(context: Context, desk: Desk): Response {
  return streamSSE(context, async (stream) => {
    const waiting: DeskEvent[] = [{ kind: 'state' }];
    let wake = () => {};
    const forget = desk.listen((event) => {
      waiting.push(event);
      wake();
    });
    stream.onAbort(() => {
      forget();
      wake();
    });
    while (!stream.aborted && !stream.closed) {
      const event = waiting.shift();
      if (event) await stream.writeSSE({ data: JSON.stringify(event) });
      else if (!(await pause((resolve) => (wake = resolve)))) await stream.write(': still here\n\n');
    }
    forget();
  });
}

/** True when woken, false when the heartbeat is due. */
async function pause(onWake: (resolve: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), heartbeatMs);
    onWake(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

type Status = 400 | 401 | 404 | 409 | 413 | 422 | 500 | 502 | 507;
const statuses: Record<string, Status> = {
  DESK_REQUEST: 400,
  DESK_ADDRESS: 422,
  DESK_SESSION: 401,
  DESK_NO_EXHIBIT: 404,
  DESK_NO_LAYER: 404,
  DESK_NO_RELEASE: 404,
  DESK_VANISHED: 404,
  DESK_RANGE: 409,
  DESK_STATE: 409,
  DESK_IN_USE: 409,
  DESK_EXISTS: 409,
  KEYS_EXISTS: 409,
  KEYS_MISSING: 409,
  KEYS_LOCKED: 409,
  DESK_NOT_COMPLETE: 409,
  DESK_RELAY_UNREACHABLE: 502,
  DESK_RELAY_REFUSED: 502,
  DESK_RELAY_ANSWER: 502,
  DESK_DISK: 507,
  KEYS_DISK: 507,
};

/** A refusal is shown as it is; our own mistakes are not, since they could quote anything. */
function toAnswer(error: Error, context: Context): Response {
  for (const [name, value] of Object.entries(answerHeaders)) context.header(name, value);
  if (error instanceof Refusal) return context.json<ApiError>({ code: error.code, message: error.message }, statuses[error.code] ?? 422);
  return context.json<ApiError>(
    {
      code: 'DESK_FAILED',
      message: 'The desk made a mistake. What was saved is safe. Try again; if it stays, lock the desk and start it anew.',
    },
    500,
  );
}
