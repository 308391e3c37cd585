/** Makes files and folders durable that were written before, a few at once. */
import { open } from 'node:fs/promises';

const atOnce = 4;

/** What is no longer there needs nothing. @throws what the disk says */
export async function flushFiles(paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const turn = async (): Promise<void> => {
    for (const path of left) await flush(path, 'r+');
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
}

/** Windows cannot open folders, and keeps renames in order by itself. */
export async function flushFolders(paths: readonly string[]): Promise<void> {
  if (process.platform === 'win32') return;
  for (const path of paths) await flush(path, 'r');
}

async function flush(path: string, how: 'r' | 'r+'): Promise<void> {
  const file = await open(path, how).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  try {
    await file?.sync();
  } finally {
    await file?.close();
  }
}
