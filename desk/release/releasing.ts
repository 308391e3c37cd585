/**
 * Releases an exhibit: makes its media, signs what is said, and puts it into the newsroom's public log. The record is
 * saved before the log is written and after; a kill in between is healed when the vault is opened.
 */
import {
  type MediaChoice,
  type Release,
  type ReleaseMedia,
  Secret,
  commitmentEntry,
  formatRelease,
  fromUtf8,
  parseRelease,
  releaseEntry,
  toHex,
} from '@zajil/format';
import { type Keyring, type Random, dayOf } from '@zajil/keys';
import { parseNote, signNote } from '@zajil/log';
import type { ReleaseRequest, ReleaseSummary } from '../api.ts';
import type { Exhibit, Stream } from '../exhibit/exhibit.ts';
import { readStream, readableBytes } from '../exhibit/read-layer.ts';
import { DeskError } from '../refusal.ts';
import type { PublicLog } from '../vault/public-log.ts';
import { drawId } from '../vault/record-store.ts';
import type { Vault } from '../vault/vault.ts';
import { type MadeType, makeMedium } from './make-media.ts';
import type { ReleaseRecord, ReleasedMedium } from './release-record.ts';

/** As `format` bounds a release. */
const mostMedia = 16;

export interface ReleasingOptions {
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly log: PublicLog;
  readonly now: () => number;
  readonly random: Random;
  readonly onProgress: (step: string, done: number, of: number) => void;
}

interface Chosen {
  readonly file: number;
  readonly stream: Stream;
  readonly type: MadeType;
}

interface Made {
  readonly said: ReleaseMedia;
  readonly kept: ReleasedMedium;
}

/** @throws DeskError `DESK_NO_EXHIBIT`, `DESK_NOT_COMPLETE`, `DESK_NO_LAYER`, `DESK_REQUEST`, `DESK_METADATA_LEFT`, `DESK_MEDIA_…`, `DESK_TOOL_MISSING` */
export async function releaseExhibit(request: ReleaseRequest, options: ReleasingOptions): Promise<ReleaseRecord> {
  const { vault, random, onProgress } = options;
  const exhibit = vault.exhibit(request.exhibit);
  const id = toHex(random(8));
  draft(request, id, [], options);
  const chosen = choose(exhibit, request);
  const made: Made[] = [];
  try {
    for (const [i, choice] of chosen.entries()) {
      onProgress('making', i, chosen.length);
      made.push(await makeOne(exhibit, choice, `media/${id}-${i + 1}`, request.media, options));
    }
  } catch (error) {
    for (const { kept } of made) await vault.removeBlob(kept.blob);
    throw error;
  }
  onProgress('signing', chosen.length, chosen.length);
  const said = made.map((medium) => medium.said);
  return publish(exhibit, id, signNote(draft(request, id, said, options), options.keyring.device), made, options);
}

function draft(request: ReleaseRequest, id: string, media: ReleaseMedia[], { keyring, now }: ReleasingOptions): string {
  const { language, title, body } = request;
  const about = { newsroom: toHex(keyring.newsroom), id, version: 1, day: dayOf(now()), by: keyring.title };
  const release: Release = { ...about, language, title, body, media, reviewers: 0 };
  try {
    return formatRelease(release);
  } catch (cause) {
    throw new DeskError(
      'DESK_REQUEST',
      'A release needs a title of at most 300 characters, a text of at most 5000, and Arabic or English. Nothing was released.',
      cause,
    );
  }
}

/** Which streams the media are made from. */
function choose(exhibit: Exhibit, request: ReleaseRequest): Chosen[] {
  const files = request.files ?? Array.from({ length: exhibit.files }, (_, file) => file);
  const chosen = files.flatMap((file) => {
    const stream = streamFor(exhibit, file, request.media);
    const type = stream && madeType(stream.type);
    if (stream && type) return [{ file, stream, type }];
    if (request.files) throw noLayer();
    return [];
  });
  if (exhibit.files > 0 && chosen.length === 0) throw request.media === 'full' && !request.files ? notComplete() : noLayer();
  if (chosen.length > mostMedia)
    throw new DeskError('DESK_TOO_LARGE', `A release shows at most ${mostMedia} files. Nothing was released. Choose which.`);
  return chosen;
}

function notComplete(): DeskError {
  return new DeskError(
    'DESK_NOT_COMPLETE',
    'The original is not complete yet, so nothing can be made from it. Nothing was released. Wait for the rest, or release the short cut or the glance.',
  );
}

function noLayer(): DeskError {
  return new DeskError(
    'DESK_NO_LAYER',
    'The exhibit does not have this layer, or not all of it yet, or it is no picture, film or sound. Nothing was released. Choose another layer.',
  );
}

function streamFor(exhibit: Exhibit, file: number, media: MediaChoice): Stream | null {
  if (media === 'full') return exhibit.originals.get(file)?.state === 'complete' ? exhibit.stream({ layer: 'whole', file, view: 0 }) : null;
  const views = [...exhibit.streams.values()].filter((stream) => stream.layer === media && stream.file === file && exhibit.isWhole(stream));
  return views.sort((a, b) => a.view - b.view)[0] ?? null;
}

function madeType(type: string): MadeType | null {
  const types: Record<string, MadeType> = { image: 'image/jpeg', video: 'video/mp4', audio: 'audio/mp4' };
  return types[type.split('/')[0] ?? ''] ?? null;
}

async function makeOne(exhibit: Exhibit, chosen: Chosen, stem: string, from: MediaChoice, options: ReleasingOptions): Promise<Made> {
  const { vault, random } = options;
  const { stream, file, type } = chosen;
  const blob = drawId(random);
  const key = new Secret(random(32));
  const source = {
    bytes: readableBytes(stream),
    type: stream.type,
    read: (span: { from: number; to: number }) => readStream(vault.parcels, stream, span),
  };
  const names = exhibit.words?.files.map(({ name }) => name) ?? [];
  const made = await makeMedium({ source, type, names, path: vault.blobPath(blob), key });
  const commitment = exhibit.originals.get(file)?.commitment;
  const opened = commitment && commitment.index >= 0 ? commitment : null;
  const path = stem + ({ 'image/jpeg': '.jpg', 'video/mp4': '.mp4', 'audio/mp4': '.m4a' } as const)[type];
  const said = { path, ...pick(made), from, commitment: opened?.hash ?? '', index: opened?.index ?? -1 };
  const entry = opened ? fromUtf8(commitmentEntry(opened.day, opened.hash)) : '';
  return { said, kept: { path, blob, key: Buffer.from(Secret.reveal(key)).toString('hex'), bytes: made.bytes, entry } };
}

function pick({ type, bytes, sha256, width, height }: Pick<ReleaseMedia, 'type' | 'bytes' | 'sha256' | 'width' | 'height'>) {
  return { type, bytes, sha256, width, height };
}

async function publish(
  exhibit: Exhibit,
  id: string,
  note: string,
  made: readonly Made[],
  options: ReleasingOptions,
): Promise<ReleaseRecord> {
  const { vault, log } = options;
  const record: ReleaseRecord = { v: 1, kind: 'release', exhibit: exhibit.id, note, index: -1, media: made.map(({ kept }) => kept) };
  const recordId = await vault.saveRelease(record);
  exhibit.releases.push(id);
  await vault.saveExhibit(exhibit);
  return enter(recordId, record, vault, log, false);
}

async function enter(recordId: string, record: ReleaseRecord, vault: Vault, log: PublicLog, look: boolean): Promise<ReleaseRecord> {
  const [index] = await log.include([releaseEntry(parseNote(record.note).text)], look);
  const entered = { ...record, index: index ?? -1 };
  await vault.saveRelease(entered, recordId);
  return entered;
}

/** Finishes what a kill left between record and log. */
export async function healReleases(vault: Vault, log: PublicLog): Promise<void> {
  for (const [id, record] of vault.releases) if (record.index < 0) await enter(id, record, vault, log, true);
}

export function releaseOf(record: ReleaseRecord): Release {
  return parseRelease(parseNote(record.note).text);
}

export function summarizeRelease(record: ReleaseRecord): ReleaseSummary {
  const { id, title, day, language, media } = releaseOf(record);
  return {
    id,
    exhibit: record.exhibit,
    title,
    day,
    language,
    media: media.map(({ type, bytes, width, height }) => ({ type, bytes, width, height })),
  };
}
