/** Small words about files that outlive a power cut: flushing a folder, and telling "not there" from trouble. */
import { open } from 'node:fs/promises';

/** Makes names created in or moved into this folder durable (fsync(2): "Calling fsync() does not ensure that the entry in the directory … has also reached disk"). */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function orNullWhenMissing<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
