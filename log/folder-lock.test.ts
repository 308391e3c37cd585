import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderLock } from './folder-lock.node.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'zajil-lock-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('FolderLock is held by one, and again after it was released', () => {
  const path = folder();
  const first = FolderLock.take(path);
  expect(first).not.toBeNull();
  expect(FolderLock.take(path)).toBeNull();
  first?.release();
  first?.release();
  const second = FolderLock.take(path);
  expect(second).not.toBeNull();
  second?.release();
});

test('FolderLock of a process that was killed is free', async () => {
  const path = folder();
  const code = `const { FolderLock } = await import(${JSON.stringify(new URL('./folder-lock.node.ts', import.meta.url).href)}); FolderLock.take(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => void child.stdout.once('data', resolve));
  expect(FolderLock.take(path)).toBeNull();
  child.kill('SIGKILL');
  await new Promise((resolve) => void child.once('exit', resolve));
  const next = FolderLock.take(path);
  expect(next).not.toBeNull();
  next?.release();
});
