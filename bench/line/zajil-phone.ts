/**
 * Zajil's phone of a run: `zajil-phone.ts FOLDER URL [words|idle]`. Sends what waits in the spool until all is taken, then
 * ends. `words`: new ones are written in every dead time. `idle`: says what a minute of dead line cost, then ends.
 */
import { join } from 'node:path';
import { fromBase64Url } from '@zajil/format';
import { Bell, DialledWire, FolderSpool, runSender } from '@zajil/line';
import { verifyRoster } from '@zajil/roster';
import { readKit } from './kit-file.ts';
import { putWordsWhenDead } from './new-words.ts';
import { idleFigures, writeFigures } from './phone-figures.ts';

const [folder = '', url = '', drill = ''] = process.argv.slice(2);
const kit = await readKit(folder);
const spool = await FolderSpool.open(join(folder, 'spool'));
const bell = new Bell();
const troubles: Record<string, number> = {};
let handedOut = 0;
const end = (code: number, more = {}): never => {
  writeFigures(folder, { handedOut, troubles, ...more });
  process.exit(code);
};
// The tool ends a phone that takes too long in this way.
process.on('SIGTERM', () => end(1));
if (drill === 'words') putWordsWhenDead(folder, kit, spool, bell);
if (drill === 'idle') void idleFigures().then((idle) => end(0, { idle }));
const snapshot = await runSender({
  invitation: { relays: [url], token: fromBase64Url(kit.token), plain: true },
  roster: verifyRoster(kit.roster, null),
  spool,
  bell,
  fetch: (input, init) => fetch(input, init),
  wire: (base) => new DialledWire(base),
  random: Math.random,
  until: 'taken',
  onProgress: (now) => {
    handedOut = now.bytesSent;
  },
  onTrouble: ({ code }) => {
    troubles[code] = (troubles[code] ?? 0) + 1;
  },
});
end(snapshot.state === 'done' ? 0 : 1);
