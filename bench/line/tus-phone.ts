/**
 * tus-js-client as the phone of a run: `tus-phone.ts FOLDER URL shipped|watched [SENDING_MS ANSWER_MS]`. The same sealed parcels as
 * one upload in telling order: it needs the fewest round trips, and a layer can be opened once its last byte is there.
 *
 * `shipped`: its defaults; begun again whenever it gives up. `watched`: what gives it most on such lines: one long PATCH
 * (the server keeps what came of it), ended and resumed after a silence. Silence is what its progress events show, which
 * are bytes given to the kernel; while it waits for a mere answer, the patience is shorter.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Upload } from 'tus-js-client';
import { readKit } from './kit-file.ts';
import { writeFigures } from './phone-figures.ts';

const [folder = '', url = '', mode = 'shipped', sendingMs = '8000', answerMs = '3000'] = process.argv.slice(2);
/** As long as an aborted request needs to end. */
const againMs = 100;
const watched = mode === 'watched';
const troubles: Record<string, number> = {};

const end = (code: number): never => {
  writeFigures(folder, { handedOut: null, troubles });
  process.exit(code);
};
// The tool ends a phone that takes too long in this way.
process.on('SIGTERM', () => end(1));

const kit = await readKit(folder);
const content = Buffer.concat(kit.parcels.map(({ name }) => readFileSync(join(folder, 'parcels', name))));
let movedAt = performance.now();
let sending = false;
let restarting = false;
const moved = (): void => {
  movedAt = performance.now();
};
const upload = new Upload(content, {
  endpoint: `${url}/files`,
  ...(watched && { retryDelays: null }),
  onProgress: moved,
  onBeforeRequest: (request) => {
    sending = request.getMethod() === 'PATCH';
    moved();
  },
  onAfterResponse: moved,
  onSuccess: () => end(0),
  onError: () => void again('failed'),
});
upload.start();
if (watched) {
  setInterval(() => {
    const patience = Number(sending ? sendingMs : answerMs);
    if (performance.now() - movedAt > patience) void again('silent');
  }, 100);
}

async function again(trouble: string): Promise<void> {
  if (restarting) return;
  restarting = true;
  troubles[trouble] = (troubles[trouble] ?? 0) + 1;
  await upload.abort();
  await new Promise((resolve) => {
    setTimeout(resolve, againMs);
  });
  restarting = false;
  moved();
  upload.start();
}
