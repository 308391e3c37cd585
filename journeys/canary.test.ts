import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Canary, formsOf, plant, searchFolder, textCanary } from './canary.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'zajil-canary-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const canaries: Canary[] = [
  textCanary('Arabic words', 'سقطت قذيفة قرب مخبز أبو جواد'),
  textCanary('Latin words', 'Samar Haddad of Tell Abyad'),
  { label: 'bytes', bytes: randomBytes(32) },
];

test('each canary is found in every form that the search claims, alone in a file and deep in noise', () => {
  for (const canary of canaries) {
    for (const form of formsOf(canary)) {
      const place = folder();
      mkdirSync(join(place, 'deep/er'), { recursive: true });
      writeFileSync(join(place, 'deep/er/file.bin'), Buffer.concat([randomBytes(5000), plant(canary, form), randomBytes(5000)]));
      expect(
        searchFolder(place, canaries).map(({ label }) => label),
        `${canary.label} as ${form}`,
      ).toContain(canary.label);
    }
  }
});

test('a canary in the name of a file is found', () => {
  const place = folder();
  writeFileSync(join(place, 'Samar Haddad of Tell Abyad.jpg'), 'x');
  expect(searchFolder(place, canaries)).toHaveLength(1);
});

test('noise holds no canary', () => {
  const place = folder();
  writeFileSync(join(place, 'noise'), randomBytes(200_000));
  expect(searchFolder(place, canaries)).toEqual([]);
});
