/** A log's files in a folder, laid out as C2SP tlog-tiles, so that any static web server can publish it. Node only. */
import { dirname, join } from 'node:path';
import { makeFolderDurably, readOrNull, writeDurably } from './durable-file.node.ts';
import { checkpointPath, parseTilePath } from './tile-path.ts';
import type { TileStore } from './tile-store.ts';

export class FolderTiles implements TileStore {
  readonly #folder: string;

  /** @param folder - made when first written to */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(path: string): Promise<Uint8Array | null> {
    return readOrNull(this.#locate(path));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = this.#locate(path);
    await makeFolderDurably(dirname(file));
    await writeDurably(file, bytes);
  }

  /** Only paths that a log has: nothing from outside can climb out of the folder. */
  #locate(path: string): string {
    if (path !== checkpointPath && parseTilePath(path) === null) throw new RangeError('a log has no such file');
    return join(this.#folder, ...path.split('/'));
  }
}
