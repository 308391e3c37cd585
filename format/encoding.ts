/** Text forms of bytes: hex and base64url without padding (RFC 4648 sections 8 and 5), and strict UTF-8. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { FormatError } from './refusal.ts';

export const toHex: (bytes: Uint8Array) => string = bytesToHex;

/** Lower-case hex to bytes. @throws FormatError `FORMAT_TEXT` on anything else. */
export function fromHex(text: string, bytes?: number): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text) || (bytes !== undefined && text.length !== 2 * bytes)) {
    throw new FormatError('FORMAT_TEXT', `expected ${bytes ?? 'whole'} bytes in lower-case hex`);
  }
  return hexToBytes(text);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet.charAt((held >> bits) & 63);
    }
  }
  return bits > 0 ? text + alphabet.charAt((held << (6 - bits)) & 63) : text;
}

/** Strict: no padding, no foreign character, unused bits zero. @throws FormatError `FORMAT_TEXT` */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) throw new FormatError('FORMAT_TEXT', 'expected base64url');
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
    }
  }
  if (bits >= 6 || (held & ((1 << bits) - 1)) !== 0) throw new FormatError('FORMAT_TEXT', 'base64url ends in the middle of a byte');
  return bytes;
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Strict UTF-8. @throws FormatError `FORMAT_TEXT` on malformed sequences. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('FORMAT_TEXT', 'text is not UTF-8', cause);
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concatBytes(...arrays: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
