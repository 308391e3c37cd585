import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BagFrame,
  BagSalvage,
  type SalvageOptions,
  type SalvagedPiece,
  bagMagic,
  concatBytes,
  equalBytes,
  formatBagFrame,
  makeParcelHead,
  parcelName,
  parseParcelHead,
  pieceBytes,
  toHex,
  verifyPiece,
} from './index.ts';

/** Bytes that look like ciphertext: no two stretches are alike. */
function noise(length: number, seed: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => sha256(Uint8Array.of(seed, seed >> 8, i, i >> 8)));
  return concatBytes(...blocks).slice(0, length);
}

function makeParcel(kibibytes: number, seed: number) {
  const bytes = noise(kibibytes * 1024, seed);
  const head = makeParcelHead(bytes);
  const name = parcelName(head);
  const piece = (index: number): BagFrame => ({
    kind: 'piece',
    index,
    bytes: bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  });
  return { head, name, hex: toHex(name), count: bytes.length / pieceBytes, piece };
}

const parcels = [8, 16, 8, 32].map(makeParcel);
const at = (i: number) => parcels[i % parcels.length] ?? makeParcel(8, 99);

interface Placed {
  readonly from: number;
  readonly to: number;
  /** What it is, as `name:index`; of a head or a name its opener's number. */
  readonly piece: string | null;
  readonly opener: number;
}

/** Visits: which parcel, by its head or by its name, and which of its pieces. */
function writeBag(visits: readonly { parcel: number; pieces: readonly number[]; again: boolean }[]) {
  const chunks: Uint8Array[] = [bagMagic];
  const placed: Placed[] = [];
  let length = bagMagic.length;
  const seen = new Map<number, number>();
  const needs: number[] = [];
  const put = (frame: BagFrame, piece: string | null, opener: number): void => {
    const bytes = formatBagFrame(frame);
    placed.push({ from: length, to: length + bytes.length, piece, opener });
    chunks.push(bytes);
    length += bytes.length;
  };
  for (const { parcel, pieces, again } of visits) {
    const { head, name, hex, count, piece } = at(parcel);
    const opener = placed.length;
    const known = seen.get(parcel % parcels.length);
    put(again && known !== undefined ? { kind: 'name', name } : { kind: 'head', head }, null, opener);
    needs[opener] = again && known !== undefined ? known : opener;
    if (!(again && known !== undefined)) seen.set(parcel % parcels.length, opener);
    for (const index of pieces) put(piece(index % count), `${hex}:${index % count}`, opener);
  }
  return { bag: concatBytes(...chunks), placed, needs };
}

function salvage(bag: Uint8Array, cuts: readonly number[] = [], options: SalvageOptions = {}) {
  const reader = new BagSalvage(options);
  const pieces: SalvagedPiece[] = [];
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bag.length)).sort((a, b) => a - b), bag.length];
  for (const [i, from] of places.slice(0, -1).entries()) pieces.push(...reader.push(bag.slice(from, places[i + 1])));
  pieces.push(...reader.end());
  for (const { parcel, index, at, bytes } of pieces) {
    expect(toHex(parcelName(parcel.head))).toBe(parcel.name);
    verifyPiece(parseParcelHead(parcel.head), index, bytes);
    expect(equalBytes(bag.subarray(at, at + pieceBytes), bytes)).toBe(true);
    const { head, headAt } = parcel;
    if (headAt !== null) expect(equalBytes(bag.subarray(headAt, headAt + head.length), head)).toBe(true);
  }
  const { damaged, orphans, proved, begun } = reader;
  return { found: pieces.map(({ parcel, index }) => `${parcel.name}:${index}`), damaged, orphans, proved, begun };
}

const visits = fc.array(
  fc.record({ parcel: fc.nat(3), pieces: fc.array(fc.nat(7), { minLength: 0, maxLength: 5 }), again: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const edits = fc.array(
  fc.record({
    place,
    /** Overwritten or lost. */
    bytes: fc.oneof(fc.constant(1), fc.nat(40), fc.constant(512), fc.nat(9000)),
    put: fc.oneof(fc.constant('as-many'), fc.constant('none'), fc.constant('some')),
    fill: fc.oneof(fc.constant(0), fc.integer({ min: 1000, max: 60_000 })),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The bag after damage, and the stretches of the old one that were touched. */
function damage(bag: Uint8Array, wanted: readonly { place: number; bytes: number; put: string; fill: number }[]) {
  const touched: [number, number][] = [];
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const edit of [...wanted].sort((a, b) => a.place - b.place)) {
    const start = Math.floor(edit.place * bag.length);
    if (start < from) continue;
    const end = Math.min(bag.length, start + edit.bytes);
    const length = edit.put === 'as-many' ? end - start : edit.put === 'none' ? 0 : edit.bytes % 77;
    chunks.push(bag.subarray(from, start), edit.fill === 0 ? new Uint8Array(length) : noise(length, edit.fill));
    touched.push([start, end]);
    from = end;
  }
  return { damaged: concatBytes(...chunks, bag.subarray(from)), touched };
}

/** An insertion touches a frame when it is inside of it. */
const isTouched = (touched: readonly [number, number][], { from, to }: Placed): boolean =>
  touched.some(([start, end]) => (start === end ? start > from && start < to : start < to && end > from));

describe('a bag', () => {
  test('that is whole gives every piece, however it is cut into chunks', () => {
    fc.assert(
      fc.property(visits, cuts, (visits, cuts) => {
        const { bag, placed } = writeBag(visits);
        const all = placed.flatMap(({ piece }) => (piece === null ? [] : [piece]));
        expect(salvage(bag, cuts)).toEqual({ found: all, damaged: 0, orphans: 0, proved: all.length, begun: true });
      }),
      { numRuns: 40 },
    );
  });

  test('that is damaged costs the frames touched, and what stands under a head or name that was', () => {
    fc.assert(
      fc.property(visits, edits, cuts, (visits, edits, cuts) => {
        const { bag, placed, needs } = writeBag(visits);
        const { damaged, touched } = damage(bag, edits);
        const isWhole = (i: number): boolean => placed[i] !== undefined && !isTouched(touched, placed[i]);
        const due = placed.filter(
          (frame, i) => frame.piece !== null && isWhole(i) && isWhole(frame.opener) && isWhole(needs[frame.opener] ?? -1),
        );
        const { found } = salvage(damaged, cuts);
        const left = [...found];
        for (const { piece } of due) {
          const i = left.indexOf(piece ?? '');
          expect(i, `a piece that nothing touched, of ${placed.length} frames`).toBeGreaterThanOrEqual(0);
          left.splice(i, 1);
        }
        expect(salvage(damaged).found).toEqual(found);
      }),
      { numRuns: 150 },
    );
  });

  test('that ends anywhere gives what is whole before the end, and that is no damage', () => {
    const { bag, placed } = writeBag([
      { parcel: 1, pieces: [0, 1, 2], again: false },
      { parcel: 0, pieces: [1, 0], again: false },
    ]);
    for (let end = 4; end <= bag.length; end += 211) {
      const whole = placed.flatMap(({ piece, to }) => (piece !== null && to <= end ? [piece] : []));
      expect(salvage(bag.subarray(0, end)), `${end}`).toMatchObject({ found: whole, damaged: 0 });
    }
  });
});

describe('damage is counted', () => {
  const { bag, placed } = writeBag([
    { parcel: 3, pieces: [0, 1, 2, 3, 4, 5, 6, 7], again: false },
    { parcel: 1, pieces: [0, 1, 2, 3], again: false },
  ]);
  const all = placed.flatMap(({ piece }) => (piece === null ? [] : [piece]));
  const flipped = (...places: number[]): Uint8Array => bag.map((byte, i) => (places.includes(i) ? byte ^ 64 : byte));

  test('a flipped bit of a piece is one piece', () => {
    const third = placed[3];
    expect(salvage(flipped((third?.from ?? 0) + 1000))).toMatchObject({ found: all.filter((_, i) => i !== 2), damaged: 1, orphans: 0 });
  });

  test('a flipped bit of what stands before a piece or a head costs nothing', () => {
    for (const frame of placed.filter(({ from }) => from > 4)) expect(salvage(flipped(frame.from)).found).toEqual(all);
    expect(salvage(flipped((placed[3]?.from ?? 0) + 1, (placed[3]?.from ?? 0) + 2)).found).toEqual(all);
    expect(salvage(flipped(0))).toMatchObject({ found: all, begun: false });
  });

  test('a lost sector costs the pieces that it touches', () => {
    const from = (placed[3]?.from ?? 0) + 100;
    const zeroed = bag.map((byte, i) => (i >= from && i < from + 8192 ? 0 : byte));
    expect(salvage(zeroed)).toMatchObject({ found: all.filter((_, i) => i < 2 || i > 4), damaged: 3 });
  });

  test('bytes that are lost before a name cost what they were of: what follows the name is found', () => {
    const [first, second] = [at(3), at(1)];
    const before = concatBytes(
      bagMagic,
      ...[{ kind: 'head', head: first.head } as const, { kind: 'head', head: second.head } as const, second.piece(0)].map(formatBagFrame),
    );
    const after = concatBytes(...[{ kind: 'name', name: first.name } as const, first.piece(5)].map(formatBagFrame));
    const torn = concatBytes(before.subarray(0, before.length - 100), after);
    expect(salvage(torn)).toMatchObject({ found: [`${first.hex}:5`], damaged: 1 });
    const headless = concatBytes(bagMagic, formatBagFrame({ kind: 'head', head: second.head }), before.subarray(-999), after);
    expect(salvage(headless, [], { headOf: (name) => (name === first.hex ? first.head : null) }).found).toEqual([`${first.hex}:5`]);
  });

  test('pieces of a parcel that is only named are orphans, unless somebody knows its head', () => {
    const { name, head, hex, piece } = at(1);
    const named = concatBytes(bagMagic, ...[{ kind: 'name', name } as const, piece(0), piece(3)].map(formatBagFrame));
    expect(salvage(named)).toMatchObject({ found: [], orphans: 2, damaged: 0 });
    expect(salvage(named, [], { headOf: (asked) => (asked === hex ? head : null) }).found).toEqual([`${hex}:0`, `${hex}:3`]);
    expect(salvage(named, [], { headOf: () => at(2).head })).toMatchObject({ found: [], orphans: 2 });
  });
});

describe('a head with a name behind it', () => {
  const { head, name, hex, piece } = at(1);
  const write = (head: Uint8Array): Uint8Array =>
    concatBytes(bagMagic, ...[{ kind: 'head', head } as const, { kind: 'name', name } as const, piece(0), piece(2)].map(formatBagFrame));
  const altered = head.map((byte, i) => (i === 100 ? byte ^ 1 : byte));

  test('gives its pieces', () => {
    expect(salvage(write(head))).toMatchObject({ found: [`${hex}:0`, `${hex}:2`], orphans: 0, damaged: 0 });
  });

  test('that was altered gives no parcel that there never was: its pieces wait for the true head', () => {
    const reader = new BagSalvage();
    expect([...reader.push(write(altered)), ...reader.end()]).toEqual([]);
    const nameAt = bagMagic.length + 1 + head.length;
    expect([reader.orphans, reader.orphanRuns]).toEqual([2, [{ name: hex, from: nameAt, to: write(head).length }]]);
    expect(salvage(write(altered), [], { headOf: (asked) => (asked === hex ? head : null) }).found).toEqual([`${hex}:0`, `${hex}:2`]);
  });
});

test('heads that nobody meant, at every eighth byte, are not hashed without end', () => {
  let hashed = 0;
  const sha256 = (bytes: Uint8Array): Uint8Array => {
    hashed += bytes.length;
    return new Uint8Array(32);
  };
  const bait = new Uint8Array([0x5a, 0x4a, 0x48, 0x31, 0, 0x10, 0, 0]);
  const bag = new Uint8Array(1024 * 1024);
  for (let at = 0; at < bag.length; at += bait.length) bag.set(bait, at);
  const reader = new BagSalvage({ sha256 });
  for (let at = 0; at < bag.length; at += 65_536) reader.push(bag.slice(at, at + 65_536));
  reader.end();
  expect(hashed).toBeLessThan(9 * bag.length + 300_000);
});

test('what is no bag gives nothing, at a cost in proportion to its length', () => {
  let hashed = 0;
  const counted = (bytes: Uint8Array): Uint8Array => {
    hashed += bytes.length;
    return sha256(bytes);
  };
  const { head } = at(1);
  const hostile = [
    new Uint8Array(60_000).map((_, i) => (i % 3 === 0 ? 3 : 0)),
    noise(60_000, 7),
    new Uint8Array(60_000).fill(2),
    concatBytes(...Array.from({ length: 400 }, () => Uint8Array.of(3, 0, 1, 2, 90, 74, 72, 49, 0, 0, 32, 0))),
  ];
  for (const bytes of hostile) {
    hashed = 0;
    const bag = concatBytes(bagMagic, formatBagFrame({ kind: 'head', head }), bytes);
    expect(salvage(bag, [0.3], { sha256: counted }).found).toEqual([]);
    expect(hashed).toBeLessThan(9 * bag.length + 300_000);
  }
});

test('pieces do not change with the chunk that they came in', () => {
  const { bag } = writeBag([{ parcel: 0, pieces: [0], again: false }]);
  const reader = new BagSalvage();
  const chunk = bag.slice();
  const pieces = [...reader.push(chunk)];
  chunk.fill(0);
  pieces.push(...reader.end());
  expect(equalBytes(pieces[0]?.bytes ?? new Uint8Array(0), noise(8192, 0).subarray(0, 4096))).toBe(true);
});
