import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogError } from './refusal.ts';
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('a proof file reads back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(hash, { maxLength: 63 }), fc.option(fc.uint8Array()), (index, hashes, extra) => {
      const proof = { index, hashes, checkpoint: 'some\n\nnote\n', ...(extra && { extra }) };
      expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
    }),
  );
});

test('any text is either a proof file or refused', () => {
  const piece = fc.constantFrom('c2sp.org/tlog-proof@v1\n', 'index 1\n', 'index 01\n', 'extra AA==\n', '\n', 'a', `${'A'.repeat(43)}=\n`);
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      try {
        const text = pieces.join('');
        expect(formatTlogProof(parseTlogProof(text))).toBe(text);
      } catch (error) {
        expect(error).toBeInstanceOf(LogError);
      }
    }),
  );
});

test('more hashes than any tree needs are refused', () => {
  const text = formatTlogProof({ index: 0, hashes: Array.from({ length: 64 }, () => new Uint8Array(32)), checkpoint: 'a\n' });
  expect(() => parseTlogProof(text)).toThrow('not a proof');
});
