/** Intake keys: to which key a phone seals on a day, and whether the bytes fetched are that key. `docs/protocol.md` section "Intake keys". */
import { sha256 } from '@noble/hashes/sha2.js';
import { type IntakeKey, type KeyScope, toHex } from '@zajil/format';
import { RosterError } from './refusal.ts';
import type { Roster } from './roster.ts';

/** ML-KEM-768 encapsulation key and X25519 point. */
export const recipientBytes = 1216;

/**
 * The newest key of a scope on a day, else the newest of last resort. Newest: it begins latest; of two that begin
 * together, the one issued later.
 *
 * @param day - `YYYY-MM-DD`, UTC. @throws RosterError `ROSTER_NO_KEY`
 */
export function chooseIntakeKey(roster: Pick<Roster, 'intake'>, scope: KeyScope, day: string): IntakeKey {
  const key = newest(roster.intake, scope, day) ?? newest(roster.intake, 'last', day);
  if (!key)
    throw new RosterError(
      'ROSTER_NO_KEY',
      'the newsroom has issued no key for this day; what you made stays on this phone until a newer roster comes',
    );
  return key;
}

function newest(keys: readonly IntakeKey[], scope: KeyScope, day: string): IntakeKey | null {
  const open = keys.filter((key) => key.scope === scope && key.from <= day && day <= key.until);
  return open.reduce<IntakeKey | null>((best, key) => (best && best.from > key.from ? best : key), null);
}

/** @param bytes - as fetched from anybody. @returns the same bytes. @throws RosterError `ROSTER_KEY` */
export function verifyIntakeKey(key: IntakeKey, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== recipientBytes || toHex(sha256(bytes)) !== key.id)
    throw new RosterError('ROSTER_KEY', 'this is not the key that the newsroom issued; nothing was sealed to it');
  return bytes;
}
