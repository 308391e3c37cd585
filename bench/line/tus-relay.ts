/** A tus server for a run: `tus-relay.ts FOLDER HOST PORT shipped|watched`. Ends at SIGTERM. */
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { countReceived, logHeld } from './held-log.ts';
import { readKit } from './kit-file.ts';

const [folder = '', host = '127.0.0.1', port = '0', mode = 'shipped'] = process.argv.slice(2);
const received = countReceived();
const kit = await readKit(folder);
const uploads = join(folder, 'uploads');
mkdirSync(uploads);
const name = 'film';
const server = new Server({
  path: '/files',
  datastore: new FileStore({ directory: uploads }),
  namingFunction: () => name,
  // A connection that died holds the lock; who comes back should not wait for it.
  ...(mode === 'watched' && { lockDrainTimeout: 50 }),
});
const listening = createServer((request, response) => void server.handle(request, response));
listening.listen(Number(port), host, () => {
  const address = listening.address();
  if (address && typeof address === 'object') process.send?.(`http://${host}:${address.port}`);
});

const ends = new Map<string, number>();
let end = 0;
for (const parcel of kit.parcels) ends.set(parcel.name, (end += parcel.bytes));
const held = (): number => statSync(join(uploads, name), { throwIfNoEntry: false })?.size ?? 0;
const source = { held: () => ({ held: held(), surplus: 0 }), isWhole: (parcel: string) => held() >= (ends.get(parcel) ?? Infinity) };
const close = logHeld(join(folder, 'held.jsonl'), source, [...ends.keys()], received);
process.on('SIGTERM', () => {
  close();
  process.exit(0);
});
