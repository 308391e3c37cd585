/** One run, printed as one line of JSON: `node bench/line/once.ts [LINE] [SENDER] [SEED] [SENDING_MS ANSWER_MS]`; for whoever tunes a sender. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKit } from './kit.ts';
import { badLines } from './lines.ts';
import { namespacesAllowed } from './namespaces.ts';
import { usage } from './options.ts';
import { aliveUntilWhole, heldAtEnd, useOfLine } from './run-record.ts';
import { runOnce } from './run.ts';
import { senders } from './senders.ts';

const [lineKey = 'cafe', senderKey = 'zajil', seed = '1', patience, answer] = process.argv.slice(2);
const found = badLines.find(({ key }) => key === lineKey);
const [sendingMs, answerMs] = [Number(patience), Number(answer)];
const line = found && (patience === undefined ? found : { ...found, tusPatience: { sendingMs, answerMs } });
const sender = senders.find(({ key }) => key === senderKey);
if (!line || !sender) throw new RangeError(usage);
const folder = await mkdtemp(join(tmpdir(), 'zajil-once-'));
const stop = new AbortController();
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());
try {
  const kit = await makeKit(join(folder, 'kit'), line.bytes);
  const run = await runOnce({
    line,
    sender,
    seed: Number(seed),
    kit: join(folder, 'kit'),
    compiled: join(tmpdir(), 'zajil-compiled'),
    proxied: !namespacesAllowed(),
    signal: stop.signal,
  });
  const alive = Object.fromEntries(['words', 'glance', 'cut', 'whole'].map((layer) => [layer, aliveUntilWhole(run, kit, layer)]));
  const last = run.held.at(-1);
  console.log(JSON.stringify({ use: useOfLine(run), held: heldAtEnd(run), alive, last, phone: run.phone, figures: run.figures }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
