/**
 * Puts a built site into a folder: beside it first, whole and durable, then in its place. Whoever reads the folder sees
 * the old site or the new one, but for the instant between two renames; a kill in that instant is healed by the next
 * run. Unchanged files are kept as they are (hard links), so that a copy of the folder carries only what changed.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { manifestPath, parseManifest, parseSiteStatement, proofPathOfPage, type SiteManifest } from '@zajil/format';
import { parseNote } from '@zajil/log';
import { PressError } from './refusal.ts';
import type { BuiltFile, BuiltSite } from './site.ts';

export interface Written {
  readonly files: number;
  /** How many of them stood there already, byte for byte. */
  readonly kept: number;
}

/**
 * @param folder - absent, empty, or an earlier site of the same newsroom
 * @throws PressError `PRESS_FOREIGN_FILES` when it holds anything else; `PRESS_MEDIA`. The folder is then as it was.
 */
export async function writeSite(folder: string, site: BuiltSite): Promise<Written> {
  const target = resolve(folder);
  const beside = (suffix: string): string => join(dirname(target), `.${basename(target)}.zajil-${suffix}`);
  const [next, last] = [beside('next'), beside('last')];
  await heal(target, last);
  await refuseForeignFiles(target, site);
  await rm(next, { recursive: true, force: true });
  try {
    const kept = await writeFiles(target, next, site);
    await swap(target, next, last);
    return { files: site.size, kept };
  } catch (failure) {
    await rm(next, { recursive: true, force: true });
    throw failure;
  }
}

/** A run that was killed between the two renames left the old site under its other name. */
async function heal(target: string, last: string): Promise<void> {
  if (!(await exists(last))) return;
  if (await exists(target)) await rm(last, { recursive: true });
  else await rename(last, target);
}

async function swap(target: string, next: string, last: string): Promise<void> {
  if (await exists(target)) await rename(target, last);
  await rename(next, target);
  await syncFolder(dirname(target));
  await rm(last, { recursive: true, force: true });
}

async function writeFiles(target: string, next: string, site: BuiltSite): Promise<number> {
  const folders = new Set([...site.keys()].map((path) => dirname(join(next, path))));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  let kept = 0;
  for (const file of site.values()) {
    if (await keep(join(target, file.path), join(next, file.path), file)) kept++;
    else await writeFileDurably(join(next, file.path), file);
  }
  for (const folder of folders.add(next)) await syncFolder(folder);
  return kept;
}

async function keep(from: string, to: string, file: BuiltFile): Promise<boolean> {
  const known = await stat(from).catch(() => null);
  if (!known?.isFile() || known.size !== file.bytes || (await hashOf(from)) !== file.sha256) return false;
  // Some file systems know no hard links; the bytes are what matters.
  await link(from, to).catch(() => copyFile(from, to));
  return true;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

async function writeFileDurably(path: string, file: BuiltFile): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    for await (const chunk of file.open()) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function refuseForeignFiles(target: string, site: BuiltSite): Promise<void> {
  const found = await readdir(target, { recursive: true, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw foreign(cause);
  });
  if (found.length === 0) return;
  const own = await ownFiles(target, site);
  for (const entry of found) {
    const path = join(entry.parentPath, entry.name)
      .slice(target.length + 1)
      .replaceAll('\\', '/');
    if (!entry.isDirectory() && !(entry.isFile() && own.has(path))) throw foreign();
  }
}

/** The files of the earlier site, by its own manifest. */
async function ownFiles(target: string, site: BuiltSite): Promise<Set<string>> {
  try {
    const earlier = parseManifest(await readFile(join(target, manifestPath), 'utf8'));
    const built = site.get(manifestPath);
    if (!built || newsroomOf(earlier) !== newsroomOf(parseManifest(await textOf(built)))) throw foreign();
    const paths = earlier.files.map(({ path }) => path);
    return new Set([manifestPath, ...paths, ...paths.flatMap((path) => proofPathOfPage(path) ?? [])]);
  } catch (cause) {
    throw foreign(cause);
  }
}

function newsroomOf(manifest: SiteManifest): string {
  return parseSiteStatement(parseNote(manifest.site).text).newsroom;
}

async function textOf(file: BuiltFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function foreign(cause?: unknown): PressError {
  const sentence = 'The folder holds files that are not a site of this newsroom. It was left as it is. Choose an empty folder.';
  return new PressError('PRESS_FOREIGN_FILES', sentence, cause);
}
