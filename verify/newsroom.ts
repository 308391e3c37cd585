/** Steps 1 to 3 and 5 of the recipe: who speaks, and what exactly was signed. `docs/protocol.md` section "Verify". */
import {
  equalBytes,
  parseRelease,
  parseSiteStatement,
  type Release,
  releaseEntry,
  type SiteStatement,
  toHex,
  fromHex,
  type ProofBundle,
} from '@zajil/format';
import { type Checkpoint, leafHash, parseNote, verifyCheckpoint, verifyInclusion, verifyNote } from '@zajil/log';
import { type Roster, verifyRoster } from '@zajil/roster';
import { refusing, VerifyError } from './refusal.ts';

export interface SignedRelease {
  readonly release: Release;
  /** How many devices signed it. */
  readonly signatures: number;
  /** As the log's entry hashes it. */
  readonly text: string;
}

export interface SignedSite {
  readonly statement: SiteStatement;
  readonly root: Uint8Array;
}

/** Step 1. @param expected - the name the reader trusts, 32 bytes, or null. @throws VerifyError `VERIFY_ROSTER`, `VERIFY_NEWSROOM` */
export function proveNewsroom(chain: string, expected: Uint8Array | null): Roster {
  const roster = refusing('VERIFY_ROSTER', () => verifyRoster(chain, null));
  if (expected && !equalBytes(roster.name, expected)) throw new VerifyError('VERIFY_NEWSROOM');
  return roster;
}

/** Step 2. Every signature must be by a device of the roster. @throws VerifyError `VERIFY_RELEASE`, `VERIFY_REVIEWERS` */
export function proveRelease(note: string, roster: Roster): SignedRelease {
  return refusing('VERIFY_RELEASE', () => {
    const { text, signatures } = verifyByDevices(note, roster);
    const release = parseRelease(text);
    if (release.newsroom !== toHex(roster.name)) throw new VerifyError('VERIFY_RELEASE');
    if (release.reviewers >= signatures) throw new VerifyError('VERIFY_REVIEWERS');
    return { release, signatures, text };
  });
}

/** Step 3. @throws VerifyError `VERIFY_LOG` */
export function proveLogged(bundle: ProofBundle, { text }: SignedRelease, roster: Roster): Checkpoint {
  return refusing('VERIFY_LOG', () => {
    const checkpoint = verifyCheckpoint(bundle.checkpoint, roster.found.log);
    provePlace(releaseEntry(text), bundle.released, checkpoint);
    return checkpoint;
  });
}

/** Step 5. @throws VerifyError `VERIFY_SITE` */
export function proveSite(note: string, roster: Roster): SignedSite {
  return refusing('VERIFY_SITE', () => {
    const statement = parseSiteStatement(verifyByDevices(note, roster).text);
    if (statement.newsroom !== toHex(roster.name)) throw new VerifyError('VERIFY_SITE');
    return { statement, root: fromHex(statement.root, 32) };
  });
}

interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** @param proof - hashes in hex, lowest first. Throws when the entry does not stand there */
export function provePlace(entry: Uint8Array, place: { index: number; proof: readonly string[] }, { size, root }: Tree): void {
  verifyInclusion({ size, index: place.index, leaf: leafHash(entry), proof: place.proof.map((hash) => fromHex(hash, 32)), root });
}

/** Strict where C2SP passes over strangers: a note of ours with a signature by nobody in the roster was tampered with. */
function verifyByDevices(note: string, roster: Roster): { text: string; signatures: number } {
  const { text, signedBy } = verifyNote(
    note,
    roster.devices.map(({ vkey }) => vkey),
  );
  if (parseNote(note).signatures.length !== signedBy.length)
    throw new RangeError('a signature is by nobody in the roster, or stands twice');
  return { text, signatures: signedBy.length };
}
