/**
 * Sealed records: small JSON texts under the vault key, each in a file of a power-of-two size with a random name. A
 * record opens only under its own name. Rewriting one erases what it held: that is how a file key is destroyed.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Secret, fromUtf8, utf8 } from '@zajil/format';
import { type Random, KeysError, openBox, sealBox } from '@zajil/keys';
import { makeFolderDurably, readOrNull, writeDurably } from '@zajil/log';
import { writing } from '../refusal.ts';

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const idPattern = /^[a-km-np-z2-9]{8}$/;
const ending = '.sealed';

/** Eight characters out of 32, without those that look alike: 40 random bits. */
export function drawId(random: Random): string {
  return Array.from(random(8), (byte) => alphabet.charAt(byte & 31)).join('');
}

export function isId(text: string): boolean {
  return idPattern.test(text);
}

export interface RecordFound {
  readonly id: string;
  readonly text: string;
}

export class RecordStore {
  readonly #folder: string;
  readonly #key: Secret;
  readonly #random: Random;
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: { folder: string; key: Secret; random: Random }) {
    this.#folder = options.folder;
    this.#key = options.key;
    this.#random = options.random;
  }

  /** Durable when it resolves; writes of one record follow each other. @throws DeskError `DESK_DISK` */
  async put(id: string, text: string): Promise<void> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const box = sealBox({ key: this.#key, context: `record ${id}` }, utf8(text), this.#random);
    const write = async () =>
      writing(async () => {
        await makeFolderDurably(this.#folder);
        await writeDurably(join(this.#folder, id + ending), box);
      });
    const turn = before.then(write, write);
    this.#turns.set(id, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  async remove(id: string): Promise<void> {
    await rm(join(this.#folder, id + ending), { force: true });
  }

  /** Every record that opens, and how many do not. */
  async all(): Promise<{ records: RecordFound[]; damaged: number }> {
    const names = await readdir(this.#folder).catch(() => []);
    const records: RecordFound[] = [];
    let damaged = 0;
    for (const name of names.filter((file) => file.endsWith(ending) && isId(file.slice(0, -ending.length)))) {
      const id = name.slice(0, -ending.length);
      const text = await this.#open(id);
      if (text === null) damaged += 1;
      else records.push({ id, text });
    }
    return { records, damaged };
  }

  async #open(id: string): Promise<string | null> {
    const box = await readOrNull(join(this.#folder, id + ending)).catch(() => null);
    if (!box) return null;
    try {
      return fromUtf8(openBox({ key: this.#key, context: `record ${id}` }, box));
    } catch (error) {
      if (error instanceof KeysError) return null;
      throw error;
    }
  }
}
