/** Three damaged cards and a minute of line give a whole video, and the phone sends only what no card brought. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { BadLine } from '@zajil/cli';
import { formatInvitation, parseInvitation, pieceBytes } from '@zajil/format';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figure } from './figures.ts';
import { askFirst, bagOf, sealInto, seeded, shuffled } from './sealed-spool.ts';
import { type Ended, World } from './zajil.ts';

let world: World;
let line: BadLine;

beforeAll(() => {
  world = new World('cards');
});
afterAll(async () => {
  await line?.close();
  await world.end();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const eventOf = ({ lines }: Ended, event: string): Record<string, unknown>[] => lines.filter((line) => line['event'] === event);

test('three cards of 60 % each, one with a flipped bit, and a minute at 30 kB/s give the whole video', async () => {
  const { desk, relay, invite } = await world.newsroom();
  const invitation = parseInvitation(invite);
  const video = new Uint8Array(randomBytes(10_000_000));
  const sealed = await sealInto(world.path('phone'), invitation, video, 'video/mp4');

  const random = seeded(20261120);
  const onCards = new Set<string>();
  const files: string[] = [];
  for (const card of [1, 2, 3]) {
    const isChosen = ({ name }: { name: string }, piece: number): boolean => random() < 0.6 && Boolean(onCards.add(`${name} ${piece}`));
    const bag = await bagOf(sealed, isChosen, (list) => shuffled(list, random));
    // Nearly all of a bag is pieces: this place is inside one.
    if (card === 2) bag[3_000_000] = (bag[3_000_000] ?? 0) ^ 4;
    files.push(world.path(`DATA000${card}.BIN`));
    await writeFile(files.at(-1) ?? '', bag);
  }

  const brought = await world.must('bag', 'in', ...files, '--newsroom', desk, '--json');
  expect(eventOf(brought, 'card').map((card) => card['damaged'])).toEqual([0, 1, 0]);
  expect(eventOf(brought, 'collected')[0]).toMatchObject({ completed: 0 });
  const again = await world.must('bag', 'in', ...files.toReversed(), '--newsroom', desk, '--no-push', '--json');
  expect(eventOf(again, 'card').map((card) => card['fresh'])).toEqual([0, 0, 0]);

  line = new BadLine(relay.url);
  const behindLine = formatInvitation({ ...invitation, relays: [await line.listen()] });
  await askFirst(sealed, parseInvitation(behindLine).relays[0] ?? '');
  line.shape({ upBytesPerSecond: 30_000, delayMs: 100 });
  const begun = Date.now();
  await world.must('send', '--invite', behindLine, '--state', world.path('phone'), '--until', 'taken', '--timeout', '60', '--json');
  const seconds = (Date.now() - begun) / 1000;
  // The altered piece may have been on no other card.
  const missing = (sealed.pieces - onCards.size + 1) * pieceBytes;
  const { bytesUp } = line.stats;
  figure('three cards', 'over the line', `${bytesUp} bytes for ${missing} missing, in ${seconds.toFixed(0)} s`);
  expect(bytesUp).toBeLessThan(1.3 * missing);

  const collected = await world.must('collect', '--dir', desk, '--json');
  expect(eventOf(collected, 'collected')[0]).toMatchObject({ completed: 1 });
  const exhibit = eventOf(await world.must('exhibits', '--dir', desk, '--json'), 'exhibit')[0];
  expect(exhibit?.['files']).toMatchObject([{ sha256: sha256(video), complete: true, bytes: video.length }]);
  const exported = await world.must('export', '--dir', desk, '--exhibit', String(exhibit?.['id']), '--out', world.path('out'), '--json');
  expect(sha256(await readFile(world.path('out', String(eventOf(exported, 'original')[0]?.['file']))))).toBe(sha256(video));
});

test('what is no bag is refused by code, and changes nothing', async () => {
  const desk = world.path('another-desk');
  await world.must('newsroom', 'found', '--dir', desk, '--name', 'Another', '--member', 'Sami');
  const noise = world.path('holiday.jpg');
  await writeFile(noise, randomBytes(300_000));
  const refused = await world.run('bag', 'in', noise, '--newsroom', desk, '--json');
  expect([refused.code, eventOf(refused, 'refused')[0]?.['code']]).toEqual([1, 'CLI_NO_BAG']);
  const gone = await world.run('bag', 'in', world.path('no-such-file'), '--newsroom', desk, '--json');
  expect([gone.code, eventOf(gone, 'refused')[0]?.['code']]).toEqual([1, 'CLI_FILE_GONE']);
  expect(eventOf(await world.must('exhibits', '--dir', desk, '--json'), 'exhibit')).toEqual([]);
});
