/**
 * The base of every refusal: a sentence for a person and a stable code for a program.
 *
 * Each room has one subclass and its own code prefix. Messages never carry plaintext, names of people, keys,
 * addresses or paths. The prefixes also serve the bundle check: a shipped page without `OPEN_` holds no opening code.
 */
export class Refusal extends Error {
  /** Stable and prefixed with the room, e.g. `FORMAT_TRUNCATED`. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
  }
}

export type FormatCode =
  | 'FORMAT_TRUNCATED'
  | 'FORMAT_TRAILING'
  | 'FORMAT_RANGE'
  | 'FORMAT_MAGIC'
  | 'FORMAT_VERSION'
  | 'FORMAT_TEXT'
  | 'FORMAT_JSON'
  | 'FORMAT_PADDING'
  | 'FORMAT_CHECKSUM'
  | 'FORMAT_PIECE'
  | 'FORMAT_ORDER'
  | 'FORMAT_SEALED';

/** What a parser of this room says when bytes are not what the protocol allows. */
export class FormatError extends Refusal {
  declare readonly code: FormatCode;

  constructor(code: FormatCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}
