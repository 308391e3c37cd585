/**
 * A small sealed message from desk to phone, of one fixed size, at an address and under a key that only those two can
 * derive from the dispatch id. A relay that stores it learns nothing, not even which dispatch it is about.
 *
 * HKDF-SHA256 (RFC 5869) and XChaCha20-Poly1305 with a random nonce. `docs/protocol.md` section "Message".
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';

/** What a device says in it: each purpose has an address and a key of its own, so that none overwrites another's. */
export type MessagePurpose = 'acknowledgement' | 'wants';

/** The first word of each purpose's HKDF infos. */
const infoOf: Readonly<Record<MessagePurpose, string>> = { acknowledgement: 'message', wants: 'wants' };

/** Bytes of every message on the wire. */
export const messageBytes = 512;
const nonceBytes = 24;
const tagBytes = 16;
/** Bytes that a message can say. */
export const messageBodyBytes = messageBytes - nonceBytes - tagBytes;

/**
 * Where the messages of one device about one dispatch wait: 32 bytes. Each device has its own, so that none
 * overwrites another's.
 *
 * @param dispatch - 16-byte dispatch id
 * @param device - the device's name in the roster
 */
export function messageAddress(dispatch: Uint8Array, device: string, purpose: MessagePurpose = 'acknowledgement'): Uint8Array {
  return hkdf(sha256, dispatch, utf8(device), utf8(`zajil/1 ${infoOf[purpose]} address`), 32);
}

function messageKey(dispatch: Uint8Array, device: string, purpose: MessagePurpose): Uint8Array {
  return hkdf(sha256, dispatch, utf8(device), utf8(`zajil/1 ${infoOf[purpose]} key`), 32);
}

function cipherOf(dispatch: Uint8Array, device: string, nonce: Uint8Array, purpose: MessagePurpose) {
  return xchacha20poly1305(messageKey(dispatch, device, purpose), nonce, messageAddress(dispatch, device, purpose));
}

/** @param nonce - 24 random bytes. @throws RangeError when the body is not exactly `messageBodyBytes` long */
export function sealMessage(
  dispatch: Uint8Array,
  device: string,
  body: Uint8Array,
  nonce: Uint8Array,
  purpose: MessagePurpose = 'acknowledgement',
): Uint8Array {
  if (body.length !== messageBodyBytes) throw new RangeError(`a message says exactly ${messageBodyBytes} bytes`);
  return concatBytes(nonce, cipherOf(dispatch, device, nonce, purpose).encrypt(body));
}

/** @throws FormatError `FORMAT_SEALED` when it was not sealed for this dispatch, device and purpose, or was altered */
export function openMessage(
  dispatch: Uint8Array,
  device: string,
  message: Uint8Array,
  purpose: MessagePurpose = 'acknowledgement',
): Uint8Array {
  if (message.length !== messageBytes) throw new FormatError('FORMAT_RANGE', 'a message has 512 bytes');
  const cipher = cipherOf(dispatch, device, message.subarray(0, nonceBytes), purpose);
  try {
    return cipher.decrypt(message.subarray(nonceBytes));
  } catch (cause) {
    throw new FormatError('FORMAT_SEALED', 'message was not sealed for this dispatch, or was altered', cause);
  }
}
