/**
 * `npm run check`: types, lint, form, arrows and bundles. Each prints one line; the exit code is 0 only if all hold.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkArrows } from './arrows.ts';
import { bundleForNode, checkBundleModules, checkBundleText } from './bundles.ts';
import { arrowsByRoom, browserDoors, bundleRules, forbiddenRooms } from './rooms.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');

interface Verdict {
  readonly name: string;
  readonly violations: readonly string[];
  readonly figures: string;
}

function command(name: string, program: string, ...args: string[]): Verdict {
  const done = spawnSync(join(bin, program), args, { cwd: root, encoding: 'utf8' });
  return { name, violations: done.status === 0 ? [] : [`${done.stdout}${done.stderr}`.trim() || `${program} could not run`], figures: '' };
}

function arrows(): Verdict {
  const { files, imports, violations } = checkArrows({ root, arrowsByRoom, browserDoors });
  return { name: 'arrows', violations, figures: `${imports} imports in ${files} files` };
}

function fieldBundle(): Verdict {
  const path = join(root, 'field', 'dist', 'index.html');
  if (!existsSync(path)) return { name: 'field page', violations: ['the page is not built: npm run build'], figures: '' };
  const text = readFileSync(path, 'utf8');
  const modules = JSON.parse(readFileSync(join(root, 'field', 'dist', 'modules.json'), 'utf8')) as string[];
  const violations = [...checkBundleText('field', text, bundleRules.field), ...checkBundleModules('field', modules, forbiddenRooms)];
  return { name: 'field page', violations, figures: `${Math.round(text.length / 1000)} kB, ${modules.length} modules` };
}

async function relayBundle(): Promise<Verdict> {
  const { text, modules } = await bundleForNode(join(root, 'relay', 'index.ts'));
  const violations = [...checkBundleText('relay', text, bundleRules.relay), ...checkBundleModules('relay', modules, forbiddenRooms)];
  return { name: 'relay bundle', violations, figures: `${Math.round(text.length / 1000)} kB, ${modules.length} modules` };
}

/** Runs every check, prints a line for each, and returns how many did not hold. */
export async function runChecks(): Promise<{ passed: number; failed: number }> {
  const verdicts = [
    command('types', 'tsc', '-p', '.'),
    command('lint', 'oxlint', '--type-aware'),
    command('form', 'oxfmt', '--check', '.'),
    arrows(),
    fieldBundle(),
    await relayBundle(),
  ];
  for (const { name, violations, figures } of verdicts) {
    process.stdout.write(`check ${name}: ${violations.length === 0 ? `holds${figures && ` (${figures})`}` : 'DOES NOT HOLD'}\n`);
    for (const line of violations) process.stdout.write(`  ${line.replaceAll('\n', '\n  ')}\n`);
  }
  const failed = verdicts.filter((verdict) => verdict.violations.length > 0).length;
  return { passed: verdicts.length - failed, failed };
}

if (import.meta.main) process.exitCode = (await runChecks()).failed === 0 ? 0 : 1;
