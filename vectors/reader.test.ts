import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Encrypter, identityToRecipient } from 'age-encryption';
import { beforeAll, describe, expect, test } from 'vitest';
import { type PartHead, bucketBytes, formatPart, hybridHeaderBytes, parcelPlainBytes, toHex } from '@zajil/format';
import { identity, identitySeed as seed, otherIdentity } from './make/parcel.ts';
import { readParcel } from './reader.ts';

const head: PartHead = {
  dispatch: new Uint8Array(16).fill(9),
  layer: 'whole',
  file: 1,
  view: 0,
  part: 2,
  parts: 5,
  offset: 2 ** 40 + 3,
  type: 'video/mp4',
};

async function seal(plain: Uint8Array, identities: readonly string[] = [identity]): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const one of identities) encrypter.addRecipient(await identityToRecipient(one));
  return encrypter.encrypt(plain);
}

const content = (bytes: number): Uint8Array => new Uint8Array(bytes).map((_, i) => (i * i) >> 3);
const whole = (bytes: number): Uint8Array => formatPart(head, content(bytes - 4000), parcelPlainBytes(bytes));

test('what typage seals, the second reader reads, in every bucket', async () => {
  for (const bytes of bucketBytes) {
    const parcel = await seal(whole(bytes));
    expect(parcel.length).toBe(bytes);
    const read = readParcel(parcel, seed);
    expect(read.head).toEqual({ ...head, dispatch: toHex(head.dispatch) });
    expect(Buffer.compare(read.content, content(bytes - 4000))).toBe(0);
  }
});

describe('a parcel that is not whole, unaltered and for this identity is refused', () => {
  let parcel: Uint8Array;
  beforeAll(async () => {
    parcel = await seal(whole(128 * 1024));
  });
  const turned = (at: number, bit = 1): Uint8Array => parcel.map((byte, i) => (i === at ? byte ^ bit : byte));

  test('at every place of the header where a bit is turned', () => {
    for (let at = 0; at < hybridHeaderBytes; at += at < 60 || at > 1500 ? 1 : 61) {
      for (const bit of [1, 2, 128]) expect(() => readParcel(turned(at, bit), seed), String(at)).toThrow(/not a whole parcel/);
    }
  });

  test('where a bit of the nonce, of any chunk or of a tag is turned', () => {
    const chunk = 65536 + 16;
    const first = hybridHeaderBytes + 16;
    for (const at of [hybridHeaderBytes, first, first + chunk - 1, first + chunk, parcel.length - 17, parcel.length - 1])
      expect(() => readParcel(turned(at), seed), String(at)).toThrow(/content was altered/);
  });

  test('when it was cut to a smaller bucket, or grew', () => {
    expect(() => readParcel(parcel.subarray(0, 64 * 1024), seed)).toThrow(/content was altered/);
    expect(() => readParcel(parcel.subarray(0, parcel.length - 1), seed)).toThrow(/no bucket/);
    expect(() => readParcel(Buffer.concat([parcel, Buffer.alloc(128 * 1024)]), seed)).toThrow(/content was altered/);
  });

  test('when chunks were swapped', () => {
    const begin = hybridHeaderBytes + 16;
    const [a, b] = [parcel.slice(begin, begin + 40_000), parcel.slice(begin + 40_000, begin + 80_000)];
    const swapped = parcel.slice();
    swapped.set(b, begin);
    swapped.set(a, begin + 40_000);
    expect(() => readParcel(swapped, seed)).toThrow(/content was altered/);
  });

  test('when it was sealed to another identity, or the seed is short', () => {
    expect(() => readParcel(parcel, new Uint8Array(32))).toThrow(/another identity/);
    expect(() => readParcel(parcel, seed.subarray(1))).toThrow(/32 bytes/);
  });

  test('when it has a second stanza', async () => {
    const two = await seal(whole(8192), [identity, otherIdentity]);
    const padded = Buffer.concat([two, Buffer.alloc(16384 - two.length)]);
    expect(() => readParcel(padded, seed)).toThrow(/header is not that of a parcel/);
  });

  test('when its part breaks a rule', async () => {
    const spoil = (at: number, value: number): Uint8Array => whole(8192).map((byte, i) => (i === at ? value : byte));
    const faults: [number, number, RegExp][] = [
      [0, 0, /no part/],
      [20, 5, /out of range/],
      [21, 255, /out of range/],
      [23, 1, /out of range/],
      [27, 5, /out of range/],
      [33, 0x20, /out of range/],
      [41, 1, /truncated/],
      [45, 0x56, /media type/],
      [parcelPlainBytes(8192) - 1, 1, /padding/],
    ];
    for (const [at, value, refusal] of faults) {
      const sealed = await seal(spoil(at, value));
      expect(() => readParcel(sealed, seed), String(at)).toThrow(refusal);
    }
  });
});

test('the command writes the content to standard output', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zajil-reader-'));
  try {
    const path = join(folder, 'parcel.age');
    writeFileSync(path, await seal(whole(8192)));
    const reader = join(import.meta.dirname, 'reader.ts');
    const out = execFileSync(process.execPath, [reader, toHex(seed), path], { stdio: ['ignore', 'pipe', 'ignore'] });
    expect(new Uint8Array(out)).toEqual(content(4192));
    expect(() => execFileSync(process.execPath, [reader], { stdio: 'ignore' })).toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
