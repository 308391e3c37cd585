/** What this room refuses, and the sentences for it. */
import { Refusal } from '@zajil/format';

export type LogCode =
  /** A text is not a signed note. */
  | 'LOG_NOTE'
  /** A text is not a verifier key, or one of an unknown kind. */
  | 'LOG_VKEY'
  /** A signature is missing, unknown or wrong. */
  | 'LOG_SIGNATURE'
  /** A text is not a checkpoint. */
  | 'LOG_CHECKPOINT'
  /** An inclusion or consistency proof does not prove it. */
  | 'LOG_PROOF'
  /** What the store holds is not what this log wrote. */
  | 'LOG_STORE'
  /** Signing would show two faces of one log. */
  | 'LOG_FORK';

export class LogError extends Refusal {
  declare readonly code: LogCode;

  constructor(code: LogCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
