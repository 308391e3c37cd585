/** The relay's index in one SQLite file. The contract is `relay-index.ts`; `docs/protocol.md` section "Relay". */
import { type Kysely, type Selectable, type Generated, sql } from 'kysely';
import { GroupCommit } from './group-commit.ts';
import type { Batch, NewsroomRecord, ParcelRow, ParcelState, RelayIndex, TakenParcel } from './relay-index.ts';
import { openSqlite } from './sqlite.ts';

interface ParcelTable {
  seq: Generated<number>;
  name: Uint8Array;
  bytes: number;
  salt: Uint8Array;
  quarter: number;
  signature: Uint8Array;
  leaf: number | null;
  state: ParcelState;
}

interface Schema {
  parcels: ParcelTable;
  batches: { first: number; size: number; seed: Uint8Array };
  messages: { address: Uint8Array; message: Uint8Array };
  newsroom: { id: number; roster: string; doors: string };
  intake_keys: { place: number; key: Uint8Array };
  nonces: { nonce: string; until: number };
}

/** `autoincrement`, so that a `seq` is never used again. Tables whose key is no number have no hidden row id to tell an order of arrival. */
const tables = [
  `create table if not exists parcels (seq integer primary key autoincrement, name blob not null unique, bytes integer not null,
    salt blob not null, quarter integer not null, signature blob not null, leaf integer unique, state text not null)`,
  'create index if not exists parcels_waiting on parcels (seq) where leaf is null',
  "create index if not exists parcels_by_age on parcels (quarter) where state = 'held'",
  'create table if not exists batches (first integer primary key, size integer not null, seed blob not null)',
  'create table if not exists messages (address blob primary key, message blob not null) without rowid',
  'create table if not exists newsroom (id integer primary key check (id = 1), roster text not null, doors text not null)',
  'create table if not exists intake_keys (place integer primary key, key blob not null)',
  'create table if not exists nonces (nonce text primary key, until integer not null) without rowid',
];

export class SqliteIndex implements RelayIndex {
  readonly #db: Kysely<Schema>;
  readonly #together: GroupCommit<Schema>;
  /** The quarter in which nonces that are over were last forgotten. */
  #swept = -1;

  private constructor(db: Kysely<Schema>) {
    this.#db = db;
    this.#together = new GroupCommit(db);
  }

  static async open(file: string): Promise<SqliteIndex> {
    const db = openSqlite<Schema>(file);
    for (const table of tables) await sql.raw(table).execute(db);
    return new SqliteIndex(db);
  }

  async take(parcel: TakenParcel): Promise<ParcelRow> {
    const { salt, quarter, signature } = parcel.promised;
    return await this.#together.commit(async (change) => {
      await change
        .insertInto('parcels')
        .values({ name: parcel.name, bytes: parcel.bytes, salt, quarter, signature, leaf: null, state: 'held' })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      return toParcel(await named(change, parcel.name).executeTakeFirstOrThrow());
    });
  }

  async find(name: Uint8Array): Promise<ParcelRow | null> {
    const row = await named(this.#db, name).executeTakeFirst();
    return row ? toParcel(row) : null;
  }

  async parcelsAfter(after: number, most: number): Promise<ParcelRow[]> {
    const rows = await this.#held().where('seq', '>', after).orderBy('seq').limit(most).execute();
    return rows.map(toParcel);
  }

  async heldBytes(): Promise<number> {
    const sum = this.#db.selectFrom('parcels').where('state', '=', 'held');
    const row = await sum.select((select) => select.fn.sum<number | null>('bytes').as('bytes')).executeTakeFirstOrThrow();
    return row.bytes ?? 0;
  }

  async parcelsBefore(quarter: number, most: number): Promise<ParcelRow[]> {
    const rows = await this.#held().where('quarter', '<', quarter).orderBy('quarter').limit(most).execute();
    return rows.map(toParcel);
  }

  async letGo(name: Uint8Array, state: 'gone' | 'expired'): Promise<void> {
    await this.#db.updateTable('parcels').set({ state }).where('name', '=', name).where('state', '=', 'held').execute();
  }

  async waiting(): Promise<ParcelRow[]> {
    const rows = await this.#db.selectFrom('parcels').selectAll().where('leaf', 'is', null).orderBy('seq').execute();
    return rows.map(toParcel);
  }

  async plan(batch: Batch, leaves: readonly { readonly name: Uint8Array; readonly leaf: number }[]): Promise<void> {
    await this.#db.transaction().execute(async (change) => {
      const last = await change.selectFrom('batches').selectAll().orderBy('first', 'desc').limit(1).executeTakeFirst();
      if (last && last.first + last.size !== batch.first) throw new RangeError('a batch begins where the last one ended');
      await change.insertInto('batches').values({ first: batch.first, size: batch.size, seed: batch.seed }).execute();
      for (const { name, leaf } of leaves) await change.updateTable('parcels').set({ leaf }).where('name', '=', name).execute();
    });
  }

  async lastBatch(): Promise<Batch | null> {
    return (await this.#db.selectFrom('batches').selectAll().orderBy('first', 'desc').limit(1).executeTakeFirst()) ?? null;
  }

  async batchesFrom(from: number, most: number): Promise<Batch[]> {
    return await this.#db.selectFrom('batches').selectAll().where('first', '>=', from).orderBy('first').limit(most).execute();
  }

  async leavesBetween(first: number, end: number): Promise<ParcelRow[]> {
    const rows = this.#db.selectFrom('parcels').selectAll().where('leaf', '>=', first).where('leaf', '<', end);
    return (await rows.orderBy('leaf').execute()).map(toParcel);
  }

  async putMessage(address: Uint8Array, message: Uint8Array): Promise<void> {
    const insert = this.#db.insertInto('messages').values({ address, message });
    await insert.onConflict((conflict) => conflict.column('address').doUpdateSet({ message })).execute();
  }

  async message(address: Uint8Array): Promise<Uint8Array | null> {
    const row = await this.#db.selectFrom('messages').select('message').where('address', '=', address).executeTakeFirst();
    return row?.message ?? null;
  }

  async newsroom(): Promise<NewsroomRecord | null> {
    const row = await this.#db.selectFrom('newsroom').selectAll().executeTakeFirst();
    if (!row) return null;
    const keys = await this.#db.selectFrom('intake_keys').select('key').orderBy('place').execute();
    return { roster: row.roster, doors: row.doors, keys: keys.map(({ key }) => key) };
  }

  async setNewsroom({ roster, doors, keys }: NewsroomRecord): Promise<void> {
    await this.#db.transaction().execute(async (change) => {
      const insert = change.insertInto('newsroom').values({ id: 1, roster, doors });
      await insert.onConflict((conflict) => conflict.column('id').doUpdateSet({ roster, doors })).execute();
      await change.deleteFrom('intake_keys').execute();
      for (const [place, key] of keys.entries()) await change.insertInto('intake_keys').values({ place, key }).execute();
    });
  }

  async useNonce(nonce: string, until: number, quarter: number): Promise<boolean> {
    return await this.#together.commit(async (change) => {
      if (this.#swept !== quarter) await change.deleteFrom('nonces').where('until', '<', quarter).execute();
      this.#swept = quarter;
      const insert = change.insertInto('nonces').values({ nonce, until });
      const result = await insert.onConflict((conflict) => conflict.column('nonce').doNothing()).executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  #held() {
    return this.#db.selectFrom('parcels').selectAll().where('state', '=', 'held');
  }
}

function named(db: Kysely<Schema>, name: Uint8Array) {
  return db.selectFrom('parcels').selectAll().where('name', '=', name);
}

function toParcel(row: Selectable<ParcelTable>): ParcelRow {
  const { seq, name, bytes, salt, quarter, signature, leaf, state } = row;
  return { seq, name, bytes, promised: { salt, quarter, signature }, leaf, state };
}
