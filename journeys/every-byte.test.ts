/**
 * The line is cut after every single byte of an upload: nothing is lost, nothing is corrupt, and hardly anything crosses
 * twice. Small form: every 37th byte and the borders of all frames; the full form takes every byte there is.
 */
import { BadLine } from '@zajil/cli';
import { type NameHex, bagMagic, nameFrameBytes, nameToHex, parcelHeadBytes, pieceFrameBytes, piecesOf } from '@zajil/format';
import { MemorySpool, type SenderOptions, type SuppliedParcel, runSender } from '@zajil/line';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figure, fullSize } from './figures.ts';
import { type LineRig, fastClock, putParcels, randomParcel, startLineRig, wholeParcels } from './line-rig.ts';

let rig: LineRig;
let line: BadLine;
let base: string;

beforeAll(async () => {
  rig = await startLineRig();
  line = new BadLine(rig.relay.url);
  base = await line.listen();
});
afterAll(async () => {
  await line.close();
  await rig.stop();
});

/** Everything of an upload but the parcel's pieces: the request's own lines, the head, the openings of the frames. */
const requestBytes = 400;
/** A bag, and questions on as many connections as may be dead without a word. */
const requestsPerCut = 5;
/** A second one hides the round trip of the first; each may lose the piece that was on its way. */
const bagsUnderWay = 2;

function streamBytes(parcel: SuppliedParcel): number {
  const pieces = piecesOf(parcel.bytes.length);
  return requestBytes + bagMagic.length + 1 + parcelHeadBytes(parcel.bytes.length) + pieces * pieceFrameBytes;
}

/** Where a frame of the bag ends, if the request's own lines have so many bytes. */
function borders(parcel: SuppliedParcel, linesBytes: number): number[] {
  const head = linesBytes + bagMagic.length + 1 + parcelHeadBytes(parcel.bytes.length);
  const pieces = Array.from({ length: piecesOf(parcel.bytes.length) }, (_, i) => head + (i + 1) * pieceFrameBytes);
  return [linesBytes, linesBytes + bagMagic.length, head, ...pieces];
}

/** The most that may cross after a cut: pieces that were not whole, the head if it was not, a few questions and the next bag. */
function stillToCome(parcel: SuppliedParcel, linesBytes: number, offset: number): number {
  const [, , head = 0, ...pieces] = borders(parcel, linesBytes);
  const opening = offset < head ? 1 + parcelHeadBytes(parcel.bytes.length) : nameFrameBytes;
  return opening + pieces.filter((end) => offset < end).length * pieceFrameBytes + requestsPerCut * requestBytes;
}

/** Sends a fresh parcel over a line that is cut once. @returns the parcel's name, and the bytes that crossed the line */
async function sendCut(parcel: SuppliedParcel, offset: number): Promise<{ name: NameHex; crossed: number; broken: number }> {
  const spool = new MemorySpool();
  await putParcels(spool, [parcel]);
  const before = line.stats;
  line.cutAfterBytes(offset);
  const options: SenderOptions = {
    invitation: { ...rig.invitation, relays: [base] },
    roster: rig.roster,
    spool,
    fetch,
    random: Math.random,
    until: 'taken',
    clock: fastClock,
    timeoutMs: 1_000_000,
  };
  const end = await runSender(options);
  expect(end.state).toBe('done');
  // A cut that was never reached must not wait for the next parcel.
  line.cutAfterBytes(Infinity);
  const { bytesUp, broken } = line.stats;
  return { name: nameToHex(parcel.name), crossed: bytesUp - before.bytesUp, broken: broken - before.broken };
}

/** The request's own lines of a bag, as the platform writes them: measured, not guessed. */
async function measureLines(): Promise<number> {
  const before = line.stats.bytesUp;
  const parcel = randomParcel(8, { layer: 'words' });
  await sendCut(parcel, Infinity);
  return line.stats.bytesUp - before - (streamBytes(parcel) - requestBytes);
}

test('cut after every byte of a small upload: what was whole before the cut is never sent again', { timeout: 1_800_000 }, async () => {
  const lines = await measureLines();
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(requestBytes);
  const example = randomParcel(8, { layer: 'words' });
  const all = Array.from({ length: streamBytes(example) - requestBytes + lines }, (_, i) => i + 1);
  const near = new Set(borders(example, lines).flatMap((border) => [-2, -1, 0, 1, 2].map((by) => border + by)));
  const offsets = fullSize ? all : all.filter((offset) => offset % 37 === 0 || near.has(offset));
  const names: NameHex[] = [];
  let worst = 0;
  let cuts = 0;
  for (const offset of offsets) {
    const most = offset + stillToCome(example, lines, offset);
    let sent = await sendCut(randomParcel(8, { layer: 'words' }), offset);
    // A busy machine may ask before the relay has read what crossed: what is lost by rule is lost every time.
    for (let again = 0; again < 2 && sent.crossed > most; again += 1) {
      names.push(sent.name);
      sent = await sendCut(randomParcel(8, { layer: 'words' }), offset);
    }
    const { name, crossed, broken } = sent;
    names.push(name);
    expect(crossed, `cut after ${offset} bytes`).toBeLessThanOrEqual(most);
    worst = Math.max(worst, crossed);
    cuts += Math.min(1, broken);
  }
  const whole = await wholeParcels(rig.relayFolder());
  expect(names.filter((name) => !whole.has(name))).toEqual([]);
  // The last byte may be cut off after the relay had it.
  expect(cuts).toBeGreaterThanOrEqual(offsets.length - 1);
  figure('every byte', 'places of a small upload at which the line was cut', String(cuts));
  figure('every byte', 'most bytes that crossed for one parcel of 8 KiB', `${worst} of ${all.length}`);
});

test('cut anywhere in a large upload: hardly a piece is sent again', async () => {
  const samples = fullSize ? 64 : 8;
  const parcels = Array.from({ length: samples }, (_, part) => randomParcel(1024, { layer: 'whole', part }));
  // So that the relay has read what crossed when it is asked, as it has on any line that is not this machine's own.
  line.shape({ upBytesPerSecond: 10_000_000 });
  let worst = 0;
  for (const [i, parcel] of parcels.entries()) {
    const total = streamBytes(parcel);
    const { crossed } = await sendCut(parcel, 1 + Math.floor(((i + Math.random()) / samples) * total));
    worst = Math.max(worst, crossed - total);
  }
  const whole = await wholeParcels(rig.relayFolder());
  expect(parcels.filter((parcel) => !whole.has(nameToHex(parcel.name)))).toEqual([]);
  figure('every byte', 'most bytes that crossed twice of a parcel of 1 MiB', String(worst));
  expect(worst).toBeLessThan(bagsUnderWay * pieceFrameBytes + parcelHeadBytes(1024 * 1024) + requestsPerCut * requestBytes);
});
