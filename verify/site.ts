/**
 * The recipe for a whole copy of a site: every file is there and equal, none is extra, and each release's proof holds.
 * `docs/protocol.md` section "Verify".
 */
import {
  concatBytes,
  fromUtf8,
  manifestPath,
  parseManifest,
  parseProofBundle,
  type ProofBundle,
  proofPathOfPage,
  type SiteFile,
  type SiteManifest,
  siteEntry,
  toHex,
  equalBytes,
} from '@zajil/format';
import { leafHash, treeRoot } from '@zajil/log';
import type { Roster } from '@zajil/roster';
import { type FileEvidence, limitsOf, type ReleaseEvidence, type SiteEvidence } from './evidence.ts';
import { type Content, type Fingerprint, fingerprint } from './fingerprint.ts';
import { proveNewsroom, proveSite, type SignedSite } from './newsroom.ts';
import { refusing, VerifyError } from './refusal.ts';
import { followRelease, isEqual } from './release.ts';
import { say } from './sentence.ts';

export type ReadFile = (path: string) => Promise<Content>;

/** The most a proof or a list of files may weigh: a roster of many years, or some hundred thousand files. More is not read into memory. */
const mostProofBytes = 32_000_000;

interface Listed {
  readonly manifest: SiteManifest;
  readonly roster: Roster;
  readonly site: SignedSite;
}

/**
 * @param manifest - the text of `site.json`
 * @param readFile - reads a file by its path from the site's root; called only for paths that `listFiles` gave
 * @param listFiles - every file there is, by path from the root with `/`, without folders
 * @throws VerifyError
 */
export async function verifySite(
  manifest: string,
  readFile: ReadFile,
  listFiles: () => Promise<readonly string[]>,
  { newsroom = null }: { newsroom?: Uint8Array | null } = {},
): Promise<SiteEvidence> {
  const listed = proveManifest(manifest, newsroom);
  const { files } = listed.manifest;
  const proofs = [...new Set(files.flatMap(({ path }) => proofPathOfPage(path) ?? []))];
  proveWhole(new Set([manifestPath, ...proofs, ...files.map(({ path }) => path)]), await listFiles());
  for (const file of files) {
    if (!isEqual(await fingerprint(await readFile(file.path)), file)) throw new VerifyError('VERIFY_ALTERED', file.path);
  }
  const releases: ReleaseEvidence[] = [];
  for (const path of proofs) releases.push(proveProof(await readProof(path, readFile), path, listed, newsroom));
  const { day } = listed.site.statement;
  return {
    kind: 'site',
    newsroom: toHex(listed.roster.name),
    expected: newsroom !== null,
    day,
    files: files.length,
    releases,
    proved: [
      say(newsroom ? 'PROVED_NEWSROOM' : 'REPORTED_NEWSROOM'),
      say('PROVED_SITE', { day, files: files.length }),
      say('PROVED_WHOLE'),
    ],
    limits: limitsOf({ expected: newsroom !== null, site: day }),
  };
}

/** One file against the site's list. @throws VerifyError `VERIFY_ALTERED`, `VERIFY_NOT_PART` and those of the list */
export function verifyListedFile(
  manifest: string,
  given: Fingerprint & { path?: string },
  { newsroom = null }: { newsroom?: Uint8Array | null } = {},
): FileEvidence {
  const { manifest: list, roster, site } = proveManifest(manifest, newsroom);
  const here = list.files.find(({ path }) => path === given.path);
  if (here && !isEqual(here, given)) throw new VerifyError('VERIFY_ALTERED', here.path);
  const match = here ?? list.files.find((file) => isEqual(file, given));
  if (!match) throw new VerifyError('VERIFY_NOT_PART');
  const { day, files } = site.statement;
  return {
    kind: 'file',
    newsroom: toHex(roster.name),
    expected: newsroom !== null,
    day,
    path: match.path,
    proved: [
      say(newsroom ? 'PROVED_NEWSROOM' : 'REPORTED_NEWSROOM'),
      say('PROVED_SITE', { day, files }),
      say('PROVED_FILES', { count: 1 }),
    ],
    limits: limitsOf({ expected: newsroom !== null, site: day }),
  };
}

/** The roster is the newsroom's, the statement is signed, and the list adds up to its tree. */
function proveManifest(text: string, newsroom: Uint8Array | null): Listed {
  const manifest = refusing('VERIFY_PROOF', () => parseManifest(text), manifestPath);
  const roster = proveNewsroom(manifest.roster, newsroom);
  const site = proveSite(manifest.site, roster);
  proveTree(manifest.files, site);
  return { manifest, roster, site };
}

function proveTree(files: readonly SiteFile[], { statement, root }: SignedSite): void {
  const ordered = files.every((file, i) => i === 0 || (files[i - 1]?.path ?? '') < file.path);
  const leaves = files.map((file) => leafHash(siteEntry(file)));
  if (!ordered || files.length !== statement.files || !equalBytes(treeRoot(leaves), root))
    throw new VerifyError('VERIFY_TREE', manifestPath);
  const unsafe = files.find(({ path }) => !isSafePath(path));
  if (unsafe) throw new VerifyError('VERIFY_TREE');
}

/** No way out of the site's folder, whatever a hostile newsroom signs. */
function isSafePath(path: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(path);
}

/** @throws VerifyError `VERIFY_MISSING`, `VERIFY_EXTRA` */
function proveWhole(expected: ReadonlySet<string>, found: readonly string[]): void {
  const here = new Set(found);
  const missing = [...expected].find((path) => !here.has(path));
  if (missing !== undefined) throw new VerifyError('VERIFY_MISSING', missing);
  const extra = found.find((path) => !expected.has(path));
  if (extra !== undefined) throw new VerifyError('VERIFY_EXTRA', extra);
}

async function readProof(path: string, readFile: ReadFile): Promise<ProofBundle> {
  const bytes = await readSmall(await readFile(path));
  return refusing('VERIFY_PROOF', () => parseProofBundle(fromUtf8(bytes ?? new Uint8Array())), path);
}

/** The whole content, or null when it is more than any proof weighs. */
export async function readSmall(content: Content): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content instanceof Uint8Array ? [content] : content) {
    bytes += chunk.length;
    if (bytes > mostProofBytes) return null;
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

/** A proof in a copy of the site must carry the site's own roster and statement: another day's proof is not this site's. */
function proveProof(bundle: ProofBundle, path: string, listed: Listed, newsroom: Uint8Array | null): ReleaseEvidence {
  if (bundle.roster !== listed.manifest.roster || bundle.site !== listed.manifest.site) throw new VerifyError('VERIFY_PROOF', path);
  const evidence = refusing(
    'VERIFY_PROOF',
    () => followRelease(bundle, listed.roster, listed.site, { newsroom, files: bundle.files }),
    path,
  );
  if (!evidence.pages.some((page) => proofPathOfPage(page.path) === path)) throw new VerifyError('VERIFY_PROOF', path);
  return evidence;
}
