/** What sealing refuses, in words for the person who holds the phone. */
import { Refusal } from '@zajil/format';

export type SealCode = 'SEAL_RECIPIENT' | 'SEAL_SOURCE_CHANGED' | 'SEAL_SOURCE_GONE';

/** Nothing is sealed by the call that throws this; what was sealed before it stays good. */
export class SealError extends Refusal {
  declare readonly code: SealCode;

  constructor(code: SealCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
