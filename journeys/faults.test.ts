/**
 * Faults with names, each in the middle of an upload: everything is taken at last, what the relay holds is what was
 * sealed, and little crosses the line twice. Figures of bytes are what reached the relay's side of the line.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BadLine } from '@zajil/cli';
import { toHex } from '@zajil/format';
import { type Clock, FolderSpool, MemorySpool, type SenderOptions, type Snapshot, isLie, platformClock, runSender } from '@zajil/line';
import { afterEach, expect, test } from 'vitest';
import { figure, fullSize } from './figures.ts';
import { HostileRelay } from './hostile-relay-proxy.ts';
import { type LineRig, type RelayMore, putDispatch, startLineRig, wholeParcels } from './line-rig.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Upload {
  readonly rig: LineRig;
  readonly line: BadLine;
  readonly spool: MemorySpool;
  readonly names: readonly string[];
  readonly codes: Set<string>;
  /** Sends until everything is taken, or as `more` says. */
  readonly send: (more?: Partial<SenderOptions>) => Promise<Snapshot>;
  /** Of all relays together: the parcels that none holds as they were sealed. */
  readonly lost: () => Promise<string[]>;
}

const kibibyte = 1024;
/** Words, glance, cut, two parts of a whole, tally. */
const sealedBytes = (8 + 16 + 64 + 2 * 256 + 8) * kibibyte;
/** Requests' own lines, heads, openings of frames. */
const overhead = 1.06;
/** What a loss may cost: in each of two bags under way the piece that was not whole, a head again, and the questions. */
const lossBytes = 2 * 4099 + 8200 + 2000;

/** What is on the line already when a bag is given up still crosses: a full buffer of each connection. */
const onTheLineBytes = 3 * 65_536;

/** An upload that takes a second and a half when nothing happens. @param more - of each relay; the first is behind the line */
async function begin(more: readonly RelayMore[] = [{}]): Promise<Upload> {
  const rig = await startLineRig(more);
  closers.push(() => rig.stop());
  const line = new BadLine(rig.invitation.relays[0] ?? '');
  const base = await line.listen();
  closers.push(() => line.close());
  line.shape({ upBytesPerSecond: 400_000, delayMs: 5 });
  const spool = new MemorySpool();
  const names = await putDispatch(spool, { cut: 64, whole: 256, parts: 2 });
  const codes = new Set<string>();
  const invitation = { ...rig.invitation, relays: [base, ...rig.invitation.relays.slice(1)] };
  const usual = { invitation, roster: rig.roster, spool, fetch, random: Math.random, until: 'taken', timeoutMs: 120_000 } as const;
  const onTrouble: SenderOptions['onTrouble'] = (error) => void codes.add(error.code);
  const lost = async (): Promise<string[]> => {
    const there = await Promise.all(more.map((_, at) => wholeParcels(rig.relayFolder(at))));
    return names.filter((name) => !there.some((held) => held.has(name)));
  };
  return { rig, line, spool, names, codes, send: (more = {}) => runSender({ ...usual, onTrouble, ...more }), lost };
}

/** Everything is taken, nothing is corrupt, nobody was called a liar, and no more crossed than may. */
async function expectAllThere({ line, codes, lost }: Upload, end: Snapshot, mostBytes: number, fault: string): Promise<void> {
  expect(end.state).toBe('done');
  expect(await lost()).toEqual([]);
  expect([...codes].filter((code) => isLie(code as Parameters<typeof isLie>[0]))).toEqual([]);
  expect(line.stats.bytesUp).toBeGreaterThan(0);
  expect(line.stats.bytesUp).toBeLessThan(mostBytes);
  figure('faults', `${fault}: bytes that crossed, of ${sealedBytes} sealed`, String(line.stats.bytesUp));
}

test('no fault: the upload takes as many bytes as it must', async () => {
  const upload = await begin();
  await expectAllThere(upload, await upload.send(), sealedBytes * overhead, 'none');
  expect([...upload.codes]).toEqual([]);
});

test('answer-lost: what arrived without an answer is not sent again', async () => {
  const upload = await begin();
  upload.line.loseAnswers();
  const sending = upload.send();
  await wait(1500);
  const { broken } = upload.line.stats;
  expect(broken).toBeGreaterThan(0);
  upload.line.restore();
  await expectAllThere(upload, await sending, sealedBytes * overhead + broken * lossBytes, 'answer-lost');
});

test('black-holed: the words are out in seconds after the line comes back', async () => {
  const upload = await begin();
  upload.line.blackHole();
  setTimeout(() => upload.line.restore(), 2000);
  const began = performance.now();
  let wordsAfterMs = Infinity;
  const onProgress = ({ dispatches }: Snapshot): void => {
    if (dispatches[0]?.words.state === 'taken') wordsAfterMs = Math.min(wordsAfterMs, performance.now() - began);
  };
  const end = await upload.send({ onProgress });
  expect(wordsAfterMs).toBeLessThan(16_000);
  await expectAllThere(upload, end, sealedBytes * overhead + upload.line.stats.broken * lossBytes + onTheLineBytes, 'black-holed');
});

test('black-holed in the middle: a bag that nobody answers is given up, and what arrived of it counts', async () => {
  const upload = await begin();
  const sending = upload.send();
  await wait(700);
  upload.line.blackHole();
  await wait(1000);
  upload.line.restore();
  await expectAllThere(
    upload,
    await sending,
    sealedBytes * overhead + upload.line.stats.broken * lossBytes + onTheLineBytes,
    'black-holed',
  );
});

test('flow-cut: twelve times, at places of no meaning', async () => {
  const upload = await begin();
  const sending = upload.send();
  for (let cut = 0; cut < 12; cut += 1) {
    upload.line.cutAfterBytes(1000 + ((7919 * cut) % 40_000));
    await wait(150);
  }
  upload.line.cutAfterBytes(Infinity);
  const end = await sending;
  const { broken } = upload.line.stats;
  expect(broken).toBeGreaterThan(6);
  await expectAllThere(upload, end, sealedBytes * overhead + broken * lossBytes, 'flow-cut');
});

test('relay-restarted: on the same folder and port, while pieces are on their way', async () => {
  const upload = await begin();
  const sending = upload.send();
  await wait(600);
  await upload.rig.restart(0);
  await expectAllThere(upload, await sending, sealedBytes * overhead + 4 * lossBytes, 'relay-restarted');
});

test('relay-forgot-staging: what was promised stays, what was not is sent again, and it is no lie', async () => {
  const upload = await begin();
  const sending = upload.send();
  await wait(900);
  await upload.rig.restart(0, {}, () => rm(join(upload.rig.relayFolder(), 'staging'), { recursive: true }));
  // At most what was not whole: with two bags under way, both parts of the whole.
  await expectAllThere(upload, await sending, sealedBytes * overhead + 2 * 256 * kibibyte + 4 * lossBytes, 'relay-forgot-staging');
});

test('clock-jumped: the relay’s by hours both ways, the phone’s by a night that it slept through', async () => {
  const hour = 3_600_000;
  let [relayMs, phoneMs] = [0, 0];
  const upload = await begin([{ now: () => Date.now() + relayMs }]);
  const clock: Clock = { ...platformClock, now: () => platformClock.now() + phoneMs };
  const sending = upload.send({ clock, timeoutMs: 100 * hour });
  for (const [relay, phone] of [
    [7, 0],
    [-13, 0],
    [0, 9],
    [5, 20],
  ] as const) {
    await wait(300);
    [relayMs, phoneMs] = [relay * hour, phone * hour];
  }
  // A phone that slept gives up what was under way, with what buffers on the way had of it.
  await expectAllThere(upload, await sending, sealedBytes * overhead + 8 * lossBytes + onTheLineBytes, 'clock-jumped');
});

test('disk-full-at-relay: an honest refusal, what is held stays, and it goes on once there is room', async () => {
  const upload = await begin([{ quotaBytes: 400 * kibibyte }]);
  const stop = new AbortController();
  const full = await upload.send({ signal: stop.signal, onTrouble: ({ code }) => code === 'LINE_RELAY_FULL' && stop.abort() });
  expect(full).toMatchObject({ trouble: { code: 'LINE_RELAY_FULL' }, dispatches: [{ words: { state: 'taken' } }] });
  const held = await wholeParcels(upload.rig.relayFolder());
  expect(held.size).toBeGreaterThan(0);
  await upload.rig.restart(0);
  const end = await upload.send();
  expect([...held].filter((name) => !upload.names.includes(name))).toEqual([]);
  await expectAllThere(upload, end, sealedBytes * overhead + 8 * lossBytes + 256 * kibibyte, 'disk-full-at-relay');
});

test('disk-full-at-relay: a second relay takes over meanwhile', async () => {
  const upload = await begin([{ quotaBytes: 400 * kibibyte }, {}]);
  const end = await upload.send();
  expect(upload.codes).toContain('LINE_RELAY_FULL');
  expect(end.relays.map(({ state }) => state)).toEqual(['full', 'working']);
  await expectAllThere(upload, end, sealedBytes * overhead, 'disk-full-at-relay, two relays');
});

interface Killed {
  readonly child: ChildProcess;
  /** What it said last. */
  readonly said: Promise<string>;
}

/** Resolves once it sends. */
async function startSender(words: readonly string[]): Promise<Killed> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-sender.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const ended = new Promise<string>((resolve) => void child.once('close', () => resolve(said)));
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      said = text.toString().trim();
      resolve();
    });
    child.once('close', () => resolve());
  });
  return { child, said: ended };
}

test('sender-killed: ten times and more, without warning; no piece that is held comes again', async () => {
  const kills = fullSize ? 40 : 10;
  const rig = await startLineRig();
  closers.push(() => rig.stop());
  const counting = new HostileRelay(rig.relay.url);
  closers.push(() => counting.close());
  counting.pauseMs = 60;
  const base = await counting.listen();
  const folder = await mkdtemp(join(tmpdir(), 'zajil-killed-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const names = await putDispatch(await FolderSpool.open(folder), { cut: 64, whole: 1024, parts: fullSize ? 24 : 6 });
  const words = [folder, join(rig.folder, 'newsroom', 'public', 'roster.txt'), base, toHex(rig.invitation.token)];
  let [killed, early] = [0, 0];
  while (killed < kills && early === 0) {
    const { child, said } = await startSender(words);
    await wait(20 + Math.random() * 300);
    child.kill('SIGKILL');
    if ((await said) === 'sending') killed += 1;
    else early += 1;
  }
  expect(killed).toBe(kills);
  expect(counting.bags).toBeGreaterThan(0);
  const last = await startSender(words);
  expect(await last.said).toBe('done');
  const whole = await wholeParcels(rig.relayFolder());
  expect(names.filter((name) => !whole.has(name))).toEqual([]);
  expect(counting.repeated).toBe(0);
  figure('faults', 'sender-killed: kills, bags, pieces that came again', `${killed}, ${counting.bags}, ${counting.repeated}`);
});
