import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { GroupCommit } from './group-commit.ts';
import { freshFolder } from './rig.ts';
import { openSqlite } from './sqlite.ts';

interface Schema {
  things: { name: string };
}

async function open() {
  const db = openSqlite<Schema>(join(await freshFolder(), 'things.db'));
  onTestFinished(async () => await db.destroy());
  await sql`create table things (name text not null unique)`.execute(db);
  const commits = new GroupCommit(db);
  const add = async (name: string) =>
    await commits.commit(async (change) => {
      await change.insertInto('things').values({ name }).execute();
      return name;
    });
  return { add, names: async () => (await db.selectFrom('things').selectAll().execute()).map(({ name }) => name) };
}

test('changes of one moment are made in order, each with its own answer, and later ones after them', async () => {
  const { add, names } = await open();
  expect(await Promise.all(['a', 'b', 'c'].map(add))).toEqual(['a', 'b', 'c']);
  expect(await names()).toEqual(['a', 'b', 'c']);
  expect(await add('d')).toBe('d');
});

test('when the group cannot be committed nobody is told that it was, and the next group goes on', async () => {
  const { add, names } = await open();
  const results = await Promise.allSettled(['a', 'a', 'b'].map(add));
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await names()).toEqual([]);
  expect(await add('a')).toBe('a');
});
