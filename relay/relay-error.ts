/**
 * What the relay refuses: a stable code, the HTTP status that carries it, and a sentence that says what is safe and
 * what to do. No sentence carries a name, an address, a token or a path. `docs/protocol.md` section "Relay".
 */
import { Refusal } from '@zajil/format';

const statusOf = {
  RELAY_REQUEST: 400,
  RELAY_BAG: 400,
  RELAY_NEWSROOM: 400,
  RELAY_TOKEN: 401,
  RELAY_SIGNATURE: 401,
  RELAY_REPLAY: 403,
  RELAY_STALE: 403,
  RELAY_OTHER_NEWSROOM: 403,
  RELAY_NOT_FOUND: 404,
  RELAY_NO_NEWSROOM: 404,
  RELAY_TOO_LARGE: 413,
  RELAY_BUSY: 429,
  RELAY_TOO_MUCH: 429,
  RELAY_FAULT: 500,
  RELAY_FULL: 507,
  RELAY_PORT_IN_USE: 500,
  RELAY_FOLDER_UNWRITABLE: 500,
  RELAY_FOLDER_IN_USE: 500,
  RELAY_KEY: 500,
  RELAY_LOG_DIVERGED: 500,
} as const;

export type RelayCode = keyof typeof statusOf;
export type RelayStatus = (typeof statusOf)[RelayCode];

export class RelayError extends Refusal {
  declare readonly code: RelayCode;

  constructor(code: RelayCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }

  /** The HTTP status under which a door answers it. */
  get status(): RelayStatus {
    return statusOf[this.code];
  }
}

/** The honest refusal of a full disk: nothing that was answered is lost. */
export function relayFull(cause?: unknown): RelayError {
  return new RelayError(
    'RELAY_FULL',
    'The relay is full. What it holds is safe. Keep the rest and try again later, or use another relay.',
    cause,
  );
}

/** Is this the operating system or SQLite saying that no room is left on the disk? */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ENOSPC' || code === 'EDQUOT' || (code === 'ERR_SQLITE_ERROR' && errcode === sqliteFull);
}

/** SQLITE_FULL, https://sqlite.org/rescode.html#full */
const sqliteFull = 13;
