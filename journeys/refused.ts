/** What every refusal keeps: one sentence with a code that stays, and every folder as it was. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Ended } from './zajil.ts';

/** Every file below, by its hash; what is no longer there or new is seen too. */
export function stateOf(folders: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      found[path] = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
    }
  }
  return found;
}

/** One line on standard error that ends with the code, and no word of the secret things. */
export function saysOnce(ended: Ended, code: string): void {
  const lines = ended.stderr.trim().split('\n');
  expect.soft(lines, ended.stderr).toHaveLength(1);
  expect.soft(lines.at(-1)).toMatch(new RegExp(`^zajil: [A-Z-][^\\n]+ \\[${code}\\]$`));
  expect.soft(ended.code === 1 || ended.code === 2).toBe(true);
  expect.soft(ended.stderr).not.toMatch(/ {4}at |node:internal|passphrase for a journey|\/tmp\//);
}

/** A copy with one bit turned. */
export function turned(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
