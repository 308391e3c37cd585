import { describe } from 'vitest';
import { IndexedDbSpool } from './indexed-db-spool.ts';
import { spoolSuite } from './spool.suite.ts';

const names = new WeakMap<object, string>();

async function open(name: string): Promise<IndexedDbSpool> {
  const spool = await IndexedDbSpool.open(name);
  names.set(spool, name);
  return spool;
}

describe('a spool in IndexedDB', () =>
  spoolSuite(
    () => open(`spool-${crypto.randomUUID()}`),
    (spool) => {
      (spool as IndexedDbSpool).close();
      return open(names.get(spool) ?? '');
    },
  ));
