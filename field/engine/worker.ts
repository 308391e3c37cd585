/** The worker behind the page: one engine, one database, one page that may use it at a time. */
import { IndexedDbSpool, LineError, MemorySpool, type Spool } from '@zajil/line';
import { databaseName } from '../database.ts';
import { Engine } from './engine.ts';
import type { FromEngine, ToEngine } from './protocol.ts';

/** A page that is being reloaded lets go within this time; one that is open elsewhere does not. */
const patienceMs = 1500;

const page = globalThis as unknown as { postMessage(message: FromEngine): void };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
const tell = (message: FromEngine) => page.postMessage(message);

const opened = alone().then(start);

globalThis.addEventListener('message', (event: MessageEvent<ToEngine>) => {
  void opened.then((engine) => engine.hear(event.data)).catch(() => tell({ kind: 'trouble', trouble: 'broken' }));
});

async function start(): Promise<Engine> {
  const { spool, storage } = await openSpool();
  return new Engine({ spool, storage, tell, fetch: globalThis.fetch.bind(globalThis), nowMs: () => Date.now(), random: Math.random });
}

async function openSpool(): Promise<{ spool: Spool; storage: boolean }> {
  try {
    return { spool: await IndexedDbSpool.open(databaseName), storage: true };
  } catch (error) {
    // Opaque origins throw a SecurityError of the browser's own, private windows a LineError.
    if (!(error instanceof LineError || error instanceof DOMException || error instanceof ReferenceError)) throw error;
    return { spool: new MemorySpool(), storage: false };
  }
}

/** Two pages that send from one spool would send everything twice. */
function alone(): Promise<void> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => tell({ kind: 'trouble', trouble: 'elsewhere' }), patienceMs);
    const mine = locks.request(databaseName, () => {
      clearTimeout(late);
      tell({ kind: 'trouble', trouble: null });
      resolve();
      return new Promise<never>(() => undefined);
    });
    // Refused in opaque origins, where nothing is shared with another page either.
    mine.catch(() => (clearTimeout(late), resolve()));
  });
}
