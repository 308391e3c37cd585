/** What `verify` says when something is not proved. Each code is one reason; the page has the sentences in Arabic too. */
import { Refusal } from '@zajil/format';

export const refusals = {
  VERIFY_PROOF: 'The proof file is not one that this program can read. It was damaged or is something else. Fetch it again from the page.',
  VERIFY_ROSTER: 'The chain that says who the newsroom is does not check out. Do not rely on anything that comes with it.',
  VERIFY_NEWSROOM: 'This was released by another newsroom than the one you named. Compare the names before you rely on it.',
  VERIFY_RELEASE: 'The words of this release are not signed by a device of the newsroom: they were altered, or are not its words.',
  VERIFY_REVIEWERS: 'The release claims more reviewers than have signed it. Do not rely on it.',
  VERIFY_LOG: 'The release is not in the newsroom’s public log as the proof claims. Do not rely on it.',
  VERIFY_COMMITMENT: 'The proof that the newsroom held an original does not check out. Do not rely on the date.',
  VERIFY_SITE: 'The list of the site’s files is not signed by a device of the newsroom: it was altered, or is not its list.',
  VERIFY_TREE: 'The site’s files do not add up to what the newsroom signed. The proof was altered.',
  VERIFY_ALTERED: 'This file was altered: it is not what the newsroom released at this address.',
  VERIFY_NOT_PART: 'This file is no part of what the proof covers. It may be older, newer, or somebody else’s.',
  VERIFY_MISSING: 'A file of the site is missing. This copy is not whole.',
  VERIFY_EXTRA: 'There is a file here that the newsroom did not put on its site.',
  VERIFY_NO_PROOF:
    'There is no proof for this file here. Fetch the proof file that its page links to (proof/….json), or site.json, and give both.',
  VERIFY_UNREADABLE: 'This could not be read. Nothing is said about it.',
} as const satisfies Record<string, string>;

export type VerifyCode = keyof typeof refusals;

export class VerifyError extends Refusal {
  declare readonly code: VerifyCode;
  /** The site's own address of the file in question, when there is one; never a path of this machine. */
  readonly file: string | null;

  constructor(code: VerifyCode, file: string | null = null, cause?: unknown) {
    super(code, refusals[code], cause);
    this.file = file;
  }
}

/** Runs a step; whatever it throws becomes this refusal. A refusal of our own keeps its code, and learns its file. */
export function refusing<T>(code: VerifyCode, step: () => T, file: string | null = null): T {
  try {
    return step();
  } catch (cause) {
    if (cause instanceof VerifyError) throw cause.file === null && file !== null ? new VerifyError(cause.code, file, cause) : cause;
    throw new VerifyError(code, file, cause);
  }
}
