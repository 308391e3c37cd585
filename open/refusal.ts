/** What opening refuses, and why. No message carries anything of what was sealed. */
import { Refusal } from '@zajil/format';

export type OpenCode =
  /** The file has not the size of a bucket. */
  | 'OPEN_SIZE'
  /** The age header is malformed. */
  | 'OPEN_HEADER'
  /** Not exactly one `mlkem768x25519` stanza. */
  | 'OPEN_STANZA'
  /** A tag or the header's MAC does not hold. */
  | 'OPEN_ALTERED'
  /** The file ends before its last chunk. */
  | 'OPEN_TRUNCATED'
  /** Bytes follow the last chunk. */
  | 'OPEN_TRAILING'
  /** What was sealed is no part. */
  | 'OPEN_PART'
  /** The padding of the part is not zero. */
  | 'OPEN_PADDING'
  | 'OPEN_ARMOR'
  /** None of the keys opens it; only `openAge` says this by refusing. */
  | 'OPEN_NO_MATCH'
  /** The part is of another dispatch, layer, file, view or type than the stream. */
  | 'OPEN_STREAM'
  /** Parts disagree on how many there are, or one is beyond the last. */
  | 'OPEN_PARTS'
  /** Two different parts claim the same number. */
  | 'OPEN_CONFLICT'
  | 'OPEN_OVERLAP'
  /** Two parts follow each other by number, and bytes are missing between them. */
  | 'OPEN_GAP'
  /** A parcel does not say what was recorded of it. */
  | 'OPEN_RECORD';

export class OpenError extends Refusal {
  declare readonly code: OpenCode;

  constructor(code: OpenCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
