/** Work that must not run beside its like: one after the other, each whether or not the one before it failed. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  async take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Waits for what was begun. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
