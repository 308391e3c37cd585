/**
 * The evidence package of an exhibit: the originals bit for bit, the smaller layers as they came, and what proves them.
 * It is plaintext on a disk, made only where a person asks for it; the screen says so.
 *
 * Contract: the folder is there whole or not at all; nothing is overwritten.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { commitmentEntry, fromUtf8, readPlaintext, toHex } from '@zajil/format';
import { DeskError, writing } from '../refusal.ts';
import type { ParcelStore } from '../vault/parcel-store.ts';
import type { PublicLog } from '../vault/public-log.ts';
import type { Original } from './exhibit-record.ts';
import type { Exhibit, Stream } from './exhibit.ts';
import { readStream, readableBytes } from './read-layer.ts';
import { custodyOf, dispatchHex } from './summary.ts';

export interface ExportOptions {
  readonly exhibit: Exhibit;
  /** A folder that does not exist yet. */
  readonly out: string;
  readonly parcels: ParcelStore;
  readonly log: PublicLog;
  /** Hex. */
  readonly newsroom: string;
  readonly roster: string;
}

export interface ExportedOriginal {
  /** Name in the folder. */
  readonly file: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface Exported {
  /** Only those that are complete. */
  readonly originals: readonly ExportedOriginal[];
  readonly files: number;
  readonly bytes: number;
}

const endings: Record<string, string> = {
  'video/mp4': '.mp4',
  'video/quicktime': '.mov',
  'video/webm': '.webm',
  'video/3gpp': '.3gp',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/heic': '.heic',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'audio/webm': '.weba',
  'audio/ogg': '.ogg',
};

/** @throws DeskError `DESK_EXISTS`, `DESK_DISK`, `DESK_VANISHED` */
export async function exportExhibit(options: ExportOptions): Promise<Exported> {
  const { out } = options;
  await refuseExisting(out);
  const temporary = join(dirname(out), `.${basename(out)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const exported = await writing(async () => {
      await mkdir(temporary, { recursive: false, mode: 0o700 });
      return writeAll(options, temporary);
    });
    await refuseExisting(out);
    await rename(temporary, out);
    return exported;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function refuseExisting(out: string): Promise<void> {
  const there = await lstat(out).catch(() => null);
  if (there)
    throw new DeskError(
      'DESK_EXISTS',
      'Something stands there already. Nothing was written or overwritten. Name a folder that does not exist yet.',
    );
  const above = await lstat(dirname(out)).catch(() => null);
  if (!above)
    throw new DeskError(
      'DESK_DISK',
      'The place for the export does not exist. Nothing was written. Name a folder inside one that is there.',
    );
}

async function writeAll(options: ExportOptions, folder: string): Promise<Exported> {
  const { exhibit, parcels } = options;
  const written: { stream: Stream; name: string; sha256: string; bytes: number }[] = [];
  for (const stream of exhibit.streams.values()) {
    const name = nameOf(exhibit, stream);
    if (name === null) continue;
    written.push({ stream, name, ...(await writeStream(parcels, stream, join(folder, name))) });
  }
  const evidence = `${JSON.stringify(await evidenceOf(options, written), null, 2)}\n`;
  await writeFile(join(folder, 'evidence.json'), Buffer.from(evidence));
  await writeFile(join(folder, 'custody.txt'), Buffer.from(`${custodyOf(exhibit).join('\n')}\n`));
  const originals = written
    .filter(({ name }) => name.startsWith('original-'))
    .map(({ name, bytes, sha256 }) => ({ file: name, bytes, sha256 }));
  return { originals, files: written.length + 2, bytes: written.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Names of our own: a name from a phone could be made to harm. An original that is not proved does not look like one. */
function nameOf(exhibit: Exhibit, stream: Stream): string | null {
  if (stream.layer === 'tally' || readableBytes(stream) === 0) return null;
  const number = stream.file + 1;
  const ending = endings[stream.type] ?? '.bin';
  if (stream.layer === 'words')
    return exhibit.words && stream.view === 0 && stream.file === 0 ? 'words.json' : `words-${number}-${stream.view + 1}${ending}`;
  if (stream.layer !== 'whole') return `${stream.layer}-${number}-${stream.view + 1}${ending}`;
  return exhibit.originals.get(stream.file)?.state === 'complete' ? `original-${number}${ending}` : `incomplete-${number}${ending}`;
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeStream(parcels: ParcelStore, stream: Stream, path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const bytes = readableBytes(stream);
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of readStream(parcels, stream, { from: 0, to: bytes })) {
      hash.update(readPlaintext(chunk));
      await file.writeFile(readPlaintext(chunk));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function evidenceOf(options: ExportOptions, written: readonly { stream: Stream; name: string; sha256: string; bytes: number }[]) {
  const { exhibit, newsroom, roster } = options;
  const originals = [...exhibit.originals.values()];
  return {
    zajil: 'evidence/1',
    newsroom,
    exhibit: exhibit.id,
    dispatch: dispatchHex(exhibit),
    words: exhibit.words,
    files: written.map(({ stream, name, sha256, bytes }) => ({
      name,
      layer: stream.layer,
      file: stream.file,
      view: stream.view,
      type: stream.type,
      bytes,
      sha256,
      parcels: parcelFacts(stream),
    })),
    commitments: await commitmentFacts(originals, options.log),
    custody: custodyOf(exhibit),
    roster,
  };
}

/** What a court needs to find each parcel in a relay's log: leaf = SHA-256("zajil-leaf/1\n" ‖ salt ‖ name ‖ quarter). */
function parcelFacts(stream: Stream) {
  return stream.assembler.placed.map(({ name, head, length, sha256 }) => {
    const arrival = stream.filed.get(toHex(name))?.arrival;
    return { name: toHex(name), part: head.part, offset: head.offset, length, sha256: toHex(sha256), ...arrival };
  });
}

async function commitmentFacts(originals: readonly Original[], log: PublicLog) {
  const known = originals.flatMap(({ file, commitment }) => (commitment && commitment.index >= 0 ? [{ file, commitment }] : []));
  const { checkpoint, proofs } = await log.prove(known.map(({ commitment }) => commitment.index));
  return known.map(({ file, commitment }, i) => ({
    file,
    salt: commitment.salt,
    entry: fromUtf8(commitmentEntry(commitment.day, commitment.hash)),
    ...proofs[i],
    checkpoint,
  }));
}
