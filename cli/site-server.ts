/** Serves a folder of finished pages on loopback: what any static host would do, with the same headers. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.xml': 'application/atom+xml; charset=utf-8',
  '.json': 'application/json',
  '.mp4': 'video/mp4',
  '.m4a': 'audio/mp4',
  '.jpg': 'image/jpeg',
};

const empty =
  '<!doctype html><meta charset="utf-8"><title>زاجل</title><body style="font:18px system-ui;margin:20vh 10vw"><p dir="rtl">لم يُنشر شيء بعد.<p>Nothing is published yet.';

/** @param port - 0 for any. Resolves once it listens; rejects with `EADDRINUSE` when the port is taken */
export async function serveSite(folder: string, host: string, port: number): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => void answer(folder, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return { url: `http://${host}:${bound}/`, stop };
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (path === null || (request.method !== 'GET' && request.method !== 'HEAD'))
    return end(response, 400, 'text/plain', 'This address is not understood.');
  const file = join(folder, path);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile())
    return path === 'index.html'
      ? end(response, 200, 'text/html; charset=utf-8', empty)
      : end(response, 404, 'text/plain', 'There is no such page.');
  const range = rangeOf(request.headers.range, found.size);
  const headers = {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'content-length': range ? range.end - range.start + 1 : found.size,
    ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${found.size}` } : {}),
  });
  if (request.method === 'HEAD' || found.size === 0) return void response.end();
  createReadStream(file, range ?? {})
    .on('error', () => response.destroy())
    .pipe(response);
}

/** The path below the folder, or null when it would leave it. */
function pathOf(request: IncomingMessage): string | null {
  try {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)).slice(1);
    if (path.split(sep).includes('..') || path.includes('\0')) return null;
    return path === '' || path.endsWith('/') ? `${path}index.html` : path;
  } catch {
    return null;
  }
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return null;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  return start <= end ? { start, end } : null;
}

function end(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}
