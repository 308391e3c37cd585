import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCardFile } from './card-file.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'zajil-card-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a file is read by ranges, and one that became shorter is refused', async () => {
  const path = join(folder, 'DATA0001.BIN');
  await writeFile(
    path,
    Uint8Array.from({ length: 1000 }, (_, i) => i),
  );
  const file = await openCardFile(path);
  expect(file.size).toBe(1000);
  expect([...(await file.read(250, 3))]).toEqual([250, 251, 252]);
  await truncate(path, 500);
  await expect(file.read(400, 200)).rejects.toThrow(RangeError);
  await file.close();
  await expect(openCardFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
