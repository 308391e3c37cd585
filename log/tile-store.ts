/** Where a log's files lie. The log trusts a store for nothing but staying: a hostile one can stop it, not fork it. */

/**
 * Contract: when `write` resolves, the bytes are durable and whole; when the machine stops in the middle of it, either
 * the old or the new bytes are there. When it rejects, either are there too, and no later change comes of it. `read`
 * sees what was written. Paths are those of `tile-path.ts`.
 */
export interface TileStore {
  /** A copy, or null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  write(path: string, bytes: Uint8Array): Promise<void>;
}

/** A store in memory: for trees that are built, proved from, and dropped. */
export class MemoryTiles implements TileStore {
  readonly #files = new Map<string, Uint8Array>();

  async read(path: string): Promise<Uint8Array | null> {
    return this.#files.get(path)?.slice() ?? null;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(path, bytes.slice());
  }

  /** A store with the same files, for "what if it had stopped here". */
  copy(): MemoryTiles {
    const copy = new MemoryTiles();
    for (const [path, bytes] of this.#files) copy.#files.set(path, bytes.slice());
    return copy;
  }

  get paths(): string[] {
    return [...this.#files.keys()];
  }
}
