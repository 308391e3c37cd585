/**
 * Reads an age header through typage's `Decrypter.decryptHeader`, and says which of its refusals it was.
 *
 * Source: C2SP age.md, "The file key", "The header".
 */
import { Secret } from '@zajil/format';
import { Decrypter, type Identity as AgeIdentity, type Stanza } from 'age-encryption';
import { createIdentity } from './identity.ts';
import { isIdentityText, parseIdentity } from './identity-text.ts';
import { OpenError } from './refusal.ts';

/** Far beyond any header that a person would make; bounds what is read before a header ends. */
const mostHeaderBytes = 1024 * 1024;

export interface HeaderKeys {
  /** Tried in order; strings are `AGE-SECRET-KEY-…`. */
  readonly identities: readonly (AgeIdentity | string)[];
  readonly passphrases?: readonly string[];
}

/**
 * Length of the header that `bytes` begins with, the newline of its last line included; null while it has not ended.
 *
 * @throws OpenError `OPEN_HEADER` when it is longer than a header may be
 */
export function headerLength(bytes: Uint8Array): number | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, mostHeaderBytes));
  const line = text.indexOf('\n---', 0, 'latin1');
  const end = line < 0 ? -1 : text.indexOf(0x0a, line + 1);
  if (end >= 0) return end + 1;
  if (bytes.length >= mostHeaderBytes) throw new OpenError('OPEN_HEADER', 'This is not a sealed file: its header does not end.');
  return null;
}

/**
 * The file key, or null when none of the keys opens it.
 *
 * @param header - exactly the header
 * @param judge - sees the stanzas before any key is tried; may throw
 * @throws OpenError `OPEN_HEADER` when malformed, `OPEN_ALTERED` when its MAC does not hold, and what `judge` throws
 */
export async function openHeader(
  header: Uint8Array,
  keys: HeaderKeys,
  judge: (stanzas: readonly Stanza[]) => void = () => {},
): Promise<Secret | null> {
  judgeMacLine(header);
  const decrypter = new Decrypter();
  let noMatch = false;
  decrypter.addIdentity(probe(judge));
  for (const identity of keys.identities) decrypter.addIdentity(toNative(identity));
  for (const passphrase of keys.passphrases ?? []) decrypter.addPassphrase(passphrase);
  decrypter.addIdentity(probe(() => (noMatch = true)));
  try {
    return new Secret(await decrypter.decryptHeader(header));
  } catch (error) {
    if (noMatch) return null;
    throw toRefusal(error);
  }
}

/** A MAC of another length is a malformed header; typage takes it for one that does not hold. */
function judgeMacLine(header: Uint8Array): void {
  const text = Buffer.from(header.buffer, header.byteOffset, header.length);
  const line = text.toString('latin1', text.lastIndexOf(0x0a, -2) + 1);
  if (!/^--- [A-Za-z0-9+/]{43}\n$/.test(line)) throw malformed();
}

/** Hybrid identities open natively; the other kinds are typage's own. */
function toNative(identity: AgeIdentity | string): AgeIdentity | string {
  if (typeof identity !== 'string' || !isIdentityText(identity)) return identity;
  const seed = parseIdentity(identity);
  try {
    return createIdentity(seed);
  } finally {
    seed.wipe();
  }
}

/** An identity that opens nothing: typage shows it the parsed stanzas, first or after all others failed. */
function probe(see: (stanzas: readonly Stanza[]) => void): AgeIdentity {
  return {
    unwrapFileKey(stanzas) {
      see(stanzas);
      return null;
    },
  };
}

/** typage throws plain errors; of those after the header was parsed only the MAC's is told by its words, which the testkit holds. */
function toRefusal(error: unknown): OpenError {
  if (error instanceof OpenError) return error;
  if (error instanceof Error && error.message === 'invalid header HMAC')
    return new OpenError('OPEN_ALTERED', 'The header of this file was altered. Nothing was opened.', error);
  return malformed(error);
}

export function malformed(cause?: unknown): OpenError {
  return new OpenError('OPEN_HEADER', 'This is not a sealed file, or its header is damaged or cut short. Nothing was opened.', cause);
}
