/**
 * All doors under one roof: how a refusal is answered, what every answer carries, and who may ask (any page, without
 * cookies). Nothing is logged, and an error carries no content. `docs/protocol.md` section "Relay".
 */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { RelayError, isDiskFull, relayFull } from './relay-error.ts';
import { type DeskParts, deskDoors } from './desk-doors.ts';
import { type PhoneParts, phoneDoors } from './phone-doors.ts';
import { type PublicParts, publicDoors } from './public-doors.ts';
import { lingerAfterAnswer } from './request-body.ts';

const everyAnswer = {
  'access-control-allow-origin': '*',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const preflight = {
  'access-control-allow-methods': 'GET, POST, PUT',
  'access-control-allow-headers': 'authorization, content-type, content-digest, signature, signature-input, range',
  'access-control-max-age': '86400',
};

export type App = Hono<{ Bindings: HttpBindings }>;

export function createApp(parts: PublicParts & PhoneParts & DeskParts): App {
  const app: App = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (request, next) => {
    if (request.req.method === 'OPTIONS') request.res = new Response(null, { status: 204, headers: preflight });
    else await next();
    for (const [name, value] of Object.entries(everyAnswer)) request.res.headers.set(name, value);
    if (!request.res.headers.has('cache-control')) request.res.headers.set('cache-control', 'no-store');
    lingerAfterAnswer(request.env.incoming);
  });
  app.route('/', publicDoors(parts));
  app.route('/', phoneDoors(parts));
  app.route('/', deskDoors(parts));
  app.notFound((request) => answerError(request, new RelayError('RELAY_NOT_FOUND', 'There is no such thing here.')));
  app.onError((error, request) => answerError(request, toRelayError(error)));
  return app;
}

function toRelayError(error: Error): RelayError {
  if (error instanceof RelayError) return error;
  if (isDiskFull(error)) return relayFull(error);
  return new RelayError('RELAY_FAULT', 'The relay failed at this. What it said it holds is safe. Try again, or use another relay.', error);
}

function answerError(request: Context, error: RelayError): Response {
  return request.json({ code: error.code, message: error.message }, error.status);
}
