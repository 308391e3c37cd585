/**
 * The newsroom's folder as `keys` writes it: `keys.sealed`, and under `public/` what a relay is told.
 *
 * Files are written whole under another name, made durable, and then put in place; a kill leaves the old or the new.
 */
import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes } from '@zajil/format';
import { makeFolderDurably, readOrNull, writeDurably } from '@zajil/log';
import { KeysError } from './refusal.ts';

export const keysFile = 'keys.sealed';
export const rosterFile = join('public', 'roster.txt');
export const doorsFile = join('public', 'doors.txt');
const publicKeys = join('public', 'keys');

export async function readKeys(folder: string): Promise<Uint8Array> {
  const bytes = await readOrNull(join(folder, keysFile));
  if (!bytes)
    throw new KeysError(
      'KEYS_MISSING',
      'There is no newsroom in this folder. Nothing was changed. Found one, or choose the folder that holds its keys.',
    );
  return bytes;
}

/**
 * Replaces the file and then overwrites the blocks of the one before, so that a destroyed key is not simply left on
 * the disk. Flash memory may still keep a copy where no program reaches it: the README says so.
 */
export async function replaceKeys(folder: string, bytes: Uint8Array): Promise<void> {
  await asRefusal(async () => {
    await makeFolderDurably(folder);
    const path = join(folder, keysFile);
    const before = await open(path, constants.O_RDWR).catch(() => null);
    try {
      await writeDurably(path, bytes);
      if (!before) return;
      const { size, nlink } = await before.stat();
      // A copy that somebody made by linking is the same blocks under another name: it is theirs.
      if (nlink > 0) return;
      await before.write(new Uint8Array(size), 0, size, 0);
      await before.datasync();
    } finally {
      await before?.close();
    }
  });
}

export interface PublicFiles {
  readonly roster: string;
  readonly doors: string;
  /** Intake keys by id, 1,216 bytes each. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/** Writes what differs, the roster last, so that it never names a key that is not there. */
export async function writePublic(folder: string, files: PublicFiles): Promise<void> {
  await asRefusal(async () => {
    await makeFolderDurably(join(folder, publicKeys), 0o755);
    for (const [id, bytes] of files.keys) await writeChanged(join(folder, publicKeys, `${id}.key`), bytes);
    await writeChanged(join(folder, doorsFile), new TextEncoder().encode(files.doors));
    await writeChanged(join(folder, rosterFile), new TextEncoder().encode(files.roster));
    for (const name of await readdir(join(folder, publicKeys)))
      if (/^[0-9a-f]{64}\.key$/.test(name) && !files.keys.has(name.slice(0, 64))) await rm(join(folder, publicKeys, name));
  });
}

async function writeChanged(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readOrNull(path);
  if (before && equalBytes(before, bytes)) return;
  await writeDurably(path, bytes, 0o644);
}

async function asRefusal(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (cause instanceof KeysError) throw cause;
    throw new KeysError(
      'KEYS_DISK',
      'The keys could not be written; the disk may be full or gone. What was there before is unchanged. Make room and try again.',
      cause,
    );
  }
}
