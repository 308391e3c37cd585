import { wordlist } from '@scure/bip39/wordlists/english.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkNewPassphrase, checkTyped, isGenerated, makePassphrase, passphraseBytes } from './passphrase.ts';

const entropy = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe('a generated passphrase', () => {
  test.each([
    ['00000000000000000000', 'abandon abandon abandon abandon abandon abandon abandon boil'],
    ['ffffffffffffffffffff', 'zoo zoo zoo zoo zoo zoo zoo valve'],
    ['000102030405060708ff', 'abandon amount liar amount expire adjust catalog write'],
  ])('is these words for entropy %s', (hex, words) => {
    expect(makePassphrase(Buffer.from(hex, 'hex'))).toBe(words);
  });

  test('is told from a mistyped one, whatever its entropy, case and spaces', () => {
    fc.assert(
      fc.property(entropy, (bytes) => {
        const words = makePassphrase(bytes);
        expect(isGenerated(`  ${words.toUpperCase().replaceAll(' ', ' \t\n ')} `)).toBe(true);
      }),
    );
  });

  test('with one word changed passes no more often than its checksum allows: about 1 in 256', () => {
    let passed = 0;
    const words = makePassphrase(new Uint8Array(10).fill(0x5a)).split(' ');
    for (let at = 0; at < 8; at += 1)
      for (let n = 0; n < 500; n += 1) {
        const other = wordlist[n * 4] ?? '';
        if (other !== words[at] && isGenerated(words.with(at, other).join(' '))) passed += 1;
      }
    expect(passed).toBeLessThan(50);
  });

  test('has one spelling in bytes', () => {
    expect(passphraseBytes(' Zoo  ZOO\tzoo ', true)).toEqual(passphraseBytes('zoo zoo zoo', true));
  });
});

describe('a slip of the finger', () => {
  test('is told before the slow part', () => {
    const words = makePassphrase(new Uint8Array(10));
    expect(() => checkTyped(words.replace('boil', 'acid'), true)).toThrow(expect.objectContaining({ code: 'KEYS_MISTYPED' }));
    expect(() => checkTyped('', true)).toThrow(expect.objectContaining({ code: 'KEYS_MISTYPED' }));
    expect(() => checkTyped('a member’s own, of any kind', false)).not.toThrow();
  });
});

describe("a member's own passphrase", () => {
  test('has at least eight characters, counted as people count', () => {
    expect(() => checkNewPassphrase('قطط سبعة')).not.toThrow();
    expect(() => checkNewPassphrase('seven77')).toThrow(expect.objectContaining({ code: 'KEYS_WEAK' }));
    expect(() => checkNewPassphrase('      seven     ')).toThrow(expect.objectContaining({ code: 'KEYS_WEAK' }));
  });
});
