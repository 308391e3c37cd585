/**
 * The signed public site: a statement over the tree of its files, and the proof that stands beside each release.
 *
 * The tree is RFC 6962's over one entry per file, sorted by path, so that a page carries a short proof and any mirror
 * can be told whole. `docs/protocol.md` section "Site".
 */
import * as v from 'valibot';
import { utf8 } from './encoding.ts';
import { parseJson } from './json.ts';
import { FormatError } from './refusal.ts';

const label = 'zajil-site/1';
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const note = v.pipe(v.string(), v.maxLength(100_000));
const proof = v.pipe(v.array(hash), v.maxLength(63));

const statement = v.strictObject({ newsroom: hash, day: v.pipe(v.string(), v.isoDate()), files: count, root: hash });

/** What the newsroom signs over the whole site. */
export type SiteStatement = v.InferOutput<typeof statement>;

const file = v.strictObject({ path: v.pipe(v.string(), v.maxLength(200)), bytes: count, sha256: hash });
export type SiteFile = v.InferOutput<typeof file>;

const manifest = v.strictObject({ v: v.literal(1), site: note, roster: v.pipe(v.string(), v.maxLength(4_000_000)), files: v.array(file) });

/** `site.json`: the signed statement, the roster, and every file it covers; itself the only file that it does not cover. */
export type SiteManifest = v.InferOutput<typeof manifest>;

const bundle = v.strictObject({
  v: v.literal(1),
  /** The roster chain from its founding. */
  roster: v.pipe(v.string(), v.maxLength(4_000_000)),
  /** The release: a signed note. */
  release: note,
  /** The newsroom's log: a signed checkpoint, and where the release stands in it. */
  checkpoint: note,
  released: v.strictObject({ index: count, proof }),
  /** One for each commitment that the release opens, in the order of its media. */
  commitments: v.array(v.strictObject({ entry: v.pipe(v.string(), v.maxLength(200)), index: count, proof })),
  /** The site's statement: a signed note; and the pages and media of this release in its tree. */
  site: note,
  files: v.pipe(v.array(v.strictObject({ ...file.entries, index: count, proof })), v.maxLength(64)),
});

/** `proof/<release id>.json`: all that is needed to check one release offline. */
export type ProofBundle = v.InferOutput<typeof bundle>;

export const manifestPath = 'site.json';

export function proofPath(releaseId: string): string {
  return `proof/${releaseId}.json`;
}

export function formatSiteStatement(value: SiteStatement): string {
  return `${label}\n${JSON.stringify(v.parse(statement, value))}\n`;
}

/** @param text - a signed note's text. @throws FormatError */
export function parseSiteStatement(text: string): SiteStatement {
  const lines = text.split('\n');
  if (lines[0] !== label || lines.length !== 3 || lines[2] !== '')
    throw new FormatError('FORMAT_MAGIC', 'this is not a statement over a site');
  return parseJson(statement, lines[1] ?? '');
}

/** The entry of one file in the site's tree. */
export function siteEntry(entry: SiteFile): Uint8Array {
  return utf8(`${entry.path}\n${entry.bytes}\n${entry.sha256}\n`);
}

export function formatManifest(value: SiteManifest): string {
  return JSON.stringify(v.parse(manifest, value));
}

/** @throws FormatError */
export function parseManifest(text: string): SiteManifest {
  return parseJson(manifest, text);
}

export function formatProofBundle(value: ProofBundle): string {
  return JSON.stringify(v.parse(bundle, value));
}

/** @throws FormatError */
export function parseProofBundle(text: string): ProofBundle {
  return parseJson(bundle, text);
}
