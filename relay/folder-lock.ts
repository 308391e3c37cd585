/** One relay per folder: a lock that the operating system takes back when the process ends, however it ends. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { RelayError } from './relay-error.ts';

/** @returns what to call to let go. @throws RelayError `RELAY_FOLDER_IN_USE` */
export function lockFolder(folder: string): () => void {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new RelayError(
      'RELAY_FOLDER_IN_USE',
      'Another relay runs on this folder. Nothing was changed. Stop that one first, or choose another folder.',
      cause,
    );
  }
  return () => database.close();
}
