/**
 * The signed public site: a statement over the tree of its files, and the proof that stands beside each release.
 *
 * The tree is RFC 6962's over one entry per file, sorted by path, so that a page carries a short proof and any mirror
 * can be told whole. `docs/protocol.md` section "Site".
 */
import * as v from 'valibot';
import { utf8 } from './encoding.ts';
import { count, day, hash } from './fields.ts';
import { parseOrderedJson } from './json.ts';
import { FormatError } from './refusal.ts';
import { formatSignedText, parseSignedText } from './signed-text.ts';

const label = 'zajil-site/1';
const note = v.pipe(v.string(), v.maxLength(100_000));
const proof = v.pipe(v.array(hash), v.maxLength(63));

const statement = v.strictObject({ newsroom: hash, day, files: count, root: hash });

/** What the newsroom signs over the whole site. */
export type SiteStatement = v.InferOutput<typeof statement>;

/** Relative to the site's root; no segment is `.` or `..`, so that a mirror can be written to a folder as it stands. */
const path = v.pipe(v.string(), v.maxLength(200), v.regex(/^(?!\.{1,2}(?:\/|$))[\w.-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*$/));
const file = v.strictObject({ path, bytes: count, sha256: hash });
export type SiteFile = v.InferOutput<typeof file>;

const chain = v.pipe(v.string(), v.maxLength(4_000_000));
const manifest = v.strictObject({ v: v.literal(1), site: note, roster: chain, files: v.pipe(v.array(file), v.maxLength(100_000)) });

/**
 * `site.json`: the signed statement, the roster, and every file it covers. The files that it does not cover are itself and
 * the proofs, which carry its statement: there is one for each release page, and each proves itself.
 */
export type SiteManifest = v.InferOutput<typeof manifest>;

const bundle = v.strictObject({
  v: v.literal(1),
  /** The roster chain from its founding. */
  roster: chain,
  /** The release: a signed note. */
  release: note,
  /** The newsroom's log: a signed checkpoint, and where the release stands in it. */
  checkpoint: note,
  released: v.strictObject({ index: count, proof }),
  /** One for each commitment that the release opens, in the order of its media. */
  commitments: v.array(v.strictObject({ entry: v.pipe(v.string(), v.maxLength(200)), index: count, proof })),
  /** The site's statement: a signed note; and the pages, the note and the media of this release in its tree. */
  site: note,
  files: v.pipe(v.array(v.strictObject({ ...file.entries, index: count, proof })), v.maxLength(64)),
});

/** `proof/<release id>.json`: all that is needed to check one release offline. */
export type ProofBundle = v.InferOutput<typeof bundle>;

export const manifestPath = 'site.json';

export function proofPath(releaseId: string): string {
  return `proof/${releaseId}.json`;
}

/**
 * The signed note of a release as a file of the site: it ties the words to the pages under one statement, so that no
 * proof can pair the pages of one version with the words of another.
 */
export function releaseNotePath(stem: string): string {
  return `release/${stem}.txt`;
}

/** The proof of a release's page, from the page's path (`ar/<id>.html`, `en/<id>-v<version>.html`); null for any other file. */
export function proofPathOfPage(path: string): string | null {
  const stem = /^(?:ar|en)\/([0-9a-f]{16}(?:-v[1-9][0-9]{0,9})?)\.html$/.exec(path)?.[1];
  return stem === undefined ? null : proofPath(stem);
}

export function formatSiteStatement(value: SiteStatement): string {
  return formatSignedText(label, statement, value);
}

/** @param text - a signed note's text. @throws FormatError */
export function parseSiteStatement(text: string): SiteStatement {
  return parseSignedText(label, statement, text);
}

/** The entry of one file in the site's tree. */
export function siteEntry(entry: SiteFile): Uint8Array {
  return utf8(`${entry.path}\n${entry.bytes}\n${entry.sha256}\n`);
}

/** @throws RangeError unless files are sorted by path (by code unit, as `<` compares), none twice */
export function formatManifest(value: SiteManifest): string {
  if (!isSorted(value.files)) throw new RangeError('files of a site are sorted by path');
  return JSON.stringify(v.parse(manifest, value));
}

/** @throws FormatError also when files are not sorted by path or one stands twice (`FORMAT_ORDER`) */
export function parseManifest(text: string): SiteManifest {
  const value = parseOrderedJson(manifest, text);
  if (!isSorted(value.files)) throw new FormatError('FORMAT_ORDER', 'files are not sorted by path, or one stands twice');
  return value;
}

export function formatProofBundle(value: ProofBundle): string {
  return JSON.stringify(v.parse(bundle, value));
}

/** @throws FormatError */
export function parseProofBundle(text: string): ProofBundle {
  return parseOrderedJson(bundle, text);
}

function isSorted(files: readonly SiteFile[]): boolean {
  return files.every((file, i) => i === 0 || file.path > (files[i - 1]?.path ?? ''));
}
