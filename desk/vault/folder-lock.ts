/**
 * One desk at a time over one folder: a lock that the system takes back when the process ends, however it ends.
 *
 * An exclusive transaction in an empty SQLite file is the one such lock that Node has on every system.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeskError } from '../refusal.ts';

export class FolderLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws DeskError `DESK_IN_USE` */
  static take(folder: string): FolderLock {
    const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (cause) {
      database.close();
      throw new DeskError(
        'DESK_IN_USE',
        'Another desk has this newsroom open. Nothing was changed. Close it, or lock it there, and try again.',
        cause,
      );
    }
    return new FolderLock(database);
  }

  /** May be called again. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
