/** Films a few seconds with Chromium's stand-in camera: the last resort for a machine without any footage. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../refusal.ts';

const chromium = process.env['ZAJIL_CHROMIUM'] ?? '/usr/bin/chromium';
const mostSeconds = 60;

const page = `<!doctype html><script type="module">
const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 }, audio: true });
const recorder = new MediaRecorder(stream, { mimeType: 'video/webm' });
const parts = [];
recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
recorder.addEventListener('stop', () => fetch('/film', { method: 'POST', body: new Blob(parts) }));
recorder.start();
setTimeout(() => recorder.stop(), 6000);
</script>`;

/** @returns a WebM. @throws CliError `CLI_DEMO` */
export async function filmStandIn(): Promise<Uint8Array> {
  if (!existsSync(chromium))
    throw new CliError('CLI_DEMO', 'There is no footage on this machine and no Chromium to film any. Give files: npm run demo -- FILE...');
  const profile = await mkdtemp(join(tmpdir(), 'zajil-camera-'));
  const film = Promise.withResolvers<Uint8Array>();
  const server = createServer((request, response) => {
    if (request.method === 'POST') void bodyOf(request).then(film.resolve, film.reject);
    response.writeHead(200, { 'content-type': 'text/html' }).end(request.method === 'POST' ? '' : page);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ];
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, url], { stdio: 'ignore' });
  const late = setTimeout(
    () => film.reject(new CliError('CLI_DEMO', 'Chromium’s stand-in camera did not film. Give files: npm run demo -- FILE...')),
    mostSeconds * 1000,
  );
  try {
    return await film.promise;
  } finally {
    clearTimeout(late);
    browser.kill('SIGTERM');
    await new Promise((resolve) => void browser.once('exit', resolve));
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
