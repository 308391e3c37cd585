/** Parcels as files in folders by the first byte of their name. The contract is `relay-blobs.ts`. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ciphertext, type NameHex, asCiphertext } from '@zajil/format';
import { flushFolder, orNullWhenMissing } from './durable.ts';
import type { RelayBlobs } from './relay-blobs.ts';

export class FolderBlobs implements RelayBlobs {
  readonly #folder: string;
  readonly #made = new Set<string>();

  /** @param folder - on the same file system as the staging folder, since a parcel moves by renaming */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: NameHex, file: string): Promise<void> {
    await this.#makeFolder(name);
    await rename(file, this.#path(name));
    await flushFolder(this.#shelf(name));
  }

  async length(name: NameHex): Promise<number | null> {
    return (await orNullWhenMissing(stat(this.#path(name))))?.size ?? null;
  }

  async read(name: NameHex, from: number, to: number): Promise<Ciphertext | null> {
    const handle = await orNullWhenMissing(open(this.#path(name), 'r'));
    if (!handle) return null;
    try {
      if (from < 0 || to < from || to > (await handle.stat()).size) throw new RangeError('beyond the end of the parcel');
      const bytes = new Uint8Array(to - from);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      if (bytesRead !== bytes.length) throw new RangeError('beyond the end of the parcel');
      return asCiphertext(bytes);
    } finally {
      await handle.close();
    }
  }

  async delete(name: NameHex): Promise<void> {
    await rm(this.#path(name), { force: true });
    await orNullWhenMissing(flushFolder(this.#shelf(name)));
  }

  async #makeFolder(name: NameHex): Promise<void> {
    const shelf = this.#shelf(name);
    if (this.#made.has(shelf)) return;
    await mkdir(shelf, { recursive: true });
    await flushFolder(this.#folder);
    this.#made.add(shelf);
  }

  #shelf(name: NameHex): string {
    return join(this.#folder, name.slice(0, 2));
  }

  #path(name: NameHex): string {
    return join(this.#shelf(name), name);
  }
}
