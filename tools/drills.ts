/**
 * `npm run drills`: the journeys and drills at full size. Writes what each measured into `docs/drills/`, dated, so that
 * the promises can be held against it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'zajil-drills-'));
const log = join(folder, 'figures.jsonl');
const report = join(folder, 'report.json');

interface Figure {
  readonly drill: string;
  readonly what: string;
  readonly value: string;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

const args = [
  'run',
  '--project',
  'journeys',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const done = spawnSync(join(root, 'node_modules', '.bin', 'vitest'), args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ZAJIL_DRILLS: '1', ZAJIL_FIGURES: log },
});
const figures = existsSync(log)
  ? readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Figure)
  : [];
const judged = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report) : null;
const day = new Date().toISOString().slice(0, 10);
const out = join(root, 'docs', 'drills');
mkdirSync(out, { recursive: true });
const lines = [
  `# Drills of ${day}`,
  '',
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB. ${judged?.numPassedTests ?? 0} held, ${judged?.numFailedTests ?? 0} did not.`,
  '',
  '| drill | what | measured |',
  '|---|---|---|',
  ...figures.map(({ drill, what, value }) => `| ${drill} | ${what} | ${value} |`),
  '',
  ...(judged?.testResults ?? []).flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => `- ${status === 'passed' ? 'held' : status}: ${fullName}`),
  ),
  '',
];
writeFileSync(join(out, `${day}.md`), lines.join('\n'));
rmSync(folder, { recursive: true });
process.stdout.write(`written: docs/drills/${day}.md\n${judged?.numPassedTests ?? 0} passed, ${judged?.numFailedTests ?? 1} failed\n`);
process.exitCode = done.status ?? 1;
