/** A newsroom for tests: real keys, a real roster, a real log in memory, really signed releases. */
import { createHash } from 'node:crypto';
import {
  asCleared,
  type Cleared,
  commitmentEntry,
  formatRelease,
  originalCommitment,
  type Release,
  releaseEntry,
  type ReleaseMedia,
  toHex,
  utf8,
} from '@zajil/format';
import { createSigner, MemoryTiles, type NoteSigner, signNote, TileLog } from '@zajil/log';
import { appendStatement, verifyRoster } from '@zajil/roster';
import type { ClearedRelease } from './cleared-release.ts';
import type { SiteInput } from './site.ts';

export interface FixtureMedium extends Partial<ReleaseMedia> {
  readonly content: Uint8Array;
  /** The day of the commitment; none without. */
  readonly held?: string;
}

export interface FixtureRelease extends Partial<Omit<Release, 'media'>> {
  readonly id: string;
  readonly media?: readonly FixtureMedium[];
}

export interface FixtureNewsroom {
  readonly by: string;
  readonly name: string;
  readonly roster: string;
  readonly device: NoteSigner;
  readonly input: SiteInput;
}

/** @param seed - 0 to 255; another seed is another newsroom */
export async function newsroomWith(
  releases: readonly FixtureRelease[],
  { seed = 1, by = 'الرقة تُذبح بصمت', day = '2026-11-23' } = {},
): Promise<FixtureNewsroom> {
  const device = createSigner('device-1', new Uint8Array(32).fill(seed));
  const logSigner = createSigner('newsroom.example/log', new Uint8Array(32).fill(seed ^ 0x80));
  const found = {
    seq: 0,
    prev: '' as const,
    day: '2026-01-01',
    kind: 'found' as const,
    device: { vkey: device.vkey, recipient: '11'.repeat(32) },
    log: logSigner.vkey,
    quorum: 1 as const,
    nonce: '22'.repeat(32),
  };
  const roster = appendStatement('', found, device);
  const name = toHex(verifyRoster(roster, null).name);
  const log = await TileLog.open(new MemoryTiles(), logSigner);
  const drafts: Draft[] = [];
  for (const release of releases) drafts.push(await draft(release, { by, name, day }, log, device));
  const cleared: Cleared<ClearedRelease>[] = [];
  for (const each of drafts) cleared.push(await prove(each, log));
  const newsroom = { by, name };
  const signSite = (text: string): string => signNote(text, device);
  return { by, name, roster, device, input: { newsroom, roster, cleared, checkpoint: await log.checkpoint(), signSite, day } };
}

interface Draft extends Omit<ClearedRelease, 'released' | 'commitments'> {
  readonly place: number;
  readonly opened: readonly { entry: string; index: number }[];
}

async function draft(
  { media = [], ...fields }: FixtureRelease,
  newsroom: { by: string; name: string; day: string },
  log: TileLog,
  device: NoteSigner,
): Promise<Draft> {
  const opened: { entry: string; index: number }[] = [];
  const described: ReleaseMedia[] = [];
  for (const { content, held, ...rest } of media) {
    const commitment =
      held === undefined ? '' : originalCommitment(new Uint8Array(32).fill(3), createHash('sha256').update(content).digest());
    const entry = commitmentEntry(held ?? '', commitment);
    const index = held === undefined ? -1 : (await log.append([entry])).first;
    if (held !== undefined) opened.push({ entry: new TextDecoder().decode(entry), index });
    described.push({ ...describe(content), ...rest, commitment, index });
  }
  const release: Release = {
    newsroom: newsroom.name,
    version: 1,
    day: newsroom.day,
    by: newsroom.by,
    language: 'ar',
    title: 'عنوان',
    body: 'متن',
    reviewers: 0,
    ...fields,
    media: described,
  };
  const canonical = ordered(release);
  const text = formatRelease(canonical);
  const { first } = await log.append([releaseEntry(text)]);
  return {
    note: signNote(text, device),
    release: canonical,
    media: media.map(({ content }, i) => ({ path: described[i]?.path ?? '', read: () => content })),
    place: first,
    opened,
  };
}

/** In the order of the schema, so that two spellings of one release are the same text. */
function ordered({ newsroom, id, version, day, by, language, title, body, media, reviewers }: Release): Release {
  const inOrder = media.map(({ path, type, bytes, sha256, width, height, from, commitment, index }) => ({
    path,
    type,
    bytes,
    sha256,
    width,
    height,
    from,
    commitment,
    index,
  }));
  return { newsroom, id, version, day, by, language, title, body, media: inOrder, reviewers };
}

function describe(content: Uint8Array): Omit<ReleaseMedia, 'commitment' | 'index'> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return {
    path: `media/${sha256.slice(0, 16)}.jpg`,
    type: 'image/jpeg',
    bytes: content.length,
    sha256,
    width: 640,
    height: 360,
    from: 'full',
  };
}

async function prove({ place, opened, ...draft }: Draft, log: TileLog): Promise<Cleared<ClearedRelease>> {
  const proofOf = async (index: number): Promise<string[]> => (await log.proveInclusion(index)).map((hash) => toHex(hash));
  const commitments: ClearedRelease['commitments'][number][] = [];
  for (const { entry, index } of opened) commitments.push({ entry, index, proof: await proofOf(index) });
  return asCleared({ ...draft, released: { index: place, proof: await proofOf(place) }, commitments });
}

/** Bytes that no two calls with different words share. */
export function pretendMedia(words: string, bytes = 2000): Uint8Array {
  const content = new Uint8Array(bytes);
  content.set(utf8(words).slice(0, bytes));
  return content;
}
