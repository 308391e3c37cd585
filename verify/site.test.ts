import { fromUtf8, utf8 } from '@zajil/format';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Content } from './fingerprint.ts';
import { verifyHanded } from './loose.ts';
import { VerifyError } from './refusal.ts';
import { verifySite } from './site.ts';
import { type FixtureSite, id, signedSite } from './site.fixture.ts';

let site: FixtureSite;
beforeAll(async () => {
  site = await signedSite();
});

async function check(files: Map<string, Uint8Array>, newsroom: Uint8Array | null = null): Promise<string> {
  const [result] = await verifyHanded(
    [...files].map(([path, bytes]) => ({ path: `mirror/${path}`, read: (): Promise<Content> => Promise.resolve(bytes) })),
    { newsroom },
  );
  return result?.ok ? 'proved' : (result?.refusal.code ?? 'nothing');
}

function changed(path: string, bytes: Uint8Array | null): Map<string, Uint8Array> {
  const files = new Map(site.files);
  if (bytes) files.set(path, bytes);
  else files.delete(path);
  return files;
}

test('a whole mirror is proved, with the evidence of each release', async () => {
  const manifest = fromUtf8(site.files.get('site.json') ?? new Uint8Array());
  const evidence = await verifySite(
    manifest,
    (path) => Promise.resolve(site.files.get(path) ?? new Uint8Array()),
    () => Promise.resolve([...site.files.keys()]),
    { newsroom: site.name },
  );
  expect(evidence).toMatchObject({ kind: 'site', expected: true, files: 6, releases: [{ id, media: [{ proved: true }] }] });
});

test('a file missing, added or altered is refused', async () => {
  expect(await check(site.files)).toBe('proved');
  for (const path of site.files.keys()) {
    if (path !== 'site.json') expect(await check(changed(path, null)), path).toBe('VERIFY_MISSING');
    expect(await check(changed(path, utf8('altered'))), path).toMatch(/^VERIFY_(?:ALTERED|PROOF)$/);
  }
  expect(await check(changed('extra.html', utf8('<p>')))).toBe('VERIFY_EXTRA');
  expect(await check(changed('ar/evil.js', utf8('x')))).toBe('VERIFY_EXTRA');
  expect(await check(site.files, new Uint8Array(32))).toBe('VERIFY_NEWSROOM');
});

test('any bit flipped anywhere in a mirror is refused', async () => {
  const paths = [...site.files.keys()];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), fc.nat(7), async (path, at, bit) => {
      const bytes = (site.files.get(path) ?? new Uint8Array()).slice();
      const where = at % bytes.length;
      bytes[where] = (bytes[where] ?? 0) ^ (1 << bit);
      expect(await check(changed(path, bytes)), `${path} byte ${where} bit ${bit}`).toMatch(/^VERIFY_/);
    }),
    { numRuns: 250 },
  );
});

test('another day’s proof does not pass as this site’s', async () => {
  const other = await signedSite({ change: { title: 'Another title' } });
  expect(await check(changed(`proof/${id}.json`, other.files.get(`proof/${id}.json`) ?? null))).toMatch(/^VERIFY_/);
});

test('what is no site list is refused as such', async () => {
  await expect(
    verifySite(
      '{}',
      () => Promise.resolve(new Uint8Array()),
      () => Promise.resolve([]),
    ),
  ).rejects.toThrow(VerifyError);
});
