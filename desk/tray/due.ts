/**
 * Parcels that were filed without a relay knowing of them, from cards, and that a relay is due: a phone learns by *have*
 * that they are safe, and sends them no more. Of each only the head is kept, beside the tray; its bytes are in the vault.
 * A loss of it costs the phone the sending, nothing else. `docs/protocol.md` section "Collect".
 */
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NameHex } from '@zajil/format';
import { makeFolderDurably } from '@zajil/log';
import { writing } from '../refusal.ts';

const ending = '.due';

export class Due {
  readonly #folder: string;
  readonly #names: Set<NameHex>;
  #isMade = false;

  private constructor(folder: string, names: Set<NameHex>) {
    this.#folder = folder;
    this.#names = names;
  }

  static async open(folder: string): Promise<Due> {
    const files = await readdir(folder).catch(() => []);
    const names = files.filter((file) => /^[0-9a-f]{64}\.due$/.test(file)).map((file) => file.slice(0, -ending.length));
    return new Due(folder, new Set(names));
  }

  names(): NameHex[] {
    return [...this.#names];
  }

  /** @param head - the file of its head. @throws DeskError `DESK_DISK` */
  async add(name: NameHex, head: Uint8Array): Promise<void> {
    await writing(async () => {
      if (!this.#isMade) await makeFolderDurably(this.#folder);
      this.#isMade = true;
      await writeFile(this.#path(name), head, { mode: 0o600 });
    });
    this.#names.add(name);
  }

  /** The head's file, not proved; null when it is gone. */
  async head(name: NameHex): Promise<Uint8Array | null> {
    return this.#names.has(name) ? await readFile(this.#path(name)).catch(() => null) : null;
  }

  async remove(name: NameHex): Promise<void> {
    if (!this.#names.delete(name)) return;
    await rm(this.#path(name), { force: true });
  }

  #path(name: NameHex): string {
    return join(this.#folder, name + ending);
  }
}
