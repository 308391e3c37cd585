/** The doors that a phone or a courier knocks at: bag and have. `docs/protocol.md` section "Relay". */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { FormatError, formatHeld, fromBase64Url, mostAsked, parseHave } from '@zajil/format';
import { BagReader } from './bag-door.ts';
import type { Allowance } from './allowance.ts';
import type { Mailbox } from './mailbox.ts';
import type { Newsroom } from './newsroom.ts';
import type { NewsroomFolder } from './newsroom-folder.ts';
import { RelayError } from './relay-error.ts';
import { bodyChunks, wholeBody } from './request-body.ts';

export interface PhoneParts {
  readonly newsroom: Newsroom;
  readonly folder: NewsroomFolder | null;
  readonly mailbox: Mailbox;
  readonly allowance: Allowance;
}

type Request = Context<{ Bindings: HttpBindings }>;

export function phoneDoors(parts: PhoneParts): Hono<{ Bindings: HttpBindings }> {
  const doors = new Hono<{ Bindings: HttpBindings }>();
  doors.post('/v1/bag', async (request) => {
    const token = await admit(parts, request);
    const leave = parts.allowance.enter(token);
    try {
      const reader = new BagReader(parts.mailbox, parts.allowance, token);
      return answerHeld(await reader.read(bodyChunks(request.env.incoming)));
    } finally {
      leave();
    }
  });
  doors.post('/v1/have', async (request) => {
    await admit(parts, request);
    const ids = parseQuestion(await wholeBody(request.env.incoming, 32 * mostAsked));
    const entries = [];
    for (const id of ids) entries.push({ id, held: await parts.mailbox.held(id, true) });
    return answerHeld(formatHeld(entries));
  });
  return doors;
}

/** The hash of the drop token that opens the door. @throws RelayError `RELAY_TOKEN`, `RELAY_NO_NEWSROOM` */
async function admit({ newsroom, folder }: PhoneParts, request: Request): Promise<string> {
  const token = parseBearer(request.req.header('authorization') ?? '');
  const known = newsroom.known && token ? newsroom.admit(token) : null;
  if (known) return known;
  await folder?.refresh(true);
  const admitted = newsroom.admit(token ?? new Uint8Array(0));
  if (admitted) return admitted;
  throw new RelayError(
    'RELAY_TOKEN',
    'This invitation does not open the door, or does so no longer. What you have is safe. Ask for a new invitation.',
  );
}

function parseBearer(header: string): Uint8Array | null {
  const [, token = ''] = /^Bearer ([A-Za-z0-9_-]{1,100})$/i.exec(header) ?? [];
  try {
    return token === '' ? null : fromBase64Url(token);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function parseQuestion(body: Uint8Array): Uint8Array[] {
  try {
    return parseHave(body);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RelayError('RELAY_REQUEST', 'The question was not understood. Nothing was changed.', cause);
  }
}

function answerHeld(held: Uint8Array): Response {
  return new Response(held as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
}
