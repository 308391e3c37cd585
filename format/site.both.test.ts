import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf, days, endsInValueOrRefusal, hexOf, spoiledText, texts } from './hostile.ts';
import {
  type ProofBundle,
  formatManifest,
  formatProofBundle,
  formatSiteStatement,
  fromUtf8,
  parseManifest,
  parseProofBundle,
  parseSiteStatement,
  proofPath,
  proofPathOfPage,
  siteEntry,
} from './index.ts';

const statements = fc.record({ newsroom: hexOf(32), day: days, files: fc.nat(), root: hexOf(32) });
const paths = fc.constantFrom('index.html', 'ar/index.html', 'media/a_b-c.mp4', '.well-known/zajil.json', 'site..css');
const files = fc.record({ path: paths, bytes: fc.nat(), sha256: hexOf(32) });
const sorted = fc
  .uniqueArray(files, { selector: (file) => file.path })
  .map((files) => files.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
const manifests = fc.record({ v: fc.constant(1 as const), site: texts(100), roster: texts(100), files: sorted });
const proof = fc.array(hexOf(32), { maxLength: 4 });
const bundles: fc.Arbitrary<ProofBundle> = fc.record({
  v: fc.constant(1 as const),
  roster: texts(100),
  release: texts(100),
  checkpoint: texts(100),
  released: fc.record({ index: fc.nat(), proof }),
  commitments: fc.array(fc.record({ entry: texts(100), index: fc.nat(), proof }), { maxLength: 2 }),
  site: texts(100),
  files: fc.array(fc.record({ path: paths, bytes: fc.nat(), sha256: hexOf(32), index: fc.nat(), proof }), { maxLength: 2 }),
});

test('statement, manifest and proof bundle are read as they were written', () => {
  always(statements, (value) => {
    expect(parseSiteStatement(formatSiteStatement(value))).toEqual(value);
  });
  always(manifests, (value) => {
    expect(parseManifest(formatManifest(value))).toEqual(value);
  });
  always(bundles, (value) => {
    expect(parseProofBundle(formatProofBundle(value))).toEqual(value);
  });
});

test('all three parsers end in a value or a refusal', () => {
  endsInValueOrRefusal(spoiledText(statements.map(formatSiteStatement)), parseSiteStatement);
  endsInValueOrRefusal(spoiledText(manifests.map(formatManifest)), parseManifest);
  endsInValueOrRefusal(spoiledText(bundles.map(formatProofBundle)), parseProofBundle);
});

const manifest = (paths: string[]) =>
  JSON.stringify({ v: 1, site: '', roster: '', files: paths.map((path) => ({ path, bytes: 0, sha256: '0'.repeat(64) })) });

test('a path that would leave the folder of a mirror is refused', () => {
  for (const path of ['..', '.', 'a/..', '../a', './a', 'a/./b', '/a', 'a/', 'a//b', 'a\\b', 'a\nb', 'ä', ''])
    expect(
      codeOf(() => parseManifest(manifest([path]))),
      path,
    ).toBe('FORMAT_JSON');
  for (const path of ['a', '.a', '..a', 'a..b/c.d'])
    expect(
      codeOf(() => parseManifest(manifest([path]))),
      path,
    ).toBe(null);
});

test('files that are unsorted or doubled are refused, and not written', () => {
  expect(codeOf(() => parseManifest(manifest(['a', 'b'])))).toBe(null);
  expect(codeOf(() => parseManifest(manifest(['b', 'a'])))).toBe('FORMAT_ORDER');
  expect(codeOf(() => parseManifest(manifest(['a', 'a'])))).toBe('FORMAT_ORDER');
  expect(() => formatManifest(JSON.parse(manifest(['b', 'a'])))).toThrow(RangeError);
});

test('the entry of a file is path, length and hash', () => {
  expect(fromUtf8(siteEntry({ path: 'a', bytes: 5, sha256: '0'.repeat(64) }))).toBe(`a\n5\n${'0'.repeat(64)}\n`);
  expect(proofPath('0123')).toBe('proof/0123.json');
  expect(proofPathOfPage('ar/0123456789abcdef-v2.html')).toBe('proof/0123456789abcdef-v2.json');
  expect(proofPathOfPage('ar/../0123456789abcdef.html')).toBe(null);
});
