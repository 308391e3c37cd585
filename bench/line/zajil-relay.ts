/** The relay of a run: `zajil-relay.ts FOLDER HOST PORT`. Ends at SIGTERM. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startRelay } from '@zajil/relay';
import { countReceived, logHeld } from './held-log.ts';
import { readKit } from './kit-file.ts';

const [folder = '', host = '127.0.0.1', port = '0'] = process.argv.slice(2);
const received = countReceived();
const kit = await readKit(folder);
const relay = await startRelay({
  folder: join(folder, 'relay'),
  host,
  port: Number(port),
  newsroomFolder: join(folder, 'newsroom'),
});
const source = {
  held: () => {
    const { pieceBytes, surplusBytes } = relay.figures();
    return { held: pieceBytes, surplus: surplusBytes };
  },
  isWhole: (name: string) => existsSync(join(folder, 'relay', 'parcels', name.slice(0, 2), name)),
};
const close = logHeld(
  join(folder, 'held.jsonl'),
  source,
  kit.parcels.map(({ name }) => name),
  received,
);
process.send?.(relay.url);
process.on('SIGTERM', () => {
  close();
  process.exit(0);
});
