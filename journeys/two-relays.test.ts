/** A relay that dies for good with a part of a dispatch: what the desk read of it counts, at the desk and for the phone. */
import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { BadLine } from '@zajil/cli';
import { formatInvitation, parseInvitation, pieceBytes, toBase64Url } from '@zajil/format';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figure } from './figures.ts';
import { type SealedSpool, askFirst, bagOf, sealInto, seeded } from './sealed-spool.ts';
import { type Ended, type Server, World } from './zajil.ts';

let world: World;

beforeEach(() => {
  world = new World('two-relays');
});
afterEach(() => world.end());

interface Rig {
  readonly desk: string;
  readonly a: Server;
  readonly b: Server;
  /** Leads to relay B. */
  readonly invite: string;
  readonly sealed: SealedSpool;
  readonly video: Uint8Array;
  readonly atA: (parcel: { name: string }, piece: number) => boolean;
  readonly missing: number;
}

/** Relay A got 60 % of the pieces, and the desk read what A had. */
async function begin(): Promise<Rig> {
  const { desk, relay: a, invite: inviteA } = await world.newsroom();
  const b = await world.serve('relay', '--dir', world.path('relay-b'), '--listen', '127.0.0.1:0', '--newsroom', desk, '--publish', '900');
  const invite = (await world.must('newsroom', 'invite', '--dir', desk, '--relay', b.url)).stdout.trim();
  const video = new Uint8Array(randomBytes(2_500_000));
  const sealed = await sealInto(world.path('phone'), parseInvitation(invite), video, 'video/mp4');
  const random = seeded(7);
  // Of every parcel something is missing there: what relay A had whole is filed as its own, and B never hears of it.
  const all = sealed.parcels.flatMap(({ name, bytes }) => Array.from({ length: bytes / pieceBytes }, (_, i) => `${name} ${i}`));
  const chosen = new Set(all.filter((place) => random() < 0.6 && !place.endsWith(' 0')));
  const atA = ({ name }: { name: string }, piece: number): boolean => chosen.has(`${name} ${piece}`);
  await upload(a, inviteA, await bagOf(sealed, atA));
  expect(collected(await world.must('collect', '--dir', desk, '--json'))).toMatchObject({ completed: 0 });
  return { desk, a, b, invite, sealed, video, atA, missing: sealed.pieces - chosen.size };
}

async function upload(relay: Server, invite: string, bag: Uint8Array): Promise<void> {
  const headers = { authorization: `Bearer ${toBase64Url(parseInvitation(invite).token)}`, 'content-type': 'application/vnd.zajil.bag' };
  const answer = await fetch(`${relay.url}/v1/bag`, { method: 'POST', headers, body: bag as Uint8Array<ArrayBuffer> });
  expect(answer.status).toBe(200);
}

async function die(relay: Server): Promise<void> {
  await relay.stop('SIGKILL');
  await rm(world.path('relay'), { recursive: true });
}

const eventOf = ({ lines }: Ended, event: string): Record<string, unknown> | undefined => lines.find((line) => line['event'] === event);
const collected = (ended: Ended): Record<string, unknown> | undefined => eventOf(ended, 'collected');

async function expectWhole({ desk, video }: Rig): Promise<void> {
  const sha256 = createHash('sha256').update(video).digest('hex');
  const exhibit = eventOf(await world.must('exhibits', '--dir', desk, '--json'), 'exhibit');
  expect(exhibit?.['files']).toMatchObject([{ sha256, complete: true, bytes: video.length }]);
}

test('relay-gone-for-good: what it had and what another relay got are one original', async () => {
  const rig = await begin();
  await die(rig.a);
  await upload(rig.b, rig.invite, await bagOf(rig.sealed, (parcel, piece) => !rig.atA(parcel, piece)));
  const figures = collected(await world.must('collect', '--dir', rig.desk, '--json'));
  expect(figures).toMatchObject({ completed: 1, relays: [{ state: 'unreachable' }, { state: 'reached' }] });
  await expectWhole(rig);
  // Relay B was handed the rest, and now promises all of it.
  const next = collected(await world.must('collect', '--dir', rig.desk, '--json'));
  expect(next).toMatchObject({ filed: 0, known: rig.sealed.parcels.length, handed: 0 });
});

test('relay-gone-for-good: the phone sends to another relay only what the first did not have', async () => {
  const rig = await begin();
  await die(rig.a);
  const handed = collected(await world.must('collect', '--dir', rig.desk, '--json'));
  expect(handed?.['handed']).toBeGreaterThan(0);
  const line = new BadLine(rig.b.url);
  try {
    const base = await line.listen();
    await askFirst(rig.sealed, base);
    const invite = formatInvitation({ ...parseInvitation(rig.invite), relays: [base] });
    await world.must('send', '--invite', invite, '--state', world.path('phone'), '--until', 'taken', '--timeout', '60');
    figure('two relays', 'over the line', `${line.stats.bytesUp} bytes for ${rig.missing * pieceBytes} missing`);
    expect(line.stats.bytesUp).toBeLessThan(1.3 * rig.missing * pieceBytes);
  } finally {
    await line.close();
  }
  expect(collected(await world.must('collect', '--dir', rig.desk, '--json'))).toMatchObject({ completed: 1 });
  await expectWhole(rig);
});
