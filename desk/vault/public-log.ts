/**
 * The newsroom's own public log in `D/log`: commitments to originals, and releases. An entry is noted in a record first
 * and appended after; a kill in between is healed by looking for the entry before appending it again.
 */
import { join } from 'node:path';
import { equalBytes, toHex } from '@zajil/format';
import { type NoteSigner, FolderTiles, TileLog, makeFolderDurably } from '@zajil/log';
import { writing } from '../refusal.ts';

export interface LogProof {
  readonly index: number;
  /** Hashes of the inclusion proof, hex. */
  readonly proof: readonly string[];
}

export class PublicLog {
  readonly #log: TileLog;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(log: TileLog) {
    this.#log = log;
  }

  /** @throws DeskError `DESK_DISK`; LogError when its files are damaged */
  static async open(folder: string, signer: NoteSigner): Promise<PublicLog> {
    return writing(async () => {
      await makeFolderDurably(join(folder, 'log'));
      return new PublicLog(await TileLog.open(new FolderTiles(join(folder, 'log')), signer));
    });
  }

  get size(): number {
    return this.#log.size;
  }

  async checkpoint(): Promise<string> {
    return this.#log.checkpoint();
  }

  /**
   * Index of each entry, appended when it is not there.
   *
   * @param look - whether the entries may be there already, as after a kill; looking reads the log from its end
   */
  async include(entries: readonly Uint8Array[], look: boolean): Promise<number[]> {
    const work = async () => this.#include(entries, look);
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #include(entries: readonly Uint8Array[], look: boolean): Promise<number[]> {
    const found = look ? await this.#find(entries) : new Map<string, number>();
    const missing = entries.filter((entry) => !found.has(toHex(entry)));
    if (missing.length > 0) {
      const { first } = await writing(async () => this.#log.append(missing));
      for (const [i, entry] of missing.entries()) found.set(toHex(entry), first + i);
    }
    return entries.map((entry) => found.get(toHex(entry)) ?? -1);
  }

  async #find(entries: readonly Uint8Array[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let index = this.#log.size - 1; index >= 0 && found.size < entries.length; index -= 1) {
      const there = await this.#log.entry(index);
      if (entries.some((entry) => equalBytes(entry, there))) found.set(toHex(there), index);
    }
    return found;
  }

  /** Proofs under one checkpoint. */
  async prove(indexes: readonly number[]): Promise<{ checkpoint: string; proofs: LogProof[] }> {
    const size = this.#log.size;
    const checkpoint = await this.#log.checkpoint();
    const proofs: LogProof[] = [];
    for (const index of indexes) proofs.push({ index, proof: (await this.#log.proveInclusion(index, size)).map(toHex) });
    return { checkpoint, proofs };
  }
}
