/**
 * Hands a decrypted source to a child process without a file: an HTTP server on the loopback address, under a path that
 * is 32 random bytes, for as long as the child runs. Players seek, so a pipe would not do.
 */
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { once } from 'node:events';
import { type Plaintext, readPlaintext } from '@zajil/format';
import type { ByteSpan } from '../exhibit/read-layer.ts';

export interface Source {
  readonly bytes: number;
  readonly type: string;
  read(span: ByteSpan): AsyncIterable<Plaintext>;
}

export interface ServedSource {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveSource(source: Source): Promise<ServedSource> {
  const path = `/${randomBytes(32).toString('base64url')}`;
  const server = createServer((request, response) => {
    void answer(source, path, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}${path}`, close };
}

async function answer(source: Source, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url !== path || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404).end();
    return;
  }
  const range = parseRange(request.headers.range, source.bytes);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${source.bytes}` }).end();
    return;
  }
  const span = range ?? { from: 0, to: source.bytes };
  const length = { 'content-length': span.to - span.from, 'accept-ranges': 'bytes', 'content-type': source.type };
  response.writeHead(
    range ? 206 : 200,
    range ? { ...length, 'content-range': `bytes ${span.from}-${span.to - 1}/${source.bytes}` } : length,
  );
  if (request.method === 'HEAD') response.end();
  else await send(response, source.read(span));
}

async function send(response: ServerResponse, chunks: AsyncIterable<Plaintext>): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return;
      if (!response.write(readPlaintext(chunk))) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    response.end();
  } catch {
    // The child sees a broken connection and fails, which is reported there.
    response.destroy();
  }
}

/** One range as in RFC 9110 section 14.2; null when there is none to honour. */
export function parseRange(header: string | undefined, bytes: number): ByteSpan | 'unsatisfiable' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const first = match[1] ?? '';
  const last = match[2] ?? '';
  if (first === '') return bytes > 0 && Number(last) > 0 ? { from: Math.max(0, bytes - Number(last)), to: bytes } : 'unsatisfiable';
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(bytes, Number(last) + 1);
  return from < bytes && from < to ? { from, to } : 'unsatisfiable';
}
