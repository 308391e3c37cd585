import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A folder with the house's own settings and one planted file. */
function plant(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'zajil-lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['.oxlintrc.json', '.oxfmtrc.json']) copyFileSync(join(root, name), join(folder, name));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'ES2024', types: [] }, include: ['*.ts'] }),
  );
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'planted.ts'), text);
  return folder;
}

function run(program: string, folder: string, ...args: string[]): { status: number | null; output: string } {
  const done = spawnSync(join(root, 'node_modules/.bin', program), args, { cwd: folder, encoding: 'utf8' });
  return { status: done.status, output: done.stdout + done.stderr };
}

test('the linter catches a promise that nobody awaits, which needs types', () => {
  const { status, output } = run(
    'oxlint',
    plant('async function save(): Promise<void> {}\nexport function go(): void {\n  save();\n}\n'),
    '--type-aware',
    'planted.ts',
  );
  expect(output).toContain('no-floating-promises');
  expect(status).not.toBe(0);
});

test('the linter lets an awaited promise pass', () => {
  expect(
    run(
      'oxlint',
      plant('async function save(): Promise<void> {}\nexport async function go(): Promise<void> {\n  await save();\n}\n'),
      '--type-aware',
      'planted.ts',
    ),
  ).toMatchObject({ status: 0 });
});

test('the form check catches a line in another form, and lets the house form pass', () => {
  expect(run('oxfmt', plant('export const  a = "x"\n'), '--check', '.').status).not.toBe(0);
  expect(run('oxfmt', plant("export const a = 'x';\n"), '--check', 'planted.ts').status).toBe(0);
});

test('the compiler catches plaintext on its way to a file', () => {
  const folder = plant('');
  const ink = join(root, 'format', 'ink.ts');
  copyFileSync(ink, join(folder, 'ink.ts'));
  writeFileSync(
    join(folder, 'planted.ts'),
    `import { Plaintext } from './ink.ts';\ndeclare function writeFile(path: string, bytes: Uint8Array): void;\nwriteFile('x', new Plaintext(new Uint8Array(1)));\n`,
  );
  const { status, output } = run('tsc', folder, '-p', '.', '--allowImportingTsExtensions');
  expect(output).toContain("Type 'Plaintext' is missing");
  expect(status).not.toBe(0);
});
