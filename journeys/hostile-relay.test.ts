/**
 * The drill of the relay that lies: a proxy before a real relay tells each lie to an unmodified sender. Each is named by
 * its code, nothing that it was to prove is ever shown, and with an honest relay beside it everything still gets there.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex, messageAddress, toHex } from '@zajil/format';
import { type DispatchProgress, type LineCode, MemorySpool, type SenderOptions, type Snapshot, runSender } from '@zajil/line';
import { type NoteSigner, createSigner, parseVkey } from '@zajil/log';
import { sealAcknowledgement, sealWants } from '@zajil/roster';
import { afterEach, expect, test } from 'vitest';
import {
  backDates,
  breaksPromises,
  everyPiece,
  forgedPromise,
  forgedReceipt,
  forgets,
  keepsNothing,
  otherBitmap,
  promiseOfAnother,
  receiptOfAnother,
  strangersPromise,
  thenInstead,
  twoFaces,
  unasked,
  unaskedMessage,
} from './hostile-relay-lies.ts';
import { HostileRelay, type Lie } from './hostile-relay-proxy.ts';
import { type LineRig, fastClock, putParcels, randomParcel, startLineRig, wholeParcels } from './line-rig.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** What a lie may need: the keys of a relay that lies, and a dispatch that the newsroom knows. */
interface Scene {
  readonly rig: LineRig;
  /** The lying relay's own. */
  readonly key: NoteSigner;
  readonly liar: HostileRelay;
  readonly honest: HostileRelay;
  readonly id: Uint8Array;
}

interface Drill {
  readonly lie: string;
  readonly code: LineCode;
  /** What must never be shown of the whole dispatch. */
  readonly never: 'taken' | 'arrived' | 'opened';
  /** Prepares both journeys; the lie is told in the second only. */
  readonly prepare: (scene: Scene) => Lie;
  readonly swallows?: boolean;
  readonly pauseMs?: number;
  /** Of the whole; wants are asked for only while some of it waits. */
  readonly parts?: number;
}

const stranger = createSigner('desk-one', new Uint8Array(32).fill(5));
const nonce = (): Uint8Array => new Uint8Array(randomBytes(24));

/** What the device holds: all of it, or the words alone. */
function acknowledge({ id }: Scene, signer: NoteSigner, sequence: number, all: boolean): Uint8Array {
  const file = { glance: all, cut: all, whole: all };
  return sealAcknowledgement(id, { sequence, quarter: 1000, words: true, files: [file] }, signer, nonce());
}

function addressOf({ rig, id }: Scene, purpose: 'acknowledgement' | 'wants' = 'acknowledgement'): string {
  return toHex(messageAddress(id, parseVkey(rig.device.vkey).name, purpose));
}

const drills: readonly Drill[] = [
  { lie: 'every piece, and no promise', code: 'LINE_FALSE_PIECES', never: 'taken', prepare: () => everyPiece },
  { lie: 'bitmaps of another length', code: 'LINE_FALSE_PIECES', never: 'taken', prepare: () => otherBitmap },
  { lie: 'heads kept and no piece', code: 'LINE_FALSE_PIECES', never: 'taken', prepare: () => keepsNothing, swallows: true },
  { lie: 'pieces listed, then forgotten', code: 'LINE_FALSE_PIECES', never: 'taken', prepare: () => forgets, swallows: true },
  { lie: 'a promise with a turned bit', code: 'LINE_FALSE_PROMISE', never: 'taken', prepare: () => forgedPromise },
  {
    lie: 'a stranger’s promise under the relay’s name',
    code: 'LINE_FALSE_PROMISE',
    never: 'taken',
    prepare: ({ rig }) => strangersPromise(createSigner(parseVkey(rig.relay.vkey).name, new Uint8Array(32).fill(6))),
  },
  { lie: 'the promise of another parcel', code: 'LINE_FALSE_PROMISE', never: 'taken', prepare: promiseOfAnother },
  { lie: 'a promise given and broken', code: 'LINE_FALSE_PROMISE', never: 'arrived', prepare: breaksPromises },
  { lie: 'a second promise, back-dated', code: 'LINE_FALSE_PROMISE', never: 'arrived', prepare: ({ key }) => backDates(key) },
  { lie: 'a receipt that proves another leaf', code: 'LINE_FALSE_RECEIPT', never: 'arrived', prepare: () => forgedReceipt },
  { lie: 'the receipt of another parcel', code: 'LINE_FALSE_RECEIPT', never: 'arrived', prepare: receiptOfAnother },
  { lie: 'a log with two faces', code: 'LINE_FALSE_RECEIPT', never: 'arrived', prepare: ({ key }) => twoFaces(key) },
  {
    lie: 'a message by a stranger',
    code: 'LINE_FALSE_MESSAGE',
    never: 'opened',
    prepare: (scene) => {
      scene.liar.messages.set(addressOf(scene), acknowledge(scene, scene.rig.device, 1, false));
      return thenInstead(addressOf(scene), acknowledge(scene, stranger, 2, true));
    },
  },
  {
    lie: 'a message that nobody asked for',
    code: 'LINE_FALSE_MESSAGE',
    never: 'opened',
    prepare: (scene) => unaskedMessage(acknowledge(scene, scene.rig.device, 1, true)),
  },
  {
    lie: 'an acknowledgement older than the one it showed',
    code: 'LINE_STALE_ACKNOWLEDGEMENT',
    never: 'opened',
    prepare: (scene) => {
      scene.liar.messages.set(addressOf(scene), acknowledge(scene, scene.rig.device, 5, false));
      return thenInstead(addressOf(scene), acknowledge(scene, scene.rig.device, 4, true));
    },
  },
  {
    lie: 'wants older than those it showed',
    code: 'LINE_REPLAYED_WANTS',
    never: 'opened',
    pauseMs: 120,
    parts: 12,
    prepare: (scene) => {
      const wants = (sequence: number): Uint8Array =>
        sealWants(scene.id, { sequence, quarter: 1000, until: 0xffff_ffff, entries: [] }, scene.rig.device, nonce());
      scene.liar.messages.set(addressOf(scene, 'wants'), wants(5));
      return thenInstead(addressOf(scene, 'wants'), wants(4), 1);
    },
  },
  { lie: 'an answer to something else', code: 'LINE_BAD_ANSWER', never: 'taken', prepare: () => unasked },
];

async function setTheScene(spool: MemorySpool, parts: number): Promise<Scene> {
  const rig = await startLineRig([{}, {}]);
  closers.push(() => rig.stop());
  const [liar, honest] = rig.invitation.relays.map((url) => new HostileRelay(url)) as [HostileRelay, HostileRelay];
  for (const proxy of [liar, honest]) closers.push(() => proxy.close());
  const seed = fromHex((await readFile(join(rig.relayFolder(0), 'relay.key'), 'utf8')).trim());
  const key = createSigner(parseVkey(rig.relay.vkey).name, seed);
  expect(key.vkey).toBe(rig.relay.vkey);
  const wholes = Array.from({ length: parts }, (_, part) => randomParcel(256, { layer: 'whole', part }));
  const id = await putParcels(spool, [randomParcel(8, { layer: 'words' }), ...wholes, randomParcel(8, { layer: 'tally' })], 1);
  return { rig, key, liar, honest, id };
}

interface Told {
  readonly end: Snapshot;
  readonly codes: ReadonlySet<string>;
  /** The most that was ever shown of the whole dispatch. */
  readonly most: number;
}

const states = ['here', 'going', 'taken', 'arrived', 'opened'];

function shown({ words, files }: DispatchProgress): number {
  return Math.min(...[words, ...files.map((file) => file.whole)].map(({ state }) => states.indexOf(state)));
}

type Given = Pick<SenderOptions, 'invitation' | 'roster' | 'spool' | 'until' | 'timeoutMs'>;

/** Sends until all is as it should be, or the code is told, or the first dispatch is safe to erase, or time is over. */
async function send(given: Given, code: string | null = null): Promise<Told> {
  const stop = new AbortController();
  const codes = new Set<string>();
  let most = 0;
  const end = await runSender({
    ...given,
    fetch,
    random: Math.random,
    clock: fastClock,
    pollMs: { first: 300, most: 1000 },
    signal: stop.signal,
    onProgress: ({ dispatches: [one] }) => {
      most = Math.max(most, one ? shown(one) : 0);
      if (one?.safeToErase) stop.abort();
    },
    onTrouble: (error) => {
      codes.add(error.code);
      if (error.code === code) stop.abort();
    },
  });
  return { end, codes, most };
}

const until = { taken: 'taken', arrived: 'arrived', opened: 'opened' } as const;
/** Of the fast clock: enough for every round of asking; and so long that what ends by itself has ended. */
const shortMs = 20_000;
const longMs = 400_000;

test.each(drills)('$lie: $code', async ({ code, never, prepare, swallows = false, pauseMs = 0, parts = 2 }) => {
  const play = async (tells: boolean): Promise<{ scene: Scene; spool: MemorySpool; told: Told; base: string }> => {
    const spool = new MemorySpool();
    const scene = await setTheScene(spool, parts);
    const lie = prepare(scene);
    Object.assign(scene.liar, tells ? { lie, swallows, pauseMs } : { pauseMs });
    const base = await scene.liar.listen();
    const invitation = { ...scene.rig.invitation, relays: [base] };
    // Nobody at the desk says that it is safe: a journey that would wait for that ends by time, or when all is taken.
    const waits = never === 'opened' && pauseMs === 0 && !tells;
    const goal = never === 'opened' && pauseMs > 0 && !tells ? 'taken' : until[never];
    const given = { invitation, roster: scene.rig.roster, spool, until: goal, timeoutMs: waits ? shortMs : longMs };
    const told = await send(given, code);
    return { scene, spool, told, base };
  };

  const honest = await play(false);
  // A slow machine may look like a dead line; nothing else may be told.
  expect([...honest.told.codes].filter((told) => told !== 'LINE_WAITING')).toEqual([]);
  expect(honest.told.most).toBeGreaterThanOrEqual(states.indexOf(never === 'opened' ? 'taken' : never));
  expect(honest.scene.liar.told).toBe(0);

  const { scene, spool, told, base } = await play(true);
  expect(told.codes).toContain(code);
  expect(scene.liar.told).toBeGreaterThan(0);
  expect(told.most).toBeLessThan(states.indexOf(never));
  expect(told.end.dispatches[0]?.safeToErase).toBe(false);

  const words = randomParcel(8, { layer: 'words', dispatch: 'two', order: 2 });
  await putParcels(spool, [words]);
  const invitation = { ...scene.rig.invitation, relays: [base, await scene.honest.listen()] };
  const given = { invitation, roster: scene.rig.roster, spool, timeoutMs: longMs };
  expect((await send({ ...given, until: 'taken' })).end.state).toBe('done');
  const there = await Promise.all([0, 1].map((at) => wholeParcels(scene.rig.relayFolder(at))));
  const parcels = await spool.list();
  expect(parcels).toHaveLength(3 + parts);
  expect(parcels.filter(({ name }) => !there.some((names) => names.has(name)))).toEqual([]);

  scene.honest.messages.set(addressOf(scene), acknowledge(scene, scene.rig.device, 9, true));
  const { end } = await send({ ...given, until: 'opened' });
  expect(end.dispatches[0]?.safeToErase).toBe(true);
});
