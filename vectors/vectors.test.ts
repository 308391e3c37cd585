import { globSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, type FormatCode, toHex } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { allVectors } from './generate.ts';
import { readParcel } from './reader.ts';
import { formatRules, readBag, run } from './rules.ts';
import { type Vector, fileText } from './vector.ts';

const root = import.meta.dirname;
const rules = [...formatRules, 'parcel'];

function read(rule: string): Vector[] {
  const names = readdirSync(join(root, rule)).sort();
  return names.map((name) => ({ ...JSON.parse(readFileSync(join(root, rule, name), 'utf8')), name: name.replace(/\.json$/, '') }));
}

describe.each(formatRules)('format reads the vectors of %s', (rule) => {
  test.each(read(rule))('$name', ({ input, expect: expected, value }) => {
    if (expected === 'ok') {
      expect(run(rule, input)).toEqual(value);
    } else {
      expect(codeOf(() => run(rule, input))).toBe(expected);
    }
  });
});

function codeOf(action: () => unknown): FormatCode | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}

test('of a bag that turns bad, what came before the fault is read', () => {
  for (const { name, input, expect: expected, value } of read('bag')) {
    if (expected === 'ok' || !('hex' in input) || value === undefined) continue;
    let seen: unknown[] = [];
    expect(
      codeOf(() => readBag(Buffer.from(String(input.hex), 'hex'), (frames) => (seen = frames))),
      name,
    ).toBe(expected);
    expect(seen, name).toEqual(value);
  }
});

describe('the second reader reads the vectors of parcel', () => {
  test.each(read('parcel'))('$name', ({ input, expect: expected, value }) => {
    const { identitySeed, base64 } = input as { identitySeed: string; base64: string };
    const open = () => readParcel(Buffer.from(base64, 'base64'), Buffer.from(identitySeed, 'hex'));
    if (expected === 'ok') {
      const { head, content } = open();
      expect({ head, content: toHex(content) }).toEqual(value);
    } else {
      expect(open).toThrow(/not a whole parcel/);
    }
  });
});

test('the files are those that the generator writes, no more and no fewer', () => {
  const wanted = allVectors().map((vector) => [`${vector.rule}/${vector.name}`, fileText(vector)]);
  const found = rules.flatMap((rule) =>
    readdirSync(join(root, rule)).map((name) => [`${rule}/${name.replace(/\.json$/, '')}`, readFileSync(join(root, rule, name), 'utf8')]),
  );
  expect(new Map(found as [string, string][])).toEqual(new Map(wanted as [string, string][]));
  expect(wanted).toHaveLength(new Set(wanted.map(([path]) => path)).size);
});

describe('docs/protocol.md and the vectors name the same rules', () => {
  const protocol = readFileSync(join(root, '../docs/protocol.md'), 'utf8');
  const named = [...protocol.matchAll(/^\*\*Vectors\*\* `vectors\/([a-z-]+)\/`(.*)$/gm)];

  test('every rule has its folder, and every folder its rule', () => {
    const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'make');
    expect(named.map(([, rule]) => rule ?? '').sort()).toEqual(folders.map(({ name }) => name).sort());
    expect([...rules].sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  test.each(named.map(([, rule, rest]) => [rule ?? '', rest ?? '']))(
    'every refusal of %s has its vector, and the same code',
    (rule, rest) => {
      const wanted = [...rest.matchAll(/`([A-Z_]+|refused)`:((?: [a-z0-9-]+,?)+)/g)].flatMap(([, code, names]) =>
        (names ?? '')
          .split(/[ ,]+/)
          .filter(Boolean)
          .map((name) => `${name} ${code}`),
      );
      const found = read(rule)
        .filter((vector) => vector.expect !== 'ok')
        .map((vector) => `${vector.name} ${vector.expect}`);
      expect(wanted.sort()).toEqual(found.sort());
      expect(read(rule).some((vector) => vector.expect === 'ok')).toBe(true);
    },
  );

  test('every section that any room refers to is a heading', () => {
    const headings = new Set([...protocol.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
    const cited = globSync('*/**/*.{ts,tsx}', { cwd: join(root, '..'), exclude: ['**/node_modules/**', '**/dist/**'] }).flatMap((path) =>
      [...readFileSync(join(root, '..', path), 'utf8').matchAll(/docs\/protocol\.md` sections? ("[^"]+"(?:(?:,| and) "[^"]+")*)/g)].flatMap(
        ([, names]) => [...(names ?? '').matchAll(/"([^"]+)"/g)].map(([, section]) => ({ path, section })),
      ),
    );
    expect(cited.length).toBeGreaterThan(14);
    expect(cited.filter(({ section }) => !headings.has(section))).toEqual([]);
  });
});
