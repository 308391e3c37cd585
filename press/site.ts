/**
 * The whole site as files: pages, feeds, media, a signed statement over all of them, and a proof beside each release.
 * Same input, same bytes. `docs/protocol.md` section "Site".
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Cleared } from '@zajil/format';
import {
  formatManifest,
  formatSiteStatement,
  manifestPath,
  releaseLanguages,
  releaseNotePath,
  type SiteFile,
  siteEntry,
  toHex,
  utf8,
} from '@zajil/format';
import { auditCheckpoint, auditRelease, auditRoster, auditSiteNote } from './audit.ts';
import type { ClearedRelease, Edition } from './cleared-release.ts';
import { arrangeEditions } from './edition.ts';
import { printFeed } from './feed.ts';
import { FileTree } from './file-tree.ts';
import { monthsOf, printDoor, printFront, printMonth } from './front-page.ts';
import { proofFiles } from './proof.ts';
import { PressError } from './refusal.ts';
import { printRelease } from './release-page.ts';
import type { Newsroom } from './sheet.ts';
import { printCheckNotice } from './check-notice.ts';

/** What fits the first round trip of a connection: ten segments of 1,460 bytes less the answer's head. */
export const pageWireBytes = 14_336;

export interface SiteInput {
  /** The name under which the newsroom publishes, and its name: 64 hex digits. */
  readonly newsroom: Newsroom;
  /** The roster chain from its founding. */
  readonly roster: string;
  readonly cleared: readonly Cleared<ClearedRelease>[];
  /** The newsroom's log: a signed checkpoint, at whose size all proofs were made. */
  readonly checkpoint: string;
  /** Signs the site's statement as a C2SP signed note, with the key of a device in the roster. */
  readonly signSite: (text: string) => string | Promise<string>;
  /** The day of the site, UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** The checking page, one HTML file. Without it a notice says where to get it. */
  readonly verifyPage?: Uint8Array;
}

export interface BuiltFile extends SiteFile {
  /** Media are read here for the first time. @throws PressError `PRESS_MEDIA` at the end when they are not what was released */
  open(): AsyncIterable<Uint8Array>;
}

/** By path, sorted. */
export type BuiltSite = ReadonlyMap<string, BuiltFile>;

/**
 * Prints everything in memory but the media, which are opened only when they are written.
 *
 * @throws PressError before anything is signed, when a reader's check would fail
 */
export async function buildSite(input: SiteInput): Promise<BuiltSite> {
  const { newsroom, cleared } = input;
  const roster = auditRoster(input.roster, newsroom.name);
  const checkpoint = auditCheckpoint(input.checkpoint, roster);
  for (const release of cleared) auditRelease(release, roster, checkpoint, newsroom.name);

  const editions = arrangeEditions(cleared);
  const all = editions.flatMap((edition) => [edition, ...edition.older]);
  const covered = sortByPath(collect([...pages(input, editions, all), ...media(cleared)]));
  const files = covered.map(({ path, bytes, sha256 }): SiteFile => ({ path, bytes, sha256 }));
  const tree = new FileTree(files.map((file) => siteEntry(file)));

  const text = formatSiteStatement({ newsroom: newsroom.name, day: input.day, files: files.length, root: toHex(tree.root) });
  const site = await input.signSite(text);
  auditSiteNote(site, text, roster);
  const proofs = proofFiles(all, { roster: input.roster, checkpoint: input.checkpoint, site }, files, tree);
  const manifest = inMemory(manifestPath, utf8(formatManifest({ v: 1, site, roster: input.roster, files })));
  return new Map(
    sortByPath([...covered, ...proofs.map(([path, bytes]) => inMemory(path, bytes)), manifest]).map((file) => [file.path, file]),
  );
}

function pages({ newsroom, day, verifyPage }: SiteInput, editions: readonly Edition[], all: readonly Edition[]): BuiltFile[] {
  const months = [...monthsOf(editions)];
  return [
    page('index.html', printDoor(editions, newsroom)),
    inMemory('verify.html', verifyPage ?? printCheckNotice(newsroom)),
    ...all.map(({ stem, cleared }) => inMemory(releaseNotePath(stem), utf8(cleared.note))),
    ...releaseLanguages.flatMap((language) => [
      page(`${language}/index.html`, printFront(editions, newsroom, language)),
      inMemory(`feed.${language}.xml`, printFeed(editions, newsroom, language, day)),
      ...months.map(([month, those]) => inMemory(`${language}/${month}.html`, printMonth(month, those, newsroom, language))),
      ...all.map((edition) => page(`${language}/${edition.stem}.html`, printRelease(edition, newsroom, language))),
    ]),
  ];
}

/** @throws PressError `PRESS_PAGE_SIZE` when the page, as a server sends it (gzip, level 9), needs a second round trip */
function page(path: string, bytes: Uint8Array): BuiltFile {
  if (gzipSync(bytes, { level: 9 }).length > pageWireBytes)
    throw new PressError(
      'PRESS_PAGE_SIZE',
      'A page is heavier than a bad line carries at once. Shorten the words or split the media. Nothing was printed.',
    );
  return inMemory(path, bytes);
}

function inMemory(path: string, bytes: Uint8Array): BuiltFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: bytes.length, sha256, open: () => once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function media(cleared: readonly ClearedRelease[]): BuiltFile[] {
  return cleared.flatMap(({ release, media }) =>
    release.media.map(({ path, bytes, sha256 }, i) => ({
      path,
      bytes,
      sha256,
      open: () => checked(media[i]?.read() ?? new Uint8Array(), bytes, sha256),
    })),
  );
}

async function* checked(content: AsyncIterable<Uint8Array> | Uint8Array, bytes: number, sha256: string): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let seen = 0;
  for await (const chunk of content instanceof Uint8Array ? once(content) : content) {
    seen += chunk.length;
    hash.update(chunk);
    yield chunk;
  }
  if (seen !== bytes || hash.digest('hex') !== sha256)
    throw new PressError('PRESS_MEDIA', 'A picture, video or sound is not the file that was released. The site was left as it was.');
}

/** One file per path; versions of one release may share a medium. @throws PressError `PRESS_DUPLICATE` */
function collect(files: readonly BuiltFile[]): BuiltFile[] {
  const byPath = new Map<string, BuiltFile>();
  for (const file of files) {
    const known = byPath.get(file.path);
    if ((known && known.sha256 !== file.sha256) || file.path.startsWith('proof/') || file.path === manifestPath)
      throw new PressError('PRESS_DUPLICATE', 'Two different files claim one address on the site. Nothing was printed.');
    byPath.set(file.path, known ?? file);
  }
  return [...byPath.values()];
}

/** By code unit, as the tree is sorted on every machine. */
function sortByPath(files: readonly BuiltFile[]): BuiltFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
