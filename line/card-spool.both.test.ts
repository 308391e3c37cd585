import { concatBytes, equalBytes, pieceBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CardLimits, planCard } from './card-plan.ts';
import { type CardSource, blobSource } from './card-source.ts';
import { CardSpool } from './card-spool.ts';
import { cardBytes } from './card-writer.ts';
import { MemorySpool } from './memory-spool.ts';
import { type TestParcel, makeParcel, numbersFrom } from './test-parcels.ts';

const parcels: readonly TestParcel[] = [
  makeParcel(1, 8192, { layer: 'words' }),
  makeParcel(2, 16_384, { layer: 'glance' }),
  makeParcel(3, 65_536, { layer: 'cut' }),
  ...[0, 1, 2].map((part) => makeParcel(10 + part, 131_072, { layer: 'whole', part })),
  makeParcel(4, 8192, { layer: 'tally' }),
];
const allPieces = parcels.reduce((sum, { bytes }) => sum + bytes.length / pieceBytes, 0);

/** The card's files, written out of a spool with these parcels. */
async function written(limits: Partial<CardLimits> = {}): Promise<Uint8Array<ArrayBuffer>[]> {
  const spool = new MemorySpool();
  for (const { note, head, bytes } of parcels) await spool.put(note, head, bytes);
  const plan = planCard(await spool.list(), { fillBytes: 1e9, ...limits });
  const files: Uint8Array<ArrayBuffer>[] = [];
  for (const file of plan.files) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of cardBytes(file, spool)) chunks.push(chunk);
    files.push(new Uint8Array(concatBytes(...chunks)));
    expect(files.at(-1)?.length).toBe(file.bytes);
  }
  return files;
}

const open = (files: readonly Uint8Array<ArrayBuffer>[]) => CardSpool.open(files.map((file) => blobSource(new Blob([file]))));

/** Every piece that the spool says is here is the right one. Returns how many there are. */
async function checkAll(spool: CardSpool): Promise<number> {
  let count = 0;
  for (const { name, bytes, pieces } of await spool.list()) {
    const parcel = parcels.find(({ note }) => note.name === name);
    if (!parcel) continue;
    const indices = Array.from({ length: bytes / pieceBytes }, (_, i) => i).filter((i) => pieces?.has(i) ?? true);
    const found = await spool.readPieces(name, indices);
    expect(equalBytes((await spool.readHead(name)) ?? new Uint8Array(), parcel.head)).toBe(true);
    for (const [i, index] of indices.entries())
      expect(equalBytes(found?.[i] ?? new Uint8Array(), parcel.bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes))).toBe(true);
    count += indices.length;
  }
  return count;
}

describe('cards as a spool', () => {
  test('give back what was written, in its order, whichever way it was cut into files', async () => {
    for (const mostFileBytes of [1e9, 200_000, 50_000]) {
      const spool = await open(await written({ mostFileBytes }));
      expect(await checkAll(spool)).toBe(allPieces);
      expect(spool.found).toMatchObject({ whole: 7, parcels: 7, pieces: allPieces, damaged: 0 });
      for (const parcel of await spool.list()) expect(parcel).not.toHaveProperty('pieces');
    }
    const listed = (await (await open(await written())).list()).sort((a, b) => a.order - b.order);
    expect(listed.map(({ name }) => name)).toEqual(parcels.map(({ note }) => note.name));
  });

  test('add up in any order, with duplicates, from cards that each hold a part', async () => {
    const limits = { fillBytes: 300_000 };
    const cards: Uint8Array<ArrayBuffer>[] = [];
    for (const number of [3, 1, 2]) cards.push(...(await written({ ...limits, share: { number, of: 3 } })));
    const one = await open(cards.slice(0, 1));
    expect(one.found.whole).toBeLessThan(7);
    expect((await one.list()).some((parcel) => parcel.pieces && !parcel.pieces.full)).toBe(true);
    expect(await checkAll(one)).toBe(one.found.pieces);
    const all = await open([...cards, ...cards.slice(1, 2)]);
    expect(all.found.whole).toBe(7);
    expect(all.found.doubled).toBeGreaterThan(0);
    expect(await checkAll(all)).toBe(allPieces);
  });

  test('cut off anywhere: every whole piece before the end counts', async () => {
    const [file] = await written();
    const random = numbersFrom(5);
    for (let run = 0; run < 40; run += 1) {
      const end = Math.floor(random() * (file?.length ?? 0));
      const spool = await open([(file ?? new Uint8Array()).slice(0, end)]);
      const heads = spool.found.parcels * (1 + 33 + 8 + 32 * 32);
      expect(await checkAll(spool)).toBe(spool.found.pieces);
      expect(spool.found.pieces * 4099).toBeGreaterThanOrEqual(end - heads - 2 * 4099);
    }
  });

  test('one flipped bit costs one piece, or what stands under one head', async () => {
    const [file = new Uint8Array()] = await written();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: file.length * 8 - 1 }), async (bit) => {
        const damaged = file.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (128 >> (bit & 7));
        const spool = await open([damaged]);
        expect(await checkAll(spool)).toBe(spool.found.pieces);
        const lost = allPieces - spool.found.pieces;
        expect(lost === 0 || lost === 1 || lost === 2 || parcels.some(({ bytes }) => bytes.length / pieceBytes === lost)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('a head that was altered on one card is taken from another, whichever is read first', async () => {
    const [file = new Uint8Array()] = await written();
    const damaged = file.slice();
    // Inside the hashes of the first head.
    damaged[4 + 1 + 20] = (damaged[4 + 1 + 20] ?? 0) ^ 1;
    const headOnly = file.slice(0, 4 + 1 + (parcels[0]?.head.length ?? 0) + 33 + 4099);
    const alone = await open([damaged]);
    expect(alone.found).toMatchObject({ parcels: 6, damaged: 2 });
    for (const cards of [
      [damaged, headOnly],
      [headOnly, damaged],
    ]) {
      const spool = await open(cards);
      expect(spool.found).toMatchObject({ whole: 7, pieces: allPieces, damaged: 0, doubled: 1 });
      expect(await checkAll(spool)).toBe(allPieces);
    }
  });

  test('a stretch of nonsense or zeros costs what it covers and two pieces more, never what follows', async () => {
    const [file = new Uint8Array()] = await written();
    const random = numbersFrom(9);
    for (let run = 0; run < 30; run += 1) {
      const damaged = file.slice();
      const from = Math.floor(random() * file.length);
      const length = Math.floor(random() * 40_000);
      damaged.fill(0, from, from + length);
      if (run % 2 === 0) for (let i = from; i < Math.min(file.length, from + length); i += 1) damaged[i] = random() * 256;
      const spool = await open([damaged]);
      expect(await checkAll(spool)).toBe(spool.found.pieces);
      // The head of the largest parcel among them may be hit: then its pieces go with it.
      expect(allPieces - spool.found.pieces).toBeLessThanOrEqual(32 + Math.ceil(length / 4099) + 2);
    }
  });

  test('a block that cannot be read is passed over; a card that is gone is refused', async () => {
    const big = makeParcel(77, 1_048_576, { layer: 'whole' });
    const spool = new MemorySpool();
    await spool.put(big.note, big.head, big.bytes);
    const chunks: Uint8Array[] = [];
    for (const file of planCard(await spool.list(), { fillBytes: 1e9 }).files)
      for await (const chunk of cardBytes(file, spool)) chunks.push(chunk);
    const bytes = concatBytes(...chunks);
    const source = (bad: (at: number, length: number) => boolean): CardSource => ({
      size: bytes.length,
      read: (at, length) => (bad(at, length) ? Promise.reject(new Error('EIO')) : Promise.resolve(bytes.slice(at, at + length))),
    });
    const block = await CardSpool.open([source((at, length) => at < 300_000 && at + length > 290_000)]);
    expect(block.found.pieces).toBeGreaterThan(256 - 36);
    expect(block.found.pieces).toBeLessThan(256);
    const gone = { size: 64_000_000, read: () => Promise.reject(new Error('ENODEV')) };
    await expect(CardSpool.open([gone])).rejects.toMatchObject({ code: 'LINE_STORAGE' });
    let isIn = true;
    const pulled = await CardSpool.open([source(() => !isIn)]);
    expect(await pulled.readPieces(big.note.name, [0])).toHaveLength(1);
    isIn = false;
    await expect(pulled.readPieces(big.note.name, [0])).rejects.toMatchObject({ code: 'LINE_STORAGE' });
    await expect(pulled.readHead(big.note.name)).rejects.toMatchObject({ code: 'LINE_STORAGE' });
  });

  test('no bytes whatever end in anything but a spool', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 9000 }), fc.boolean(), async (bytes, begun) => {
        const magic = new TextEncoder().encode('ZJB1');
        const spool = await open([new Uint8Array(begun ? concatBytes(magic, bytes) : bytes)]);
        expect(spool.found.whole).toBe(0);
      }),
    );
  });

  test('what is carried is read no more, and nobody puts onto a card', async () => {
    const spool = await open(await written());
    const [first] = parcels;
    const name = first?.note.name ?? '';
    await spool.keep(name, { vkey: 'v', salt: '00', quarter: 1, signature: '00', arrived: false });
    expect(await spool.readHead(name)).toBeNull();
    expect(await spool.readPieces(name, [0])).toBeNull();
    expect(spool.taken).toBe(1);
    expect((await spool.list()).find((parcel) => parcel.name === name)?.carried?.vkey).toBe('v');
    await expect(spool.put()).rejects.toThrow(RangeError);
  });
});
