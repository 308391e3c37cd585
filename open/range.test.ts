import { parcelPlainBytes, partHeadBytes, readPlaintext } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openRange, ParcelReader } from './range.ts';
import { altered, footage, foundDesk, head, sealParcel, stored } from './parcel.fixture.ts';

const bucket = 256 * 1024;
const content = footage(parcelPlainBytes(bucket) - partHeadBytes(head.type) - 500);
const sealedChunk = 65_552;
const payloadAt = 1627 + 16;

it('reads every range as the content has it', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), content, {}, bucket);
  const reader = await ParcelReader.open(stored(parcel).read, parcel.length, fileKey);
  expect(reader.head).toEqual(head);
  expect(reader.contentBytes).toBe(content.length);
  const at = fc.oneof(fc.nat(content.length), fc.constantFrom(0, 65_536 - 55, 65_536 - 54, 65_536, 131_072, content.length));
  await fc.assert(
    fc.asyncProperty(at, at, async (a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const read = readPlaintext(await reader.range(from, to));
      expect(Buffer.compare(read, content.subarray(from, to))).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it('verifies the last chunk before anything else is read', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), content, {}, bucket);
  const { read, reads } = stored(parcel);
  await openRange(read, parcel.length, fileKey, 70_000, 70_010);
  expect(reads).toEqual([
    [1627, 16],
    [payloadAt + 3 * sealedChunk, bucket - payloadAt - 3 * sealedChunk],
    [payloadAt, sealedChunk],
    [payloadAt + sealedChunk, sealedChunk],
  ]);
  const tampered = stored(altered(parcel, parcel.length - 1));
  await expect(openRange(tampered.read, parcel.length, fileKey, 0, 1)).rejects.toMatchObject({ code: 'OPEN_ALTERED' });
  expect(tampered.reads).toHaveLength(2);
});

it('releases nothing of a chunk whose tag does not hold, and all of the others', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), content, {}, bucket);
  const reader = await ParcelReader.open(stored(altered(parcel, payloadAt + sealedChunk + 5)).read, parcel.length, fileKey);
  await expect(reader.range(65_000, 66_000)).rejects.toMatchObject({ code: 'OPEN_ALTERED' });
  expect(readPlaintext(await reader.range(140_000, 140_010))).toEqual(content.slice(140_000, 140_010));
});

it('takes no chunk in the place of another', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), content, {}, bucket);
  const swapped = parcel.slice();
  swapped.copyWithin(payloadAt + sealedChunk, payloadAt + 2 * sealedChunk, payloadAt + 3 * sealedChunk);
  await expect(openRange(stored(swapped).read, bucket, fileKey, 70_000, 70_001)).rejects.toMatchObject({ code: 'OPEN_ALTERED' });
});

it('says truncated when the store gives fewer bytes, and refuses another size', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), content, {}, bucket);
  const short = stored(parcel.subarray(0, bucket - 4096));
  await expect(openRange(short.read, bucket, fileKey, 0, 1)).rejects.toMatchObject({ code: 'OPEN_TRUNCATED' });
  await expect(openRange(short.read, bucket - 4096, fileKey, 0, 1)).rejects.toMatchObject({ code: 'OPEN_SIZE' });
});

it('serves parcels of one chunk, and nothing outside the content', async () => {
  const { parcel, fileKey } = await sealParcel(await foundDesk(), footage(100), {}, 8192);
  const reader = await ParcelReader.open(stored(parcel).read, 8192, fileKey);
  expect(readPlaintext(await reader.range(0, 100))).toEqual(footage(100));
  expect((await reader.range(50, 50)).length).toBe(0);
  for (const [from, to] of [
    [0, 101],
    [-1, 5],
    [5, 4],
    [0.5, 1],
  ] as const)
    await expect(reader.range(from, to)).rejects.toThrow(RangeError);
});
