/** What `keys` refuses, in sentences for a person. Codes are stable. */
import { Refusal } from '@zajil/format';

export type KeysCode =
  | 'KEYS_WRONG_PASSPHRASE'
  | 'KEYS_MISTYPED'
  | 'KEYS_WEAK'
  | 'KEYS_TRUNCATED'
  | 'KEYS_ALTERED'
  | 'KEYS_VERSION'
  | 'KEYS_LIMITS'
  | 'KEYS_MISSING'
  | 'KEYS_EXISTS'
  | 'KEYS_LOCKED'
  | 'KEYS_DISK';

export class KeysError extends Refusal {
  declare readonly code: KeysCode;

  constructor(code: KeysCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
