/**
 * Parcels as they came: the very bytes that the phone sealed, at `<first two hex>/<name>`. The name is public to the
 * relay; what opens a parcel stands in the records.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Ciphertext, type NameHex, asCiphertext } from '@zajil/format';
import { makeFolderDurably, writeDurably } from '@zajil/log';
import { DeskError, writing } from '../refusal.ts';

export class ParcelStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #path(name: NameHex): string {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('a name is 64 hex characters');
    return join(this.#folder, name.slice(0, 2), name);
  }

  /** Durable when it resolves. @throws DeskError `DESK_DISK` */
  async put(name: NameHex, parcel: Ciphertext): Promise<void> {
    await writing(async () => {
      await makeFolderDurably(join(this.#folder, name.slice(0, 2)));
      await writeDurably(this.#path(name), parcel);
    });
  }

  async remove(name: NameHex): Promise<void> {
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
