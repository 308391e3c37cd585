/**
 * Parcels as they came: the very bytes that the phone sealed, at `<first two hex>/<name>`. The name is public to the
 * relay; what opens a parcel stands in the records.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ciphertext, type NameHex, asCiphertext } from '@zajil/format';
import { makeFolderDurably } from '@zajil/log';
import { flushFiles, flushFolders } from '../flush-path.ts';
import { DeskError, writing } from '../refusal.ts';

export class ParcelStore {
  readonly #folder: string;
  /** Written, and perhaps not on the disk itself; and by which write. */
  readonly #loose = new Map<NameHex, number>();
  #writes = 0;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(name: NameHex): string {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('a name is 64 hex characters');
    return join(this.#folder, name.slice(0, 2), name);
  }

  /** Durable after `flush`: parcels prove themselves, and until a record says that one is here it comes again. @throws DeskError `DESK_DISK` */
  async put(name: NameHex, parcel: Ciphertext): Promise<void> {
    await writing(async () => {
      await this.#makeFolder(name.slice(0, 2));
      const temporary = `${this.#path(name)}.${randomBytes(6).toString('hex')}.tmp`;
      try {
        await writeFile(temporary, parcel, { mode: 0o600, flag: 'wx' });
        await rename(temporary, this.#path(name));
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    });
    this.#loose.set(name, (this.#writes += 1));
  }

  /** Makes everything durable that was put. Call it before a record says so. @throws DeskError `DESK_DISK` */
  async flush(): Promise<void> {
    const loose = [...this.#loose];
    const names = loose.map(([name]) => name);
    const folders = [...new Set(names.map((name) => join(this.#folder, name.slice(0, 2))))];
    await writing(async () => {
      await flushFiles(names.map((name) => this.#path(name)));
      await flushFolders(folders);
    });
    // Written again meanwhile: then it waits for the next time.
    for (const [name, write] of loose) if (this.#loose.get(name) === write) this.#loose.delete(name);
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await makeFolderDurably(join(this.#folder, folder));
    this.#made.add(folder);
  }

  async remove(name: NameHex): Promise<void> {
    this.#loose.delete(name);
    await rm(this.#path(name), { force: true });
  }

  /** @throws DeskError `DESK_VANISHED` */
  async get(name: NameHex): Promise<Ciphertext> {
    return this.#orVanished(async () => {
      const { buffer, byteOffset, length } = await readFile(this.#path(name));
      return asCiphertext(new Uint8Array(buffer, byteOffset, length));
    });
  }

  /** A part of the parcel; shorter only at its end. @throws DeskError `DESK_VANISHED` */
  async range(name: NameHex, offset: number, length: number): Promise<Uint8Array> {
    return this.#orVanished(async () => {
      const file = await open(this.#path(name), 'r');
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    });
  }

  async #orVanished<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new DeskError(
        'DESK_VANISHED',
        'A sealed file of the vault is gone or cannot be read. The records still say what it was; nothing else is touched. Restore the vault from a copy.',
        cause,
      );
    }
  }
}
