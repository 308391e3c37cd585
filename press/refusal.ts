/** What `press` says when it will not print. Nothing has been changed on disk when it is thrown. */
import { Refusal } from '@zajil/format';

export type PressCode =
  /** The signed note, the release and the newsroom do not speak of the same thing. */
  | 'PRESS_MISMATCH'
  /** The release or a commitment is not in the newsroom's log, or not signed by its roster. */
  | 'PRESS_UNPROVED'
  /** Two releases, or two files, claim one address. */
  | 'PRESS_DUPLICATE'
  /** The bytes of a medium are not those that were released. */
  | 'PRESS_MEDIA'
  /** A page weighs more than its budget on the wire. */
  | 'PRESS_PAGE_SIZE'
  /** The folder holds something that is not a site of this newsroom. */
  | 'PRESS_FOREIGN_FILES';

export class PressError extends Refusal {
  declare readonly code: PressCode;

  constructor(code: PressCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
