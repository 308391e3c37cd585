/**
 * Kysely over `node:sqlite`: no native dependency. Write-ahead log with `synchronous=FULL`, so that what a transaction
 * answered survives a power cut (https://sqlite.org/pragma.html#pragma_synchronous).
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';

/** Opens or makes the database file. The caller ends it with `destroy()`. */
export function openSqlite<Schema>(file: string): Kysely<Schema> {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;');
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database: asKyselyDatabase(database) }) });
}

type KyselyDatabase = Exclude<ConstructorParameters<typeof SqliteDialect>[0]['database'], (...words: never[]) => unknown>;
type Statement = ReturnType<KyselyDatabase['prepare']>;

/** The subset of a database that Kysely's SQLite dialect asks for. Values are bound, so the texts are few: each is prepared once. */
function asKyselyDatabase(database: DatabaseSync): KyselyDatabase {
  const statements = new Map<string, Statement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = statements.get(sql) ?? prepare(database, sql);
      statements.set(sql, known);
      return known;
    },
  };
}

function prepare(database: DatabaseSync, sql: string): Statement {
  const statement = database.prepare(sql);
  return {
    reader: statement.columns().length > 0,
    all: (values) => statement.all(...(values as SQLInputValue[])),
    run: (values) => statement.run(...(values as SQLInputValue[])),
    iterate: (values) => statement.iterate(...(values as SQLInputValue[])),
  };
}
