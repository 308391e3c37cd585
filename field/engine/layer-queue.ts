/** Makes small layers one after the other, what tells most first: memory holds one picture or film at a time. */

export interface LayerTask {
  /** 0 glance, 1 contact sheet, 2 cut. */
  readonly rank: number;
  /** Of the dispatch; older first. */
  readonly order: number;
  /** MUST NOT reject for what the browser cannot do; a rejection is our own mistake. */
  run(): Promise<void>;
}

export class LayerQueue {
  readonly #tasks: LayerTask[] = [];
  readonly #onFault: (error: unknown) => void;
  #running = false;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  add(...tasks: LayerTask[]): void {
    this.#tasks.push(...tasks);
    if (!this.#running) void this.#work();
  }

  async #work(): Promise<void> {
    this.#running = true;
    for (let task = this.#take(); task; task = this.#take()) {
      try {
        await task.run();
      } catch (error) {
        this.#onFault(error);
      }
    }
    this.#running = false;
  }

  #take(): LayerTask | undefined {
    // Stable: tasks of one dispatch and rank stay in the order of its files.
    this.#tasks.sort((a, b) => a.rank - b.rank || a.order - b.order);
    return this.#tasks.shift();
  }
}
