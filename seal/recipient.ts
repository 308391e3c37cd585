/**
 * The text form of a hybrid public key: Bech32 with the prefix `age1pq`, without the 90-character limit.
 *
 * Sources: C2SP age.md, "The mlkem768x25519 recipient type"; FIPS 203 section 7.2 (the check of an encapsulation key).
 */
import { hybridRecipientBytes, mlkemPublicBytes } from '@zajil/format';
import { bech32 } from '@scure/base';
import { SealError } from './refusal.ts';

export const recipientBytes = hybridRecipientBytes;
const prefix = 'age1pq';

/** Coefficients of ML-KEM's public vector are below this; 12 bits hold more. The last 32 bytes of the key are a seed. */
const modulus = 3329;
const vectorBytes = mlkemPublicBytes - 32;

/** @param recipient - 1216 bytes. @throws SealError `SEAL_RECIPIENT` when it is no public key */
export function toRecipient(recipient: Uint8Array): string {
  judgeRecipient(recipient);
  return bech32.encode(prefix, bech32.toWords(recipient), false);
}

/** @param text - `age1pq1…`, lower case. @throws SealError `SEAL_RECIPIENT` on anything else */
export function fromRecipient(text: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    const decoded = bech32.decode(text as `${string}1${string}`, false);
    if (decoded.prefix !== prefix || text !== text.toLowerCase()) throw new RangeError('another prefix');
    bytes = bech32.fromWords(decoded.words);
  } catch (cause) {
    throw badRecipient(cause);
  }
  judgeRecipient(bytes);
  return bytes;
}

/** The portable ML-KEM leaves this check to its caller. @throws SealError `SEAL_RECIPIENT` */
export function judgeRecipient(recipient: Uint8Array): void {
  if (recipient.length !== recipientBytes) throw badRecipient();
  for (let i = 0; i < vectorBytes; i += 3) {
    const [low = 0, middle = 0, high = 0] = recipient.subarray(i, i + 3);
    if (low + ((middle & 15) << 8) >= modulus || (middle >> 4) + (high << 4) >= modulus) throw badRecipient();
  }
}

export function badRecipient(cause?: unknown): SealError {
  return new SealError(
    'SEAL_RECIPIENT',
    'The key of the newsroom is damaged, so nothing was sealed with it. What you made is still on this phone. Fetch the keys again.',
    cause,
  );
}
