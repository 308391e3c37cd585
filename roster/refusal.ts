/** What this room refuses, and the sentences for it. */
import { Refusal } from '@zajil/format';

export type RosterCode =
  /** The chain ends in the middle of a statement. */
  | 'ROSTER_TRUNCATED'
  | 'ROSTER_TOO_LONG'
  /** Not a chain of signed statements. */
  | 'ROSTER_TEXT'
  /** A statement does not continue the one before. */
  | 'ROSTER_LINK'
  /** A statement is not signed by a device that was in force. */
  | 'ROSTER_SIGNATURE'
  /** A signed statement says what the rules of the roster do not allow. */
  | 'ROSTER_RULE'
  | 'ROSTER_OTHER_NEWSROOM'
  /** The chain is a beginning of the one already known. */
  | 'ROSTER_OLDER'
  /** Two chains of one newsroom contradict each other. */
  | 'ROSTER_FORK'
  | 'ROSTER_NO_KEY'
  /** An intake key's bytes are not those that the roster names. */
  | 'ROSTER_KEY'
  | 'ROSTER_ACKNOWLEDGEMENT'
  /** Wants that no device of the newsroom signed about this dispatch. */
  | 'ROSTER_WANTS'
  /** A request is not signed as it must be, or was altered. */
  | 'ROSTER_REQUEST'
  /** A request is from another time than now. */
  | 'ROSTER_REQUEST_TIME';

export class RosterError extends Refusal {
  declare readonly code: RosterCode;

  constructor(code: RosterCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
