/**
 * The recipe for one release. Each step throws a refusal or adds to the evidence.
 *
 * 1. The roster's chain is whole, and is the expected newsroom's.  2. The release is signed by devices in it, at least
 * one more than it claims reviewers.  3. It stands in the log that the founding statement names.  4. Each commitment
 * that it opens stands there too.  5. The site's statement is signed, and the release's note, pages and media stand in
 * its tree.  6. The files given are equal to those.  `docs/protocol.md` section "Verify".
 */
import {
  commitmentEntry,
  parseCommitmentEntry,
  type ProofBundle,
  proofPathOfPage,
  type Release,
  releaseLanguages,
  type ReleaseMedia,
  releaseNotePath,
  siteEntry,
  toHex,
  utf8,
} from '@zajil/format';
import type { Checkpoint } from '@zajil/log';
import type { Roster } from '@zajil/roster';
import { alterationOf, limitsOf, type MediaEvidence, type ReleaseEvidence, type ReleasePage } from './evidence.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { proveLogged, proveNewsroom, provePlace, proveRelease, proveSite, type SignedRelease, type SignedSite } from './newsroom.ts';
import { refusing, VerifyError } from './refusal.ts';
import { say, type Sentence } from './sentence.ts';

/** A file that the reader has: its fingerprint, and the site's address of it when known. */
export interface GivenFile extends Fingerprint {
  readonly path?: string;
}

export interface Expected {
  /** The name of the newsroom that the reader trusts, 32 bytes. Without it the name is reported, not proved. */
  readonly newsroom?: Uint8Array | null;
  readonly files?: readonly GivenFile[];
}

/** @throws VerifyError at the first step that does not hold */
export function verifyRelease(bundle: ProofBundle, { newsroom = null, files = [] }: Expected = {}): ReleaseEvidence {
  const roster = proveNewsroom(bundle.roster, newsroom);
  return followRelease(bundle, roster, proveSite(bundle.site, roster), { newsroom, files });
}

/** Steps 2 to 6, when roster and site are already proved. */
export function followRelease(
  bundle: ProofBundle,
  roster: Roster,
  site: SignedSite,
  { newsroom = null, files = [] }: Expected,
): ReleaseEvidence {
  const signed = proveRelease(bundle.release, roster);
  const checkpoint = proveLogged(bundle, signed, roster);
  const heldBy = proveCommitments(bundle, signed.release.media, checkpoint);
  proveFiles(bundle, signed, site);
  const equal = new Set(files.map((file) => compare(bundle, file)));

  const { release } = signed;
  const media = release.media.map((medium): MediaEvidence => ({
    path: medium.path,
    sha256: medium.sha256,
    proved: equal.has(medium.path),
    heldBy: heldBy.get(medium) ?? null,
    alteration: alterationOf[medium.from],
  }));
  const pages = bundle.files.filter(isPage).map(({ path }): ReleasePage => ({ path, proved: equal.has(path) }));
  const unseen = [...media, ...pages].filter(({ proved }) => !proved).length;
  return {
    kind: 'release',
    newsroom: toHex(roster.name),
    expected: newsroom !== null,
    by: release.by,
    id: release.id,
    version: release.version,
    day: release.day,
    language: release.language,
    title: release.title,
    body: release.body,
    reviewers: release.reviewers,
    signatures: signed.signatures,
    site: site.statement.day,
    media,
    pages,
    proved: stepsOf(signed, bundle, checkpoint, site, { expected: newsroom !== null, compared: equal.size, commitments: heldBy.size }),
    limits: limitsOf({ expected: newsroom !== null, site: site.statement.day, unseen, reviewers: release.reviewers, media }),
  };
}

interface Counts {
  readonly expected: boolean;
  readonly compared: number;
  readonly commitments: number;
}

function stepsOf(
  { signatures }: SignedRelease,
  bundle: ProofBundle,
  { size }: Checkpoint,
  { statement }: SignedSite,
  counts: Counts,
): Sentence[] {
  return [
    say(counts.expected ? 'PROVED_NEWSROOM' : 'REPORTED_NEWSROOM'),
    say('PROVED_RELEASE', { signatures }),
    say('PROVED_LOG', { index: bundle.released.index, size }),
    ...(counts.commitments > 0 ? [say('PROVED_COMMITMENTS', { count: counts.commitments })] : []),
    say('PROVED_SITE', { day: statement.day, files: statement.files }),
    ...(counts.compared > 0 ? [say('PROVED_FILES', { count: counts.compared })] : []),
  ];
}

/** Step 4: the day on which each medium's original was committed to. @throws VerifyError `VERIFY_COMMITMENT` */
function proveCommitments(bundle: ProofBundle, media: readonly ReleaseMedia[], checkpoint: Checkpoint): Map<ReleaseMedia, string> {
  const promised = media.filter(({ commitment }) => commitment !== '');
  return refusing('VERIFY_COMMITMENT', () => {
    if (promised.length !== bundle.commitments.length) throw new VerifyError('VERIFY_COMMITMENT');
    return new Map(
      promised.map((medium, i) => {
        const { entry = '', index = -1, proof = [] } = bundle.commitments[i] ?? {};
        const { day, commitment } = parseCommitmentEntry(entry);
        if (commitment !== medium.commitment || index !== medium.index) throw new VerifyError('VERIFY_COMMITMENT', medium.path);
        provePlace(commitmentEntry(day, commitment), { index, proof }, checkpoint);
        return [medium, day];
      }),
    );
  });
}

/**
 * Step 5: the release's own note, its pages under the same stem, every medium, and no other file.
 *
 * @throws VerifyError `VERIFY_TREE`
 */
function proveFiles(bundle: ProofBundle, { release }: SignedRelease, { statement, root }: SignedSite): void {
  const stem = stemOf(bundle, release);
  const own = new Map<string, Fingerprint | null>([
    [releaseNotePath(stem), fingerprintOf(utf8(bundle.release))],
    ...releaseLanguages.map((language) => [`${language}/${stem}.html`, null] as const),
    ...release.media.map((medium) => [medium.path, medium] as const),
  ]);
  for (const file of bundle.files) {
    const expected = own.get(file.path);
    if (expected === undefined || (expected && !isEqual(expected, file))) throw new VerifyError('VERIFY_TREE', file.path);
    refusing('VERIFY_TREE', () => provePlace(siteEntry(file), file, { size: statement.files, root }), file.path);
    own.delete(file.path);
  }
  if (own.size > 0) throw new VerifyError('VERIFY_TREE');
}

/** A version that was superseded stands under its number. */
function stemOf(bundle: ProofBundle, { id, version }: Release): string {
  const newest = bundle.files.some(({ path }) => path === releaseNotePath(id));
  return newest ? id : `${id}-v${version}`;
}

function isPage({ path }: { path: string }): boolean {
  return proofPathOfPage(path) !== null;
}

/** Step 6. Returns the address that the file is equal to. @throws VerifyError `VERIFY_ALTERED`, `VERIFY_NOT_PART` */
function compare(bundle: ProofBundle, given: GivenFile): string {
  const here = bundle.files.find(({ path }) => path === given.path);
  if (here && !isEqual(here, given)) throw new VerifyError('VERIFY_ALTERED', here.path);
  const match = here ?? bundle.files.find((file) => isEqual(file, given));
  if (!match) throw new VerifyError('VERIFY_NOT_PART');
  return match.path;
}

export function isEqual(a: Fingerprint, b: Fingerprint): boolean {
  return a.bytes === b.bytes && a.sha256 === b.sha256;
}
