import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bundleForNode, checkBundleModules, checkBundleText } from './bundles.ts';
import { bundleRules } from './rooms.ts';

async function bundled(relay: string): Promise<{ text: string; modules: string[] }> {
  const root = mkdtempSync(join(tmpdir(), 'zajil-bundle-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const room of ['relay', 'open']) mkdirSync(join(root, room));
  writeFileSync(join(root, 'open/index.ts'), `export function open(x: string) { if (x) throw new Error('OPEN_TRUNCATED'); return 1; }\n`);
  writeFileSync(join(root, 'relay/index.ts'), relay);
  return bundleForNode(join(root, 'relay/index.ts'));
}

test('a planted opening module is caught by its module and by its code, after minifying', async () => {
  const { text, modules } = await bundled(
    `import { open } from '../open/index.ts';\nexport const a = (x: string) => open(x) + ' RELAY_FULL';\n`,
  );
  expect(checkBundleModules('relay', modules, ['open'])).toEqual(['relay: holds a module of open']);
  expect(checkBundleText('relay', text, bundleRules.relay).join()).toContain('OPEN_');
});

test('a planted opening module behind a dynamic import is caught', async () => {
  const { modules } = await bundled(`export const a = async (x: string) => (await import('../open/index.ts')).open(x);\n`);
  expect(checkBundleModules('relay', modules, ['open'])).toEqual(['relay: holds a module of open']);
});

test('a clean bundle passes, and an empty or wrong one does not', async () => {
  const { text, modules } = await bundled(`export const a = () => 'RELAY_FULL';\n`);
  expect(checkBundleModules('relay', modules, ['open'])).toEqual([]);
  expect(checkBundleText('relay', text, bundleRules.relay)).toEqual([]);
  expect(checkBundleText('relay', '', bundleRules.relay)).not.toEqual([]);
  expect(checkBundleModules('relay', [], ['open'])).not.toEqual([]);
});
