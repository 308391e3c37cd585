import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, days, endsInValueOrRefusal, hexOf, spoiledText, texts } from './hostile.ts';
import {
  type Release,
  commitmentEntry,
  formatRelease,
  fromUtf8,
  originalCommitment,
  parseCommitmentEntry,
  parseRelease,
  releaseEntry,
} from './index.ts';

const opened = fc.oneof(
  fc.record({ commitment: fc.constant(''), index: fc.constant(-1) }),
  fc.record({ commitment: hexOf(32), index: fc.nat() }),
);
const media = fc
  .tuple(
    fc.record({
      path: fc.constantFrom('media/a.mp4', 'a-1/b/c.jpg', 'x'),
      type: fc.constantFrom('video/mp4' as const, 'image/jpeg' as const, 'audio/mp4' as const),
      bytes: fc.nat(),
      sha256: hexOf(32),
      width: fc.nat(),
      height: fc.nat(),
      from: fc.constantFrom('full' as const, 'cut' as const, 'glance' as const),
    }),
    opened,
  )
  .map(([media, opened]) => ({ ...media, ...opened }));
const releases: fc.Arbitrary<Release> = fc.record({
  newsroom: hexOf(32),
  id: hexOf(8),
  version: fc.integer({ min: 1, max: 9 }),
  day: days,
  by: texts(100).filter((text) => text !== ''),
  language: fc.constantFrom('ar' as const, 'en' as const),
  title: texts(300).filter((text) => text !== ''),
  body: texts(5000),
  media: fc.array(media, { maxLength: 3 }),
  reviewers: fc.nat(),
});

test('a release is read as it was written', () => {
  always(releases, (release) => {
    expect(parseRelease(formatRelease(release))).toEqual(release);
  });
});

test('parseRelease() ends in a release or a refusal, and what it reads is written the same again', () => {
  endsInValueOrRefusal(spoiledText(releases.map(formatRelease)), (text) => expect(formatRelease(parseRelease(text))).toBe(text));
});

test('a path that leaves the site is refused', () => {
  const [release] = fc.sample(releases, { numRuns: 1, seed: 1 });
  for (const path of ['../x', '/x', 'a//b', 'a/../b', 'a\\b', 'A', 'a/', '', 'a\nb']) {
    const text = `zajil-release/1\n${JSON.stringify({ ...release, media: [{ path, type: 'video/mp4', bytes: 0, sha256: '0'.repeat(64), width: 0, height: 0, from: 'cut', commitment: '', index: -1 }] })}\n`;
    expect(
      codeOf(() => parseRelease(text)),
      path,
    ).toBe('FORMAT_JSON');
  }
});

test('a commitment is read as it was written, and only on a day that there is', () => {
  always(fc.tuple(days, bytesOf(32), bytesOf(32)), ([day, salt, original]) => {
    const commitment = originalCommitment(salt, original);
    expect(parseCommitmentEntry(fromUtf8(commitmentEntry(day, commitment)))).toEqual({ day, commitment });
  });
  expect(codeOf(() => parseCommitmentEntry(`zajil-commitment/1\n2026-02-30\n${'0'.repeat(64)}\n`))).toBe('FORMAT_MAGIC');
  endsInValueOrRefusal(spoiledText(fc.constant(`zajil-commitment/1\n2026-02-28\n${'0'.repeat(64)}\n`)), parseCommitmentEntry);
});

test('the entry of a release is a label and the hash of its text', () => {
  expect(fromUtf8(releaseEntry('abc'))).toBe('zajil-released/1\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n');
});
