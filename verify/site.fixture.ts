/** A signed site for tests: real keys, roster and log, in memory; its pages are plain words. */
import { createHash } from 'node:crypto';
import {
  commitmentEntry,
  formatManifest,
  formatProofBundle,
  formatRelease,
  formatSiteStatement,
  fromUtf8,
  originalCommitment,
  type ProofBundle,
  proofPathOfPage,
  type Release,
  releaseEntry,
  type SiteFile,
  siteEntry,
  toHex,
  utf8,
} from '@zajil/format';
import { createSigner, inclusionProof, leafHash, MemoryTiles, type NoteSigner, signNote, TileLog, treeRoot } from '@zajil/log';
import { appendStatement, verifyRoster } from '@zajil/roster';

export const id = '0123456789abcdef';
export const day = '2026-11-23';

export interface FixtureSite {
  readonly name: Uint8Array;
  readonly device: NoteSigner;
  readonly bundle: ProofBundle;
  /** Every file of the site, with `site.json` and the proof. */
  readonly files: Map<string, Uint8Array>;
}

interface Options {
  readonly seed?: number;
  readonly change?: Partial<Release>;
  readonly signers?: number;
  /** Alters the bundle before it is written. */
  readonly bend?: (bundle: ProofBundle) => ProofBundle;
}

const media = { path: 'media/clip.mp4', type: 'video/mp4', width: 640, height: 360, from: 'full' } as const;

export async function signedSite({ seed = 1, change = {}, signers = 1, bend = (bundle) => bundle }: Options = {}): Promise<FixtureSite> {
  const device = createSigner('device-1', new Uint8Array(32).fill(seed));
  const logSigner = createSigner('newsroom.example/log', new Uint8Array(32).fill(seed ^ 0x80));
  const roster = found(device, logSigner);
  const name = verifyRoster(roster, null).name;
  const log = await TileLog.open(new MemoryTiles(), logSigner);
  await log.append([utf8('an older entry')]);

  const clip = utf8('the released clip '.repeat(40));
  const commitment = originalCommitment(new Uint8Array(32).fill(3), createHash('sha256').update('the original').digest());
  const entry = commitmentEntry('2026-11-20', commitment);
  const opened = (await log.append([entry])).first;
  const about = { newsroom: toHex(name), id, version: 1, day, by: 'Newsroom', language: 'en' as const, title: 'A title', body: 'A body' };
  const release: Release = { ...about, media: [{ ...withHash(media, clip), commitment, index: opened }], reviewers: 0, ...change };
  const text = formatRelease(release);
  const { first } = await log.append([releaseEntry(text)]);
  await log.append([utf8('a later entry')]);

  const strangers = Array.from({ length: signers - 1 }, (_, i) => createSigner(`stranger-${i}`, new Uint8Array(32).fill(100 + i)));
  const note = signNote(text, device, ...strangers);
  const covered = new Map<string, Uint8Array>([
    [`ar/${id}.html`, utf8('<p>صفحة</p>')],
    [`en/${id}.html`, utf8('<p>page</p>')],
    ['index.html', utf8('<p>front</p>')],
    ['media/clip.mp4', clip],
    [`release/${id}.txt`, utf8(note)],
    ['verify.html', utf8('<p>check</p>')],
  ]);
  const listed = [...covered].map(([path, bytes]): SiteFile => ({ path, bytes: bytes.length, sha256: sha256(bytes) }));
  const leaves = listed.map((file) => leafHash(siteEntry(file)));
  const site = signNote(formatSiteStatement({ newsroom: toHex(name), day, files: listed.length, root: toHex(treeRoot(leaves)) }), device);
  const hexProof = async (index: number): Promise<string[]> => (await log.proveInclusion(index)).map((hash) => toHex(hash));
  const bundle = bend({
    v: 1,
    roster,
    release: note,
    checkpoint: await log.checkpoint(),
    released: { index: first, proof: await hexProof(first) },
    commitments: release.media.length > 0 ? [{ entry: fromUtf8(entry), index: opened, proof: await hexProof(opened) }] : [],
    site,
    files: listed.flatMap((file, index) =>
      proofPathOfPage(file.path) !== null || /^(?:media|release)\//.test(file.path)
        ? [{ ...file, index, proof: inclusionProof(leaves, index).map((hash) => toHex(hash)) }]
        : [],
    ),
  });
  const proof = utf8(formatProofBundle(bundle));
  const manifest = utf8(formatManifest({ v: 1, site, roster, files: listed }));
  return { name, device, bundle, files: new Map([...covered, [`proof/${id}.json`, proof], ['site.json', manifest]]) };
}

function found(device: NoteSigner, log: NoteSigner): string {
  const link = { seq: 0, prev: '' as const, day: '2026-01-01', kind: 'found' as const, quorum: 1 as const, nonce: '22'.repeat(32) };
  return appendStatement('', { ...link, device: { vkey: device.vkey, recipient: '11'.repeat(32) }, log: log.vkey }, device);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function withHash<T extends object>(about: T, bytes: Uint8Array): T & { bytes: number; sha256: string } {
  return { ...about, bytes: bytes.length, sha256: sha256(bytes) };
}
