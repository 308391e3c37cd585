/**
 * Passphrases: eight generated words that tell a slip of the finger by themselves, or a member's own.
 *
 * `docs/protocol.md` section "Passphrase". Entropy is 10 random bytes (80 bits). Checksum is the first byte of
 * SHA-256("zajil-passphrase/1\n" ‖ entropy). The 88 bits are read as eight numbers of 11 bits, most significant bit
 * first; each is a word of the English list of BIP 39 (2048 words, told apart by their first four letters). Words are
 * joined by one space. A typed one is compared after NFKC, lower case, and any white space counted as one space.
 * BIP 39's own sentences begin at 12 words, so one cannot be taken for the other.
 */
import { createHash } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { concatBytes, utf8 } from '@zajil/format';
import { KeysError } from './refusal.ts';

export const passphraseWords = 8;
export const passphraseEntropyBytes = 10;
/** Shortest passphrase that a member may choose, in characters. */
export const shortestOwn = 8;
const mostCharacters = 1024;
const bitsPerWord = 11n;
const wordMask = 2047n;

function checksum(entropy: Uint8Array): number {
  return createHash('sha256')
    .update(concatBytes(utf8('zajil-passphrase/1\n'), entropy))
    .digest()
    .readUInt8(0);
}

/** @param entropy - 10 random bytes. @throws RangeError */
export function makePassphrase(entropy: Uint8Array): string {
  if (entropy.length !== passphraseEntropyBytes) throw new RangeError('a passphrase is made from 10 bytes');
  let bits = 0n;
  for (const byte of [...entropy, checksum(entropy)]) bits = (bits << 8n) | BigInt(byte);
  const words: string[] = [];
  for (let i = 0; i < passphraseWords; i += 1) {
    words.unshift(wordlist[Number(bits & wordMask)] ?? '');
    bits >>= bitsPerWord;
  }
  return words.join(' ');
}

/** Is this a generated passphrase, with its checksum? */
export function isGenerated(passphrase: string): boolean {
  const numbers = normalGenerated(passphrase)
    .split(' ')
    .map((word) => wordlist.indexOf(word));
  if (numbers.length !== passphraseWords || numbers.some((number) => number < 0)) return false;
  const bits = numbers.reduce((sum, number) => (sum << bitsPerWord) | BigInt(number), 0n);
  const entropy = Uint8Array.from({ length: passphraseEntropyBytes }, (_, i) =>
    Number((bits >> BigInt(8 * (passphraseEntropyBytes - i))) & 255n),
  );
  return checksum(entropy) === Number(bits & 255n);
}

function normalGenerated(passphrase: string): string {
  return passphrase.normalize('NFKC').toLowerCase().trim().split(/\s+/u).join(' ');
}

/** The bytes that Argon2id is given. A generated one has one spelling; of a member's own only Unicode's variants are joined. */
export function passphraseBytes(passphrase: string, generated: boolean): Uint8Array {
  return utf8(generated ? normalGenerated(passphrase) : passphrase.normalize('NFKC'));
}

/** May this become a passphrase? @throws KeysError `KEYS_WEAK` */
export function checkNewPassphrase(passphrase: string): void {
  const characters = Array.from(passphrase.normalize('NFKC').trim()).length;
  if (characters < shortestOwn || passphrase.length > mostCharacters)
    throw new KeysError(
      'KEYS_WEAK',
      `A passphrase has at least ${shortestOwn} characters. Nothing was made. Choose a longer one, or let eight words be drawn.`,
    );
}

/**
 * Tells a slip in a generated passphrase before the slow part.
 *
 * @param generated - what the sealed file says about its passphrase
 * @throws KeysError `KEYS_MISTYPED`
 */
export function checkTyped(passphrase: string, generated: boolean): void {
  if (passphrase.length > mostCharacters || (generated && !isGenerated(passphrase)))
    throw new KeysError(
      'KEYS_MISTYPED',
      'A word is mistyped, missing, or in another place. Nothing was opened and nothing is lost. Compare the eight words with your note.',
    );
}
