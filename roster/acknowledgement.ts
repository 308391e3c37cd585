/** What a device of the newsroom tells a phone: signed, sealed, and checked before anything is called safe to erase. */
import {
  type Acknowledgement,
  acknowledgementText,
  formatAcknowledgement,
  FormatError,
  messageAddress,
  openMessage,
  parseAcknowledgement,
  type RosterDevice,
  sealMessage,
} from '@zajil/format';
import { LogError, type NoteSigner, parseVkey, verifySignature } from '@zajil/log';
import { RosterError } from './refusal.ts';
import type { Roster } from './roster.ts';

/**
 * What the device claims to hold. Whether it is newer than the last one, `sequence` tells the caller.
 *
 * @param dispatch - 16-byte dispatch id
 * @param message - 512 bytes, as found at the device's address
 * @throws RosterError `ROSTER_ACKNOWLEDGEMENT` when the device is not in the roster, or the message is not by it about this dispatch
 */
export function verifyAcknowledgement(
  roster: Pick<Roster, 'devices'>,
  dispatch: Uint8Array,
  device: RosterDevice,
  message: Uint8Array,
): Acknowledgement {
  if (!roster.devices.some((known) => known.vkey === device.vkey)) throw refuse();
  const { name } = parseVkey(device.vkey);
  try {
    const { claims, signature } = parseAcknowledgement(openMessage(dispatch, name, message));
    verifySignature(device.vkey, acknowledgementText(messageAddress(dispatch, name), claims), signature);
    return claims;
  } catch (cause) {
    if (!(cause instanceof FormatError) && !(cause instanceof LogError)) throw cause;
    throw refuse(cause);
  }
}

function refuse(cause?: unknown): RosterError {
  return new RosterError(
    'ROSTER_ACKNOWLEDGEMENT',
    'this acknowledgement is not by a device of your newsroom about what you sent; keep what you have',
    cause,
  );
}

/**
 * A message to leave at `messageAddress(dispatch, name of the signer)`: 512 bytes.
 *
 * @param nonce - 24 random bytes, fresh for every message
 */
export function sealAcknowledgement(dispatch: Uint8Array, claims: Acknowledgement, signer: NoteSigner, nonce: Uint8Array): Uint8Array {
  const { name } = parseVkey(signer.vkey);
  const signature = signer.sign(acknowledgementText(messageAddress(dispatch, name), claims));
  return sealMessage(dispatch, name, formatAcknowledgement(claims, signature), nonce);
}
