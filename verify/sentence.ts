/** What was proved, and what a proof does not say, as plain sentences under stable codes. */

/** Placeholders in braces are filled from the evidence. */
export const sentences = {
  PROVED_NEWSROOM: 'The newsroom’s chain of keys is whole and belongs to the newsroom you named.',
  REPORTED_NEWSROOM: 'The newsroom’s chain of keys is whole. You did not say which newsroom you expect.',
  PROVED_RELEASE: 'The words were signed by {signatures} of the newsroom’s devices.',
  PROVED_LOG: 'The release stands in the newsroom’s public log, as entry {index} of {size}.',
  PROVED_COMMITMENTS: 'Commitments to {count} originals stand in the same log.',
  PROVED_SITE: 'The site of {day}, with {files} files, is signed by a device of the newsroom.',
  PROVED_FILES: '{count} files were compared, byte for byte by SHA-256, and are equal to what was signed.',
  PROVED_WHOLE: 'Every file of the site is here, none was altered, and nothing was added.',
  LIMIT_NO_WITNESS: 'Days are the newsroom’s own word: no outside witness has signed its log yet.',
  LIMIT_NEWSROOM: 'Anyone can found a newsroom under any title. Compare its name with one that reached you another way.',
  LIMIT_TRUTH: 'This proves who released what. It does not prove that what is said or shown is true.',
  LIMIT_DERIVED: 'The media are new files made from what was sent. That they show the same is the newsroom’s signed word, not a proof.',
  LIMIT_NO_ORIGINAL: 'For at least one medium no original was committed to: it had not arrived whole.',
  LIMIT_NO_REVIEWER: 'Nobody other than its author reviewed this.',
  LIMIT_NEWEST: 'This proof knows the site as it was on {day}. A newer version may exist.',
  LIMIT_UNSEEN: '{count} files of this release were not given, so nothing is said about them.',
} as const satisfies Record<string, string>;

export type SentenceCode = keyof typeof sentences;

export interface Sentence {
  readonly code: SentenceCode;
  /** In English. */
  readonly text: string;
  /** What fills the braces, for whoever says it in another language. */
  readonly values: Readonly<Record<string, string | number>>;
}

export function say(code: SentenceCode, values: Readonly<Record<string, string | number>> = {}): Sentence {
  return { code, text: fill(sentences[code], values), values };
}

export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ''));
}
