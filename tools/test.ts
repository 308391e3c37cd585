/**
 * `npm test`: the checks, the suites in Node and Chromium, then the journeys. Says what was left out and why, and ends
 * with one line of figures.
 *
 *     npm test                     everything
 *     npm test -- relay log        only the suites of these rooms, without the checks
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './check.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const begun = Date.now();

interface Figures {
  passed: number;
  failed: number;
  skipped: number;
}

interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function say(line: string): void {
  process.stdout.write(`\n=== ${Math.round((Date.now() - begun) / 1000)} s  ${line}\n`);
}

function seconds(): number {
  return Math.round((Date.now() - begun) / 1000);
}

/** Runs vitest projects and adds up what its report says; a suite that could not even load counts as failed. */
function runSuites(projects: readonly string[], filters: readonly string[], leftOut: string[]): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'zajil-test-'));
  const report = join(folder, 'report.json');
  const args = [
    'run',
    ...projects.flatMap((name) => ['--project', name]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    '--passWithNoTests',
  ];
  const done = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), [...args, ...filters], { cwd: root, stdio: 'inherit' });
  const figures: Figures = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(report)) count(JSON.parse(readFileSync(report, 'utf8')) as VitestReport, figures, leftOut);
  if (done.status !== 0 && figures.failed === 0) figures.failed += 1;
  rmSync(folder, { recursive: true });
  return figures;
}

function count(report: VitestReport, figures: Figures, leftOut: string[]): void {
  for (const file of report.testResults) {
    if (file.status === 'failed' && file.assertionResults.length === 0) figures.failed += 1;
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') figures.passed += 1;
      else if (status === 'failed') figures.failed += 1;
      else {
        figures.skipped += 1;
        leftOut.push(`${relative(root, file.name)}: ${fullName}`);
      }
    }
  }
}

async function main(filters: readonly string[]): Promise<void> {
  const leftOut: string[] = [];
  const total: Figures = { passed: 0, failed: 0, skipped: 0 };
  const add = (more: Partial<Figures>): void => {
    total.passed += more.passed ?? 0;
    total.failed += more.failed ?? 0;
    total.skipped += more.skipped ?? 0;
  };
  const browser = existsSync(process.env['ZAJIL_CHROMIUM'] ?? '/usr/bin/chromium');
  if (!browser) leftOut.push('all suites in Chromium and all journeys: Chromium is not installed');
  if (!existsSync(join(root, '..', 'shared')))
    leftOut.push('foreign vectors, recorded lines and camera files: the folder ../shared is not there');
  if (filters.length === 0) {
    say('checks: types, lint, form, arrows, bundles');
    add(await runChecks());
  }
  say(`suites in Node${browser ? ' and Chromium' : ''}`);
  add(runSuites(browser ? ['node', 'browser'] : ['node'], filters, leftOut));
  if (browser) {
    say('journeys: whole systems, real browsers, bad lines');
    add(runSuites(['journeys'], filters, leftOut));
  }
  say(leftOut.length === 0 ? 'nothing was left out' : `left out (${leftOut.length}):`);
  for (const line of leftOut) process.stdout.write(`  ${line}\n`);
  process.stdout.write(`\n${seconds()} s in all\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main(process.argv.slice(2));
