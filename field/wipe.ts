/**
 * Erases what this page keeps, and leaves. What a flash memory or a database's own journal still holds of it is sealed
 * bytes, the invitation and dispatch ids: README.md says so.
 */
import { databaseName } from './database.ts';

/** A closed worker lets its database go a moment later. */
const mostWaitMs = 3000;

/**
 * @param stop - ends the worker, so that nothing is written any more
 * @param leave - goes to an empty page that takes this one's place in the tab's history
 */
export async function wipe(stop: () => void, leave: () => void = () => location.replace('about:blank')): Promise<void> {
  stop();
  document.body.replaceChildren();
  document.title = '';
  try {
    await Promise.race([removeDatabases(), new Promise((resolve) => setTimeout(resolve, mostWaitMs))]);
  } finally {
    leave();
  }
}

async function removeDatabases(): Promise<void> {
  if (!('indexedDB' in globalThis)) return;
  try {
    await ended(indexedDB.deleteDatabase(databaseName));
  } catch {
    // A page without storage has nothing to erase.
  }
}

function ended(request: IDBOpenDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve());
    request.addEventListener('error', () => reject(new Error('not erased')));
  });
}
