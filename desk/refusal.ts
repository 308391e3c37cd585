/** What the desk refuses, in sentences for a person. Codes are stable. */
import { Refusal } from '@zajil/format';

export type DeskCode =
  | 'DESK_IN_USE'
  | 'DESK_DISK'
  | 'DESK_VANISHED'
  | 'DESK_NO_EXHIBIT'
  | 'DESK_NO_LAYER'
  | 'DESK_NO_RELEASE'
  | 'DESK_RANGE'
  | 'DESK_NOT_COMPLETE'
  | 'DESK_EXISTS'
  | 'DESK_ADDRESS'
  | 'DESK_PLAIN_HTTP'
  | 'DESK_RELAY_UNREACHABLE'
  | 'DESK_RELAY_REFUSED'
  | 'DESK_RELAY_ANSWER'
  | 'DESK_TOOL_MISSING'
  | 'DESK_MEDIA_UNREADABLE'
  | 'DESK_MEDIA_LIMIT'
  | 'DESK_METADATA_LEFT'
  | 'DESK_TOO_LARGE'
  | 'DESK_NO_SITE'
  | 'DESK_REQUEST'
  | 'DESK_SESSION'
  | 'DESK_STATE'
  | 'DESK_FAILED';

export class DeskError extends Refusal {
  declare readonly code: DeskCode;

  constructor(code: DeskCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}

const diskCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EFBIG', 'ENOTDIR']);

/** Runs work that writes; what the disk refuses becomes a sentence. @throws DeskError `DESK_DISK` */
export async function writing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !diskCodes.has(String(cause.code))) throw cause;
    throw new DeskError(
      'DESK_DISK',
      'The disk is full, or could not be written. What was saved before is safe, and nothing was acknowledged that is not. Make room and try again.',
      cause,
    );
  }
}
