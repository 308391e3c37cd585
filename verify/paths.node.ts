/**
 * Checks what lies on a disk: a site folder, a page, a clip or a proof. The proof is looked for beside a file, in
 * `proof/`, and by the `site.json` of a folder above it.
 */
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { manifestPath, type ProofBundle, proofPathOfPage } from '@zajil/format';
import type { Evidence } from './evidence.ts';
import { type Content, fingerprint } from './fingerprint.ts';
import { judge, parseBundle, refuseAltered, type Result, textOf } from './loose.ts';
import { VerifyError } from './refusal.ts';
import { type GivenFile, isEqual, verifyRelease } from './release.ts';
import { verifyListedFile, verifySite } from './site.ts';

/** How far above a file its site is looked for: a page stands one folder deep, a medium seldom more than three. */
const mostFoldersUp = 6;
const mostProofs = 10_000;

interface Options {
  /** The name of the newsroom that the reader trusts: 32 bytes. */
  readonly newsroom?: Uint8Array | null;
}

/** One result for each path, in order. A refusal is a result; only our own mistakes throw. */
export async function verifyPaths(paths: readonly string[], options: Options = {}): Promise<Result[]> {
  const results: Result[] = [];
  for (const path of paths) results.push(await judge(path, () => verifyPath(resolve(path), options)));
  return results;
}

async function verifyPath(path: string, options: Options): Promise<Evidence> {
  const known = await lstat(path).catch(() => null);
  if (known?.isDirectory()) return await verifyFolder(path, options);
  if (!known?.isFile()) throw new VerifyError('VERIFY_UNREADABLE');
  if (basename(path) === manifestPath) return await verifyFolder(dirname(path), options);
  const bundle = path.endsWith('.json') ? await bundleAt(path) : null;
  return bundle ? await verifyProof(path, bundle, options) : await verifyFile(path, options);
}

async function verifyFolder(root: string, options: Options): Promise<Evidence> {
  if (!(await isFile(join(root, manifestPath)))) throw new VerifyError('VERIFY_NO_PROOF');
  const text = await textOf(await readFile(join(root, manifestPath)));
  if (text === null) throw new VerifyError('VERIFY_PROOF', manifestPath);
  return await verifySite(
    text,
    (path) => readFile(join(root, path), path),
    () => listFiles(root),
    options,
  );
}

/** A proof by itself; where it stands in its site, its pages and media there are compared too. */
async function verifyProof(path: string, bundle: ProofBundle, options: Options): Promise<Evidence> {
  const files: GivenFile[] = [];
  const root = resolve(dirname(path), '..');
  const inSite = basename(dirname(path)) === 'proof' && bundle.files.some((file) => join(root, proofPathOfPage(file.path) ?? '') === path);
  for (const file of inSite ? bundle.files : []) {
    const there = join(root, file.path);
    if (there.startsWith(root + sep) && (await isFile(there)))
      files.push({ path: file.path, ...(await fingerprint(readStream(there, file.path))) });
  }
  return verifyRelease(bundle, { ...options, files });
}

async function verifyFile(path: string, options: Options): Promise<Evidence> {
  const given = await fingerprint(await readFile(path));
  const seen: ProofBundle[] = [];
  for (const root of foldersAbove(path)) {
    if (await isFile(join(root, manifestPath))) return await verifyInSite(root, slashed(relative(root, path)), given, options);
    const bundles = [...(root === dirname(path) ? await bundlesIn(root) : []), ...(await bundlesIn(join(root, 'proof')))];
    const bundle = bundles.find(({ files }) => files.some((file) => isEqual(file, given)));
    if (bundle) return verifyRelease(bundle, { ...options, files: [given] });
    seen.push(...bundles);
  }
  refuseAltered(seen, basename(path));
  throw new VerifyError(seen.length > 0 ? 'VERIFY_NOT_PART' : 'VERIFY_NO_PROOF');
}

/** The file has an address here, so it must be what stands at that address. */
async function verifyInSite(root: string, path: string, given: GivenFile, options: Options): Promise<Evidence> {
  const proof = proofPathOfPage(path);
  const bundles = proof === null ? await bundlesIn(join(root, 'proof')) : [await bundleAt(join(root, proof))];
  const bundle = bundles.find((one) => one?.files.some((file) => file.path === path));
  if (bundle) return verifyRelease(bundle, { ...options, files: [{ ...given, path }] });
  const text = await textOf(await readFile(join(root, manifestPath)));
  if (text === null) throw new VerifyError('VERIFY_PROOF', manifestPath);
  return verifyListedFile(text, { ...given, path }, options);
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folders.length < mostFoldersUp && folder !== folders.at(-1); folder = dirname(folder))
    folders.push(folder);
  return folders;
}

async function bundlesIn(folder: string): Promise<ProofBundle[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const bundles: ProofBundle[] = [];
  for (const name of names.filter((one) => one.endsWith('.json')).slice(0, mostProofs)) {
    const bundle = await bundleAt(join(folder, name));
    if (bundle) bundles.push(bundle);
  }
  return bundles;
}

async function bundleAt(path: string): Promise<ProofBundle | null> {
  if (!(await isFile(path))) return null;
  const text = await textOf(readStream(path, null));
  return text === null ? null : parseBundle(text);
}

/** Links are not followed: what a copy of a site holds stands in it. */
async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isFile() ?? false;
}

async function readFile(path: string, address: string | null = null): Promise<Content> {
  if (!(await isFile(path))) throw new VerifyError('VERIFY_UNREADABLE', address);
  return readStream(path, address);
}

/** What the disk refuses is a refusal like any other, and does not end the checking of the rest. */
async function* readStream(path: string, address: string | null): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw new VerifyError('VERIFY_UNREADABLE', address, cause);
  }
}

async function listFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => slashed(relative(root, join(entry.parentPath, entry.name))));
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
