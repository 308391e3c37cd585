/** What a check returns: facts that were proved, sentences that say so, and the limits of both. */
import type { MediaChoice, ReleaseLanguage } from '@zajil/format';
import { say, type Sentence } from './sentence.ts';

/** How a released medium differs from what was sent, as the newsroom says under its signature. */
export type Alteration = 'new-file-from-whole' | 'new-file-from-cut' | 'new-file-from-glance';

export const alterationOf: Record<MediaChoice, Alteration> = {
  full: 'new-file-from-whole',
  cut: 'new-file-from-cut',
  glance: 'new-file-from-glance',
};

export interface MediaEvidence {
  readonly path: string;
  readonly sha256: string;
  /** The bytes were given and are equal. */
  readonly proved: boolean;
  /** By this day the newsroom had committed to the original, `YYYY-MM-DD`; null when to none. */
  readonly heldBy: string | null;
  readonly alteration: Alteration;
}

export interface ReleasePage {
  readonly path: string;
  readonly proved: boolean;
}

export interface ReleaseEvidence {
  readonly kind: 'release';
  /** 64 hex digits. */
  readonly newsroom: string;
  /** The reader named this newsroom beforehand. */
  readonly expected: boolean;
  readonly by: string;
  readonly id: string;
  readonly version: number;
  readonly day: string;
  readonly language: ReleaseLanguage;
  readonly title: string;
  readonly body: string;
  /** People other than the author; each signed. */
  readonly reviewers: number;
  readonly signatures: number;
  /** The day of the site that the proof knows. */
  readonly site: string;
  readonly media: readonly MediaEvidence[];
  readonly pages: readonly ReleasePage[];
  readonly proved: readonly Sentence[];
  readonly limits: readonly Sentence[];
}

export interface SiteEvidence {
  readonly kind: 'site';
  readonly newsroom: string;
  readonly expected: boolean;
  readonly day: string;
  /** Files that the statement covers. */
  readonly files: number;
  /** Newest version of each release and every earlier one. */
  readonly releases: readonly ReleaseEvidence[];
  readonly proved: readonly Sentence[];
  readonly limits: readonly Sentence[];
}

/** One file of the site that belongs to no release: a front page, a feed, the checking page. */
export interface FileEvidence {
  readonly kind: 'file';
  readonly newsroom: string;
  readonly expected: boolean;
  readonly day: string;
  readonly path: string;
  readonly proved: readonly Sentence[];
  readonly limits: readonly Sentence[];
}

export type Evidence = ReleaseEvidence | SiteEvidence | FileEvidence;

interface Facts {
  readonly expected: boolean;
  readonly site: string;
  readonly unseen?: number;
  readonly reviewers?: number;
  readonly media?: readonly MediaEvidence[];
}

/** What the reader must not conclude. */
export function limitsOf({ expected, site, unseen = 0, reviewers = 1, media = [] }: Facts): Sentence[] {
  return [
    ...(expected ? [] : [say('LIMIT_NEWSROOM')]),
    ...(unseen > 0 ? [say('LIMIT_UNSEEN', { count: unseen })] : []),
    ...(reviewers === 0 ? [say('LIMIT_NO_REVIEWER')] : []),
    ...(media.length > 0 ? [say('LIMIT_DERIVED')] : []),
    ...(media.some(({ heldBy }) => heldBy === null) ? [say('LIMIT_NO_ORIGINAL')] : []),
    say('LIMIT_NO_WITNESS'),
    say('LIMIT_NEWEST', { day: site }),
    say('LIMIT_TRUTH'),
  ];
}
