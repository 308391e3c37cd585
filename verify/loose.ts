/**
 * Files that somebody was handed, without the site around them: which of them is a proof, and which proof speaks of
 * which file. Nothing is believed here; the recipe decides.
 */
import { fromUtf8, manifestPath, parseManifest, parseProofBundle, type ProofBundle } from '@zajil/format';
import type { Evidence } from './evidence.ts';
import { type Content, fingerprint } from './fingerprint.ts';
import { VerifyError } from './refusal.ts';
import { isEqual, verifyRelease } from './release.ts';
import { readSmall, verifyListedFile, verifySite } from './site.ts';

export type Result =
  | { readonly path: string; readonly ok: true; readonly evidence: Evidence }
  | { readonly path: string; readonly ok: false; readonly refusal: VerifyError };

export interface HandedFile {
  /** Its name, or its path when a folder was handed over: `folder/ar/….html`. */
  readonly path: string;
  read(): Promise<Content>;
}

interface Options {
  readonly newsroom?: Uint8Array | null;
}

/** Turns a check into a result; only refusals are caught. */
export async function judge(path: string, check: () => Promise<Evidence>): Promise<Result> {
  try {
    return { path, ok: true, evidence: await check() };
  } catch (cause) {
    if (cause instanceof VerifyError) return { path, ok: false, refusal: cause };
    throw cause;
  }
}

/** A whole folder with a `site.json`, or loose pages, clips and proofs in any mixture. One result for each subject. */
export async function verifyHanded(files: readonly HandedFile[], options: Options = {}): Promise<Result[]> {
  const root = siteRoot(files);
  if (root === null) return await verifyLoose(files, options);
  const inside = files.filter(({ path }) => path.startsWith(root));
  const site = await judge(root, () => verifyFolder(root, inside, options));
  return [
    site,
    ...(await verifyLoose(
      files.filter((file) => !inside.includes(file)),
      options,
    )),
  ];
}

/** The folder to treat as a whole site; null for loose files. */
function siteRoot(files: readonly HandedFile[]): string | null {
  const roots = files.filter(({ path }) => baseName(path) === manifestPath).map(({ path }) => path.slice(0, -manifestPath.length));
  const root = roots.toSorted((a, b) => a.length - b.length)[0] ?? null;
  return root === '' && files.length > 1 && !files.some(({ path }) => path.includes('/')) ? null : root;
}

async function verifyFolder(root: string, files: readonly HandedFile[], options: Options): Promise<Evidence> {
  const byPath = new Map(files.map((file) => [file.path.slice(root.length), file]));
  const manifest = byPath.get(manifestPath);
  const text = manifest && (await textOf(await manifest.read()));
  if (text === null || text === undefined) throw new VerifyError('VERIFY_PROOF', manifestPath);
  const read = async (path: string): Promise<Content> => (await byPath.get(path)?.read()) ?? new Uint8Array();
  return await verifySite(text, read, () => Promise.resolve([...byPath.keys()]), options);
}

async function verifyLoose(files: readonly HandedFile[], options: Options): Promise<Result[]> {
  const proofs = await Promise.all(files.map(async (file) => ({ file, proof: await readProof(file) })));
  const bundles = proofs.flatMap(({ proof }) => (proof?.kind === 'bundle' ? [proof.bundle] : []));
  const manifest = proofs.flatMap(({ proof }) => (proof?.kind === 'manifest' ? [proof.text] : []))[0] ?? null;
  const subjects = proofs.filter(({ proof }) => proof === null).map(({ file }) => file);
  if (subjects.length === 0)
    return await Promise.all(
      proofs.flatMap(({ file, proof }) =>
        proof?.kind === 'bundle' ? [judge(file.path, () => Promise.resolve(verifyRelease(proof.bundle, options)))] : [],
      ),
    );
  const results: Result[] = [];
  for (const file of subjects) results.push(await judge(file.path, () => verifyOne(file, bundles, manifest, options)));
  return results;
}

async function verifyOne(file: HandedFile, bundles: readonly ProofBundle[], manifest: string | null, options: Options): Promise<Evidence> {
  const given = await fingerprint(await file.read());
  if (bundles.length === 0 && manifest === null) throw new VerifyError('VERIFY_NO_PROOF');
  const bundle = bundles.find(({ files }) => files.some((entry) => isEqual(entry, given)));
  if (bundle) return verifyRelease(bundle, { ...options, files: [given] });
  refuseAltered(bundles, baseName(file.path));
  if (manifest === null) throw new VerifyError('VERIFY_NOT_PART');
  return verifyListedFile(manifest, given, options);
}

/** A file that bears the name of a released one and not its bytes was altered, rather than a stranger. @throws VerifyError */
export function refuseAltered(bundles: readonly ProofBundle[], name: string): void {
  const altered = bundles.flatMap(({ files }) => files).find(({ path }) => baseName(path) === name);
  if (altered) throw new VerifyError('VERIFY_ALTERED', altered.path);
}

type Proof = { kind: 'bundle'; bundle: ProofBundle } | { kind: 'manifest'; text: string };

/** What does not parse is a file like any other. */
async function readProof(file: HandedFile): Promise<Proof | null> {
  if (!file.path.endsWith('.json')) return null;
  const text = await textOf(await file.read());
  if (text === null) return null;
  const bundle = parseBundle(text);
  if (bundle) return { kind: 'bundle', bundle };
  return isManifest(text) ? { kind: 'manifest', text } : null;
}

export function parseBundle(text: string): ProofBundle | null {
  try {
    return parseProofBundle(text);
  } catch {
    return null;
  }
}

function isManifest(text: string): boolean {
  try {
    return parseManifest(text).v === 1;
  } catch {
    return false;
  }
}

/** Strict UTF-8 of a small file; null for anything else. */
export async function textOf(content: Content): Promise<string | null> {
  const bytes = await readSmall(content);
  try {
    return bytes && fromUtf8(bytes);
  } catch {
    return null;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
