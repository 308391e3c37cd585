import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, codeOf, endsInValueOrRefusal, spoiledBytes } from './hostile.ts';
import { bucketBytes, makeParcelHead, nameToHex, parcelHeadBytes, parcelName, parseParcelHead, pieceBytes, verifyPiece } from './index.ts';

const parcels = fc.tuple(fc.constantFrom(...bucketBytes.slice(0, 2)), bytesOf(32)).map(([bytes, seed]) => {
  const parcel = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1) parcel[at] = ((seed[at % 32] ?? 0) + at) & 255;
  return parcel;
});

test('every piece of a parcel is the one that its head announced, and no other place has it', () => {
  fc.assert(
    fc.property(parcels, (parcel) => {
      const head = parseParcelHead(makeParcelHead(parcel));
      expect(head.bytes).toBe(parcel.length);
      for (const index of head.pieces.keys()) {
        const piece = parcel.subarray(index * pieceBytes, (index + 1) * pieceBytes);
        expect(verifyPiece(head, index, piece)).toBe(piece);
      }
    }),
    { numRuns: 20 },
  );
});

test('a piece with any bit turned, of another length or beyond the end is refused', () => {
  const parcel = new Uint8Array(8192);
  const head = parseParcelHead(makeParcelHead(parcel));
  fc.assert(
    fc.property(fc.nat(4095), fc.nat(7), (byte, bit) => {
      const piece = new Uint8Array(4096);
      piece[byte] = 1 << bit;
      expect(codeOf(() => verifyPiece(head, 1, piece))).toBe('FORMAT_PIECE');
    }),
    { numRuns: 30 },
  );
  expect(codeOf(() => verifyPiece(head, 1, parcel.subarray(1, 4096)))).toBe('FORMAT_PIECE');
  expect(codeOf(() => verifyPiece(head, 2, parcel.subarray(0, 4096)))).toBe('FORMAT_RANGE');
});

test('parseParcelHead() ends in a head or a refusal', () => {
  endsInValueOrRefusal(spoiledBytes(parcels.map((parcel) => makeParcelHead(parcel))), parseParcelHead);
});

test('a head that parses is written the same again, so that a name has one head', () => {
  const announced = bytesOf(64).map((hashes) => Uint8Array.from([0x5a, 0x4a, 0x48, 0x31, 0, 0, 0x20, 0, ...hashes]));
  fc.assert(
    fc.property(announced, (bytes) => {
      const head = parseParcelHead(bytes);
      const pieces = [...head.pieces];
      expect(makeParcelHead(new Uint8Array(8192), () => pieces.shift() ?? new Uint8Array())).toEqual(bytes);
    }),
  );
});

test('hashes do not share memory with the head, even of a Node Buffer', () => {
  const bytes = typeof Buffer === 'undefined' ? makeParcelHead(new Uint8Array(8192)) : Buffer.from(makeParcelHead(new Uint8Array(8192)));
  const { pieces } = parseParcelHead(bytes);
  const before = Uint8Array.from(pieces[0] ?? []);
  bytes.fill(0);
  expect(pieces[0]).toEqual(before);
  expect(pieces[0]?.constructor).toBe(Uint8Array);
});

test('the lengths of heads are as the protocol says', () => {
  expect(bucketBytes.map(parcelHeadBytes)).toEqual([72, 136, 264, 520, 1032, 2056, 4104, 8200]);
});

test('names are 32 bytes, and only such become hex', () => {
  expect(nameToHex(parcelName(makeParcelHead(new Uint8Array(8192))))).toMatch(/^[0-9a-f]{64}$/);
  expect(() => nameToHex(new Uint8Array(31))).toThrow(RangeError);
  expect(() => makeParcelHead(new Uint8Array(8191))).toThrow(RangeError);
});
