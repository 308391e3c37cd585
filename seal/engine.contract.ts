/** The contract of `SealEngine` as a suite: run against every engine, opened by typage, which none of them wrote. */
import { hybridHeaderBytes, parcelPlainBytes, bucketBytes, chunkBytes, streamCiphertextBytes, streamNonceBytes } from '@zajil/format';
import { sha256 } from '@noble/hashes/sha2.js';
import { Decrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import type { SealEngine } from './engine.ts';
import { fromRecipient } from './recipient.ts';

export interface Newsroom {
  readonly identity: string;
  readonly recipient: Uint8Array;
}

export async function foundNewsroom(): Promise<Newsroom> {
  const identity = await generateHybridIdentity();
  return { identity, recipient: fromRecipient(await identityToRecipient(identity)) };
}

/** Opens with typage, whatever sealed it. */
export async function openElsewhere(file: Uint8Array, newsroom: Newsroom): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(newsroom.identity);
  return await decrypter.decrypt(file);
}

/** Bytes that differ everywhere and are the same in every run. */
export function footage(bytes: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Every array that the platform's generator fills while `work` runs: the array itself, and what was in it. */
export async function watchRandomness<T>(work: () => Promise<T>): Promise<{ result: T; drawn: { held: Uint8Array; was: Uint8Array }[] }> {
  const real = crypto.getRandomValues.bind(crypto);
  const drawn: { held: Uint8Array; was: Uint8Array }[] = [];
  crypto.getRandomValues = ((array: Uint8Array<ArrayBuffer>) => {
    real(array);
    drawn.push({ held: array, was: array.slice() });
    return array;
  }) as typeof crypto.getRandomValues;
  try {
    return { result: await work(), drawn };
  } finally {
    Reflect.deleteProperty(crypto, 'getRandomValues');
  }
}

export function engineContract(name: string, engine: SealEngine): void {
  describe(`${name} keeps the contract of a sealing engine`, () => {
    it('makes a file of exactly the bucket for every bucket, which typage opens', async () => {
      const newsroom = await foundNewsroom();
      for (const bucket of bucketBytes) {
        const plain = footage(parcelPlainBytes(bucket));
        const file = await engine.sealAge(plain, newsroom.recipient);
        expect(file.length).toBe(bucket);
        expect(sha256(await openElsewhere(file, newsroom))).toEqual(sha256(plain));
      }
    });

    it('writes a header of exactly 1627 bytes with one stanza', async () => {
      const newsroom = await foundNewsroom();
      const text = new TextDecoder('latin1').decode(await engine.sealAge(footage(10), newsroom.recipient));
      const header = text.slice(0, text.indexOf('\n', text.indexOf('\n--- ') + 1) + 1);
      expect(header.length).toBe(hybridHeaderBytes);
      expect(hybridHeaderBytes).toBe(1627);
      expect(header.match(/^-> \S+/gm)).toEqual(['-> mlkem768x25519']);
    });

    it('seals payloads around the edge of a chunk as age does', async () => {
      const newsroom = await foundNewsroom();
      for (const length of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes]) {
        const plain = footage(length);
        const file = await engine.sealAge(plain, newsroom.recipient);
        expect(file.length).toBe(hybridHeaderBytes + streamNonceBytes + streamCiphertextBytes(length));
        expect(sha256(await openElsewhere(file, newsroom))).toEqual(sha256(plain));
      }
    });

    it('never seals the same bytes twice alike', async () => {
      const newsroom = await foundNewsroom();
      const plain = footage(100);
      const [a, b] = [await engine.sealAge(plain, newsroom.recipient), await engine.sealAge(plain, newsroom.recipient)];
      const shareOf = (file: Uint8Array) => new TextDecoder('latin1').decode(file.subarray(0, 1500));
      expect(shareOf(a)).not.toBe(shareOf(b));
      expect(a.subarray(hybridHeaderBytes)).not.toEqual(b.subarray(hybridHeaderBytes));
    });

    it('zeroes the file key before it hands over the file', async () => {
      const newsroom = await foundNewsroom();
      const { drawn } = await watchRandomness(() => engine.sealAge(footage(100), newsroom.recipient));
      const fileKey = drawn[0];
      expect(fileKey?.was.length).toBe(16);
      expect(fileKey?.was.some((byte) => byte !== 0)).toBe(true);
      expect(fileKey?.held.every((byte) => byte === 0)).toBe(true);
    });

    it('leaves the plaintext that it was given as it was', async () => {
      const newsroom = await foundNewsroom();
      const plain = footage(70_000);
      await engine.sealAge(plain, newsroom.recipient);
      expect(plain).toEqual(footage(70_000));
    });

    it.each([
      ['too short', new Uint8Array(1215)],
      ['too long', new Uint8Array(1217)],
      ['no ML-KEM key', new Uint8Array(1216).fill(0xff)],
      ['a point of small order', new Uint8Array(1216)],
    ])('refuses a recipient that is %s', async (_, recipient) => {
      await expect(engine.sealAge(footage(10), recipient)).rejects.toMatchObject({ name: 'SealError', code: 'SEAL_RECIPIENT' });
    });

    it('hashes pieces, names and originals as SHA-256 does', async () => {
      const bytes = footage(8192);
      expect(await engine.hashPieces(bytes, 4096)).toHaveLength(2);
      const pieces = await engine.hashPieces(bytes, 4096);
      expect(pieces.map((piece) => Uint8Array.from(piece))).toEqual([sha256(bytes.subarray(0, 4096)), sha256(bytes.subarray(4096))]);
      expect(await engine.sha256(bytes)).toEqual(sha256(bytes));
      const running = engine.startHash();
      for (let at = 0; at < bytes.length; at += 1000) running.update(bytes.subarray(at, at + 1000));
      expect(running.digest()).toEqual(sha256(bytes));
    });
  });
}
