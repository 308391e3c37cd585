/** One test for each MUST of `relay-blobs.ts`, run against every implementation. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import type { RelayBlobs } from './relay-blobs.ts';
import { random } from './rig.ts';

export interface BlobsUnderTest {
  readonly blobs: RelayBlobs;
  /** The same store, as another process finds it. */
  readonly reopen: () => Promise<RelayBlobs>;
  /** Where staged files are made. */
  readonly staging: string;
}

export function blobsSuite(implementation: string, open: () => Promise<BlobsUnderTest>): void {
  const staged = async (under: BlobsUnderTest, bytes: Uint8Array): Promise<string> => {
    const file = join(under.staging, toHex(random(8)));
    await writeFile(file, bytes);
    return file;
  };

  describe(`blobs: ${implementation}`, () => {
    test('a parcel is there after put, whole, also for another process', async () => {
      const under = await open();
      const [name, bytes] = [toHex(random(32)), random(8192)];
      await under.blobs.put(name, await staged(under, bytes));
      const again = await under.reopen();
      expect(await again.length(name)).toBe(8192);
      expect(await again.read(name, 0, 8192)).toEqual(bytes);
    });

    test('put succeeds again under the same name', async () => {
      const under = await open();
      const [name, bytes] = [toHex(random(32)), random(8192)];
      await under.blobs.put(name, await staged(under, bytes));
      await under.blobs.put(name, await staged(under, bytes));
      expect(await under.blobs.read(name, 0, 8192)).toEqual(bytes);
    });

    test('put of a file that is not there throws and shows nothing under the name', async () => {
      const under = await open();
      const name = toHex(random(32));
      await expect(under.blobs.put(name, join(under.staging, 'missing'))).rejects.toThrow();
      expect(await under.blobs.length(name)).toBeNull();
    });

    test('a range is exactly those bytes, and one beyond the end is refused', async () => {
      const under = await open();
      const [name, bytes] = [toHex(random(32)), random(8192)];
      await under.blobs.put(name, await staged(under, bytes));
      expect(await under.blobs.read(name, 4000, 4100)).toEqual(bytes.subarray(4000, 4100));
      await expect(under.blobs.read(name, 0, 8193)).rejects.toThrow(RangeError);
      await expect(under.blobs.read(name, -1, 5)).rejects.toThrow(RangeError);
    });

    test('what was never put is null', async () => {
      const { blobs } = await open();
      expect(await blobs.length(toHex(random(32)))).toBeNull();
      expect(await blobs.read(toHex(random(32)), 0, 1)).toBeNull();
    });

    test('delete removes a parcel, and one that is not there', async () => {
      const under = await open();
      const name = toHex(random(32));
      await under.blobs.put(name, await staged(under, random(8192)));
      await under.blobs.delete(name);
      await under.blobs.delete(name);
      await under.blobs.delete(toHex(random(32)));
      expect(await (await under.reopen()).length(name)).toBeNull();
    });
  });
}
