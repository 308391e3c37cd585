/**
 * A secret key that opens parcels. It keeps its halves as OpenSSL keys, which never serialise by accident, and answers
 * typage's `Identity` interface, so that any age header can be read with it.
 *
 * Source: C2SP age.md, "The mlkem768x25519 recipient type".
 */
import { hybridShareBytes, hybridStanzaType, revealSecret, type Secret } from '@zajil/format';
import type { Identity as AgeIdentity, Stanza } from 'age-encryption';
import { expandSeed, type HybridKey, unwrap } from './hybrid.ts';
import { OpenError } from './refusal.ts';

const bodyBytes = 32;
/** 1120 bytes in base64 without padding. */
const shareCharacters = 1494;

export class HybridIdentity implements AgeIdentity {
  readonly #key: HybridKey;

  constructor(seed: Uint8Array) {
    this.#key = expandSeed(seed);
  }

  static recipient(identity: HybridIdentity): Uint8Array {
    return identity.#key.recipient.slice();
  }

  /** For typage's `Decrypter`. @throws OpenError `OPEN_STANZA` on a malformed stanza of this type */
  unwrapFileKey(stanzas: Stanza[]): Uint8Array | null {
    for (const stanza of stanzas) {
      if (stanza.args[0] !== hybridStanzaType) continue;
      const fileKey = unwrap(this.#key, parseShare(stanza), stanza.body);
      if (fileKey) return fileKey;
    }
    return null;
  }
}

export type Identity = HybridIdentity;

function parseShare(stanza: Stanza): Uint8Array {
  const text = stanza.args[1] ?? '';
  const share = Buffer.from(text, 'base64');
  const canonical = share.toString('base64').replace(/=+$/, '') === text;
  if (
    stanza.args.length !== 2 ||
    text.length !== shareCharacters ||
    !canonical ||
    share.length !== hybridShareBytes ||
    stanza.body.length !== bodyBytes
  )
    throw new OpenError('OPEN_STANZA', 'The lock of this file is malformed. Nothing was opened.');
  return share;
}

/** @param seed - 32 bytes; may be wiped afterwards. @throws RangeError on another length */
export function createIdentity(seed: Secret): Identity {
  return new HybridIdentity(revealSecret(seed));
}

/** The public half: 1216 bytes. */
export function recipientOf(identity: Identity): Uint8Array {
  return HybridIdentity.recipient(identity);
}
