import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { indexSuite } from './index.suite.ts';
import { freshFolder } from './rig.ts';
import { SqliteIndex } from './sqlite-index.ts';

indexSuite('SQLite', async () => {
  const file = join(await freshFolder(), 'index.db');
  let index = await SqliteIndex.open(file);
  onTestFinished(async () => await index.close());
  const reopen = async (): Promise<SqliteIndex> => {
    await index.close();
    index = await SqliteIndex.open(file);
    return index;
  };
  return { index, reopen };
});
