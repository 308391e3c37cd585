/** Changes that come in together become durable together: one transaction, and so one flush of the disk, for them all. */
import type { Kysely, Transaction } from 'kysely';

interface Waiting<Schema> {
  /** Makes the change; what it returns says so to whoever waits. */
  readonly run: (change: Transaction<Schema>) => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

/** MUST: a change resolves only once its transaction is committed, and when that fails, none of the group is made. */
export class GroupCommit<Schema> {
  readonly #db: Kysely<Schema>;
  #waiting: Waiting<Schema>[] = [];

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async commit<T>(change: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = async (transaction: Transaction<Schema>): Promise<() => void> => {
      const value = await change(transaction);
      return () => resolve(value);
    };
    this.#waiting.push({ run, fail: reject });
    // Whatever arrived while the last group was being flushed has been read by then.
    if (this.#waiting.length === 1) setImmediate(() => void this.#commitGroup());
    return await promise;
  }

  async #commitGroup(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      const committed = await this.#db.transaction().execute(async (transaction) => {
        const made = [];
        for (const { run } of group) made.push(await run(transaction));
        return made;
      });
      for (const tell of committed) tell();
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
}
