/** What a device of the newsroom asks of a phone: signed, sealed, and checked before it changes what goes next. */
import {
  FormatError,
  type RosterDevice,
  type Wants,
  formatWants,
  messageAddress,
  openMessage,
  parseWants,
  sealMessage,
  wantsText,
} from '@zajil/format';
import { LogError, type NoteSigner, parseVkey, verifySignature } from '@zajil/log';
import { RosterError } from './refusal.ts';
import type { Roster } from './roster.ts';

/**
 * What the device asks for. Whether it is newer than the last one, and whether it has lapsed, `sequence` and `until` tell
 * the caller.
 *
 * @param dispatch - 16-byte dispatch id
 * @param message - 512 bytes, as found at the device's address for wants
 * @throws RosterError `ROSTER_WANTS` when the device is not in the roster, or the message is not by it about this dispatch
 */
export function verifyWants(roster: Pick<Roster, 'devices'>, dispatch: Uint8Array, device: RosterDevice, message: Uint8Array): Wants {
  if (!roster.devices.some((known) => known.vkey === device.vkey)) throw refuse();
  const { name } = parseVkey(device.vkey);
  try {
    const { wants, signature } = parseWants(openMessage(dispatch, name, message, 'wants'));
    verifySignature(device.vkey, wantsText(messageAddress(dispatch, name, 'wants'), wants), signature);
    return wants;
  } catch (cause) {
    if (!(cause instanceof FormatError) && !(cause instanceof LogError)) throw cause;
    throw refuse(cause);
  }
}

function refuse(cause?: unknown): RosterError {
  return new RosterError(
    'ROSTER_WANTS',
    'this request is not by a device of your newsroom about what you sent; nothing was changed by it',
    cause,
  );
}

/**
 * A message to leave at `messageAddress(dispatch, name of the signer, 'wants')`: 512 bytes.
 *
 * @param nonce - 24 random bytes, fresh for every message. @throws RangeError when the entries do not fit
 */
export function sealWants(dispatch: Uint8Array, wants: Wants, signer: NoteSigner, nonce: Uint8Array): Uint8Array {
  const { name } = parseVkey(signer.vkey);
  const signature = signer.sign(wantsText(messageAddress(dispatch, name, 'wants'), wants));
  return sealMessage(dispatch, name, formatWants(wants, signature), nonce, 'wants');
}
