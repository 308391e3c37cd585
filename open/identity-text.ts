/**
 * The text form of a hybrid identity, `AGE-SECRET-KEY-PQ-1…`: what is given to any other age tool if this one is gone.
 *
 * Source: C2SP age.md, "The mlkem768x25519 recipient type".
 */
import { revealSecret, Secret } from '@zajil/format';
import { bech32 } from '@scure/base';
import { seedBytes } from './hybrid.ts';

const prefix = 'AGE-SECRET-KEY-PQ-';

export function isIdentityText(text: string): boolean {
  return text.startsWith(`${prefix}1`);
}

/** @param seed - 32 bytes. The text is as secret as the seed, and cannot be wiped. */
export function formatIdentity(seed: Secret): string {
  return bech32.encodeFromBytes(prefix, revealSecret(seed)).toUpperCase();
}

/** @throws RangeError when it is not the text of a hybrid identity; says nothing of what it is */
export function parseIdentity(text: string): Secret {
  const bytes = isIdentityText(text) ? decode(text) : null;
  if (bytes?.length !== seedBytes) throw new RangeError('this is not the text of a hybrid identity');
  return new Secret(bytes);
}

function decode(text: string): Uint8Array | null {
  try {
    return bech32.decodeToBytes(text).bytes;
  } catch {
    return null;
  }
}
