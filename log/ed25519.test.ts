import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, fromHex, utf8 } from '@zajil/format';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as native from './ed25519.node.ts';
import * as portable from './ed25519.ts';

const seed = new Uint8Array(32).fill(5);
const key = portable.publicKeyOf(seed);
const message = utf8('message');
const order = ed25519.Point.Fn.ORDER;
const little = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
const toLittle = (value: bigint) => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

test('both engines make the same signatures', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (message, seed) => {
      expect(native.signWith(seed, message)).toEqual(portable.signWith(seed, message));
    }),
    { numRuns: 10 },
  );
});

/** Signatures about which Ed25519 libraries are known to differ. */
function hostile(): Record<string, { key: Uint8Array; signature: Uint8Array; taken: boolean }> {
  const good = portable.signWith(seed, message);
  const s = little(good.subarray(32));
  const torsion = ed25519.Point.fromBytes(fromHex(ED25519_TORSION_SUBGROUP[1] ?? ''), true);
  const { scalar } = ed25519.utils.getExtendedPublicKey(seed);
  const bent = ed25519.Point.BASE.multiply(7n).add(torsion).toBytes();
  const k = little(sha512(concatBytes(bent, key, message))) % order;
  const identity = ed25519.Point.ZERO.toBytes();
  return {
    plain: { key, signature: good, taken: true },
    'second spelling of the scalar': { key, signature: concatBytes(good.subarray(0, 32), toLittle(s + order)), taken: false },
    'point with a small component': { key, signature: concatBytes(bent, toLittle((7n + k * scalar) % order)), taken: true },
    'key of small order': { key: identity, signature: concatBytes(identity, new Uint8Array(32)), taken: false },
    'key that is no point': { key: fromHex(`02${'00'.repeat(31)}`), signature: good, taken: false },
    'changed bit': { key, signature: good.map((byte, i) => (i === 40 ? byte ^ 1 : byte)), taken: false },
  };
}

test.each(Object.entries(hostile()))('both engines agree: %s', (_, { key, signature, taken }) => {
  expect(portable.isSigned(key, message, signature)).toBe(taken);
  expect(native.isSigned(key, message, signature)).toBe(taken);
});
