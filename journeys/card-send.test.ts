/** A film sealed without a line goes out on three cards; two of them arrive, and the line carries only what neither brought. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { BadLine } from '@zajil/cli';
import { formatInvitation, parseInvitation, pieceBytes } from '@zajil/format';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figure } from './figures.ts';
import { type Ended, World } from './zajil.ts';

let world: World;
let line: BadLine;

beforeAll(() => {
  world = new World('card-send');
});
afterAll(async () => {
  await line?.close();
  await world.end();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const eventOf = ({ lines }: Ended, event: string): Record<string, unknown>[] => lines.filter((line) => line['event'] === event);

/** As a desk that stays open does: until there is nothing more to hand on. */
async function collectAll(desk: string): Promise<void> {
  for (let run = 0; run < 9; run += 1)
    if (eventOf(await world.must('collect', '--dir', desk, '--json'), 'collected')[0]?.['handed'] === 0) return;
}

/** Writes three cards of 15 MB, and returns their files and how many pieces wait in all. */
async function writeCards(state: string): Promise<{ files: string[]; pieces: number }> {
  const files: string[] = [];
  let pieces = 0;
  for (const card of [1, 2, 3]) {
    const to = world.path(`card-${card}`);
    await mkdir(to);
    const written = await world.must('bag', 'out', '--state', state, '--to', to, '--fill', '15MB', '--share', `${card}/3`, '--json');
    const [told] = eventOf(written, 'card');
    pieces = Number(told?.['pieces']) + Number(told?.['piecesLeft']);
    files.push(`${to}/DATA0001.BIN`);
  }
  return { files, pieces };
}

test('a film of 40 MB sealed without a line: two of three cards at the desk, and the line carries the rest alone', async () => {
  const { desk, relay, invite } = await world.newsroom();
  line = new BadLine(relay.url);
  const behindLine = formatInvitation({ ...parseInvitation(invite), relays: [await line.listen()] });
  const film = randomBytes(40_000_000);
  await writeFile(world.path('film.bin'), film);
  const state = world.path('phone');
  const send = (...more: string[]) => world.must('send', '--invite', behindLine, '--state', state, '--json', ...more);

  // Once there was a line, and a file went: since then the newsroom's keys for files are known too.
  await writeFile(world.path('first.bin'), randomBytes(1000));
  await send('--words', 'we are three', world.path('first.bin'));
  line.cut();
  const sealed = await send('--words', 'the bridge', '--until', 'sealed', '--timeout', '60', world.path('film.bin'));
  expect(eventOf(sealed, 'done')[0]).toMatchObject({ until: 'sealed', bytesSent: 0, safeToErase: false });
  expect(Number(eventOf(sealed, 'done')[0]?.['bytesWaiting'])).toBeGreaterThan(film.length);
  const again = await send('--words', 'the bridge', '--until', 'sealed', '--timeout', '60', world.path('film.bin'));
  expect(eventOf(again, 'done')[0]?.['bytesWaiting']).toBe(eventOf(sealed, 'done')[0]?.['bytesWaiting']);

  const { files, pieces } = await writeCards(state);
  const brought = await world.must('bag', 'in', ...files.slice(0, 2), '--newsroom', desk, '--json');
  const fresh = eventOf(brought, 'card').reduce((sum, card) => sum + Number(card['fresh']), 0);
  expect(fresh / pieces).toBeGreaterThan(0.65);
  await collectAll(desk);

  line.restore();
  line.shape({ upBytesPerSecond: 1_500_000, delayMs: 60 });
  line.windows([{ upMs: 2500, downMs: 400 }], 'cut');
  const before = line.stats.bytesUp;
  expect(eventOf(await send('--timeout', '120'), 'done')[0]).toMatchObject({ until: 'taken', bytesWaiting: 0 });
  const missing = (pieces - fresh) * pieceBytes;
  const bytesUp = line.stats.bytesUp - before;
  figure('a film on cards and over the line', 'over the line', `${bytesUp} bytes for ${missing} missing of ${pieces * pieceBytes}`);
  expect(bytesUp).toBeLessThan(1.2 * missing + 100_000);

  await collectAll(desk);
  const exhibits = eventOf(await world.must('exhibits', '--dir', desk, '--json'), 'exhibit');
  const exhibit = exhibits.find(
    ({ files }) => Array.isArray(files) && files.some((file: { bytes?: unknown }) => file.bytes === film.length),
  );
  expect(exhibit?.['files']).toMatchObject([{ sha256: sha256(film), complete: true, bytes: film.length }]);
  const exported = await world.must('export', '--dir', desk, '--exhibit', String(exhibit?.['id']), '--out', world.path('out'), '--json');
  expect(sha256(await readFile(world.path('out', String(eventOf(exported, 'original')[0]?.['file']))))).toBe(sha256(film));
});
