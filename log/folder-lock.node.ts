/**
 * One process at a time over one folder: a lock that the system takes back when the process ends, however it ends.
 *
 * An exclusive transaction in an empty SQLite file is the one such lock that Node has on every system.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export class FolderLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @param folder - must be there. @returns null while another process holds it */
  static take(folder: string): FolderLock | null {
    const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new FolderLock(database);
    } catch {
      database.close();
      return null;
    }
  }

  /** May be called again. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
