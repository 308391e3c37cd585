import { formatProofBundle, parseProofBundle, type ProofBundle, utf8 } from '@zajil/format';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { VerifyError } from './refusal.ts';
import { verifyRelease } from './release.ts';
import { day, type FixtureSite, id, sha256, signedSite } from './site.fixture.ts';

let site: FixtureSite;
beforeAll(async () => {
  site = await signedSite();
});

function given(path: string, bytes = site.files.get(path) ?? new Uint8Array()): { path: string; bytes: number; sha256: string } {
  return { path, bytes: bytes.length, sha256: sha256(bytes) };
}

function code(check: () => unknown): string {
  try {
    check();
  } catch (cause) {
    if (cause instanceof VerifyError) return cause.code;
    throw cause;
  }
  return 'proved';
}

test('a release is proved: who, when, of an original held by when, altered how, reviewed by how many', () => {
  const evidence = verifyRelease(site.bundle, { newsroom: site.name, files: [given('media/clip.mp4'), given(`en/${id}.html`)] });
  expect(evidence).toMatchObject({
    kind: 'release',
    expected: true,
    by: 'Newsroom',
    day,
    site: day,
    title: 'A title',
    version: 1,
    reviewers: 0,
    signatures: 1,
  });
  expect(evidence.media).toMatchObject([{ path: 'media/clip.mp4', proved: true, heldBy: '2026-11-20', alteration: 'new-file-from-whole' }]);
  expect(evidence.pages).toEqual([
    { path: `ar/${id}.html`, proved: false },
    { path: `en/${id}.html`, proved: true },
  ]);
  const codes = evidence.limits.map((limit) => limit.code);
  expect(codes).toEqual(['LIMIT_UNSEEN', 'LIMIT_NO_REVIEWER', 'LIMIT_DERIVED', 'LIMIT_NO_WITNESS', 'LIMIT_NEWEST', 'LIMIT_TRUTH']);
});

test('without a name to expect, the newsroom is reported and the limit is said', () => {
  const evidence = verifyRelease(site.bundle);
  expect(evidence.expected).toBe(false);
  expect(evidence.proved[0]?.code).toBe('REPORTED_NEWSROOM');
  expect(evidence.limits[0]?.code).toBe('LIMIT_NEWSROOM');
});

test('another newsroom than the one expected is refused', () => {
  expect(code(() => verifyRelease(site.bundle, { newsroom: new Uint8Array(32) }))).toBe('VERIFY_NEWSROOM');
});

test('an altered file is told from a stranger', () => {
  expect(code(() => verifyRelease(site.bundle, { files: [given('media/clip.mp4', utf8('altered'))] }))).toBe('VERIFY_ALTERED');
  expect(code(() => verifyRelease(site.bundle, { files: [{ bytes: 1, sha256: '00'.repeat(32) }] }))).toBe('VERIFY_NOT_PART');
});

test('a file keeps its meaning only at its own address', () => {
  const arabic = given(`ar/${id}.html`);
  expect(code(() => verifyRelease(site.bundle, { files: [{ ...arabic, path: `en/${id}.html` }] }))).toBe('VERIFY_ALTERED');
});

test('a release may not claim reviewers who did not sign', async () => {
  const { bundle } = await signedSite({ change: { reviewers: 1 } });
  expect(code(() => verifyRelease(bundle))).toBe('VERIFY_REVIEWERS');
});

test('a signature by nobody in the roster is not passed over', async () => {
  const { bundle } = await signedSite({ signers: 2 });
  expect(code(() => verifyRelease(bundle))).toBe('VERIFY_RELEASE');
});

test('parts of another newsroom’s proof do not fit', async () => {
  const other = await signedSite({ seed: 2 });
  const mixed = (part: Partial<ProofBundle>): string => code(() => verifyRelease({ ...site.bundle, ...part }));
  expect(mixed({ release: other.bundle.release })).toBe('VERIFY_RELEASE');
  expect(mixed({ checkpoint: other.bundle.checkpoint })).toBe('VERIFY_LOG');
  expect(mixed({ site: other.bundle.site })).toBe('VERIFY_SITE');
  expect(mixed({ roster: other.bundle.roster })).toBe('VERIFY_SITE');
  const { index, proof } = site.bundle.released;
  expect(mixed({ released: { index: index + 1, proof } })).toBe('VERIFY_LOG');
  expect(mixed({ released: { index, proof: proof.slice(1) } })).toBe('VERIFY_LOG');
});

test('a commitment left out, moved or back-dated is refused', () => {
  const [opened] = site.bundle.commitments;
  if (!opened) throw new Error('one commitment');
  const bent = (commitments: ProofBundle['commitments']): string => code(() => verifyRelease({ ...site.bundle, commitments }));
  expect(bent([])).toBe('VERIFY_COMMITMENT');
  expect(bent([opened, opened])).toBe('VERIFY_COMMITMENT');
  expect(bent([{ ...opened, index: opened.index + 1 }])).toBe('VERIFY_COMMITMENT');
  expect(bent([{ ...opened, entry: opened.entry.replace('2026-11-20', '2026-11-01') }])).toBe('VERIFY_COMMITMENT');
});

test('the pages of one version cannot be paired with the words of another', async () => {
  const { bundle } = await signedSite({ change: { title: 'What it said before' } });
  const { release, checkpoint, released, commitments } = bundle;
  expect(code(() => verifyRelease(bundle))).toBe('proved');
  expect(code(() => verifyRelease({ ...site.bundle, release, checkpoint, released, commitments }))).toBe('VERIFY_TREE');
});

test('a proof that leaves out a medium, or carries a file of something else, is refused', () => {
  const { files } = site.bundle;
  const bent = (changed: ProofBundle['files']): string => code(() => verifyRelease({ ...site.bundle, files: changed }));
  expect(bent(files.filter(({ path }) => !path.startsWith('media/')))).toBe('VERIFY_TREE');
  expect(bent(files.map((file) => ({ ...file, path: file.path.replace(id, 'f'.repeat(16)) })))).toBe('VERIFY_TREE');
});

test('a proof with any bit flipped is refused', () => {
  const proof = utf8(formatProofBundle(site.bundle));
  fc.assert(
    fc.property(fc.nat(proof.length - 1), fc.nat(7), (at, bit) => {
      const flipped = proof.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      const outcome = code(() => {
        let bundle: ProofBundle;
        try {
          bundle = parseProofBundle(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(flipped));
        } catch {
          throw new VerifyError('VERIFY_PROOF');
        }
        verifyRelease(bundle);
      });
      expect(outcome, `byte ${at} bit ${bit}`).toMatch(/^VERIFY_/);
    }),
    { numRuns: 400 },
  );
});
