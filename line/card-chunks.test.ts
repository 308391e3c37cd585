import { concatBytes } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCardChunks } from './card-chunks.ts';
import type { CardSource } from './card-source.ts';

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, i) => 1 + (i % 251));

function sourceWith(bad: readonly number[], reads = { count: 0 }): CardSource {
  const isBad = (at: number, length: number): boolean => bad.some((place) => at <= place && place < at + length);
  return {
    size: bytes.length,
    read: async (at, length) => {
      reads.count += 1;
      if (isBad(at, length)) throw new Error('EIO');
      return bytes.slice(at, at + length);
    },
  };
}

async function readAll(source: CardSource, stretch = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readCardChunks(source, stretch)) chunks.push(chunk);
  return concatBytes(...chunks);
}

describe('a card read by chunks', () => {
  test('is its bytes at their places, and zeros only in the sectors that could not be read', async () => {
    const place = fc.nat(bytes.length - 1);
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 4 }), place, async (bad, from) => {
        const read = await readAll(sourceWith(bad), { from });
        expect(read.length).toBe(bytes.length - from);
        // Sectors are counted from where reading began.
        const isNear = (i: number): boolean => bad.some((one) => Math.abs(one - i) < 4096);
        const wrong = read.findIndex((byte, i) => byte !== bytes[from + i] && !(byte === 0 && isNear(from + i)));
        expect(wrong).toBe(-1);
      }),
      { numRuns: 12 },
    );
  });

  test('asks a dead stretch block by block, and a card that is gone is refused', async () => {
    const reads = { count: 0 };
    const dead = Array.from({ length: 1_000_000 / 4096 }, (_, i) => 1_050_000 + i * 4096);
    expect((await readAll(sourceWith(dead, reads))).filter((byte) => byte === 0).length).toBeLessThan(1_200_000);
    expect(reads.count).toBeLessThan(80);
    const gone: CardSource = { size: 64_000_000, read: () => Promise.reject(new Error('ENODEV')) };
    await expect(readAll(gone)).rejects.toMatchObject({ code: 'LINE_STORAGE' });
  });
});
