import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkArrows } from './arrows.ts';
import { arrowsByRoom } from './rooms.ts';

let root: string;

/** A small house of two rooms: `open` may import `format`, `format` nothing. */
function build(files: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...checkArrows({ root, arrowsByRoom: { format: [], open: ['format'] }, browserDoors: ['format/index.ts'] }).violations];
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zajil-arrows-'));
  for (const room of ['format', 'open']) {
    mkdirSync(join(root, room));
    mkdirSync(join(root, 'node_modules/@zajil'), { recursive: true });
    writeFileSync(join(root, room, 'package.json'), JSON.stringify({ name: `@zajil/${room}`, type: 'module', exports: './index.ts' }));
    writeFileSync(join(root, room, 'index.ts'), `export const ${room} = 1;\n`);
    writeFileSync(join(root, room, 'inner.ts'), `export const inner = 1;\nexport type Inner = 1;\n`);
    symlinkSync(join(root, room), join(root, 'node_modules/@zajil', room));
  }
});
afterEach(() => rmSync(root, { recursive: true }));

test('an allowed import through the door is no violation', () => {
  expect(build({ 'open/a.ts': `import { format } from '@zajil/format';\nexport const a = format;\n` })).toEqual([]);
});

const planted: Record<string, string> = {
  static: `import { open } from '@zajil/open';\nexport const a = open;\n`,
  'side effect': `import '@zajil/open';\n`,
  're-export': `export { open } from '@zajil/open';\n`,
  're-export of all': `export * from '@zajil/open';\n`,
  dynamic: `export const a = await import('@zajil/open');\n`,
  'type only': `import type { open } from '@zajil/open';\nexport type A = typeof open;\n`,
  'type query': `export type A = typeof import('@zajil/open');\n`,
  'relative path': `import { open } from '../open/index.ts';\nexport const a = open;\n`,
};
for (const [kind, text] of Object.entries(planted)) {
  test(`a forbidden import is caught: ${kind}`, () => {
    expect(build({ 'format/a.ts': text }).join('\n')).toContain('format may not import open');
  });
}

test('an import past the door is caught', () => {
  expect(build({ 'open/a.ts': `import { inner } from '../format/inner.ts';\nexport const a = inner;\n` })).toEqual([
    expect.stringContaining('goes past the door of format'),
  ]);
});

test('a circle is caught', () => {
  const found = build({
    'open/a.ts': `import { format } from '@zajil/format';\nexport const a = format;\n`,
    'format/b.ts': `import type { open } from '@zajil/open';\nexport type B = typeof open;\n`,
  });
  expect(found.join('\n')).toContain('stands in a circle');
});

test('an import computed at run time, an unresolved one and a broken file are caught', () => {
  expect(build({ 'format/a.ts': `const x = '@zajil/' + 'open';\nexport const a = await import(x);\n` }).join()).toContain(
    'computed at run time',
  );
  expect(build({ 'format/a.ts': `import 'nowhere-at-all';\n` }).join()).toContain('does not resolve');
  expect(build({ 'format/a.ts': `import { from 'x';\n` }).join()).toContain('does not parse');
});

test('a browser door that reaches a module of Node is caught, also through another file', () => {
  const found = build({
    'format/index.ts': `export * from './disk.ts';\n`,
    'format/disk.ts': `import 'node:fs';\nexport const disk = 1;\n`,
  });
  expect(found.join('\n')).toContain('reaches node:fs');
});

test('a tree without files proves nothing and says so', () => {
  rmSync(join(root, 'format'), { recursive: true });
  rmSync(join(root, 'open'), { recursive: true });
  mkdirSync(join(root, 'format'));
  expect(checkArrows({ root, arrowsByRoom: { format: [] }, browserDoors: [] }).violations.join()).toContain('proved nothing');
});

test('the drawing lets neither the phone nor the relay reach what opens', () => {
  const reach = (room: string): Set<string> => new Set((arrowsByRoom[room] ?? []).flatMap((next) => [next, ...reach(next)]));
  for (const room of ['field', 'relay', 'line', 'seal', 'verify', 'press']) {
    expect([...reach(room)]).not.toContain('open');
    expect([...reach(room)]).not.toContain('keys');
    expect([...reach(room)]).not.toContain('desk');
  }
});
