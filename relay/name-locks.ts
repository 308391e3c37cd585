/** One at a time for each name: two bags that carry the same parcel take turns on it, and never wait for another's. */
import type { NameHex } from '@zajil/format';

export class NameLocks {
  readonly #last = new Map<NameHex, Promise<unknown>>();

  /** Is somebody at work on this name, or waiting to be? */
  busy(name: NameHex): boolean {
    return this.#last.has(name);
  }

  async with<T>(name: NameHex, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const turn = before ? before.then(work, work) : work();
    this.#last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(name) === turn) this.#last.delete(name);
    }
  }
}
