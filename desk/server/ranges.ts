/** Sends bytes with one honoured range (RFC 9110 section 14). */
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { parseRange } from '../release/source-server.ts';
import type { ByteSpan } from '../exhibit/read-layer.ts';

export interface Rangeable {
  readonly type: string;
  readonly bytes: number;
  read(span: ByteSpan): AsyncIterable<Uint8Array>;
}

/** Types that a browser shows without running anything in them; all others are given as bytes to keep. */
const shown = /^(?:image\/(?:jpeg|png|webp|gif|avif)|video\/(?:mp4|webm|quicktime|3gpp)|audio\/(?:mpeg|mp4|webm|ogg|wav|aac))$/;

export function sendRange(context: Context, content: Rangeable): Response {
  const headers: Record<string, string> = {
    'Accept-Ranges': 'bytes',
    'Content-Type': shown.test(content.type) ? content.type : 'application/octet-stream',
  };
  if (!shown.test(content.type)) headers['Content-Disposition'] = 'attachment';
  const range = parseRange(context.req.header('range'), content.bytes);
  if (range === 'unsatisfiable') return context.body(null, 416, { 'Content-Range': `bytes */${content.bytes}` });
  const span = range ?? { from: 0, to: content.bytes };
  headers['Content-Length'] = String(span.to - span.from);
  if (range) headers['Content-Range'] = `bytes ${span.from}-${span.to - 1}/${content.bytes}`;
  const stream = Readable.toWeb(Readable.from(content.read(span), { objectMode: false })) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return context.body(stream, range ? 206 : 200, headers);
}
