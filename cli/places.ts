/** Where the built pages stand beside this code, in a checkout. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

export const cliEntry: string = join(root, 'cli', 'zajil.ts');
export const sharedFootage: string = join(root, '..', 'shared', 'footage');

/** The built page of a room, or undefined when it was not built. */
export function builtPage(room: 'field' | 'desk/ui' | 'verify/page'): string | undefined {
  const path = join(root, room, 'dist', 'index.html');
  return existsSync(path) ? path : undefined;
}
