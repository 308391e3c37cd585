/**
 * The sealed vault: parcels as they came, records under the vault key, released media. No plaintext ever touches the
 * disk, and no name in it says anything.
 *
 *     vault/parcels/<xx>/<parcel name>   vault/records/<id>.sealed   vault/released/<id>.sealed   vault/lock
 *
 * Contract: `save` MUST come after the parcels of what it saves are durable, and before anything is acknowledged.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Secret, FormatError, parseJson, toHex } from '@zajil/format';
import type { Random } from '@zajil/keys';
import { FolderLock, makeFolderDurably } from '@zajil/log';
import { OpenError } from '@zajil/open';
import { exhibitSchema } from '../exhibit/exhibit-record.ts';
import { Exhibit } from '../exhibit/exhibit.ts';
import { DeskError, writing } from '../refusal.ts';
import { type ReleaseRecord, releaseSchema } from '../release/release-record.ts';
import { type DeskRecord, deskSchema, emptyDesk } from './desk-record.ts';
import { ParcelStore } from './parcel-store.ts';
import { RecordStore, drawId } from './record-store.ts';

const anyRecord = v.variant('kind', [exhibitSchema, releaseSchema, deskSchema]);

export class Vault {
  readonly parcels: ParcelStore;
  readonly exhibits = new Map<string, Exhibit>();
  readonly releases = new Map<string, ReleaseRecord>();
  /** Names of every parcel held, hex. */
  readonly names = new Set<string>();
  desk: DeskRecord = emptyDesk;
  damaged = 0;
  readonly #records: RecordStore;
  readonly #byDispatch = new Map<string, Exhibit>();
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #random: Random;
  #deskId: string;

  private constructor(folder: string, key: Secret, random: Random, lock: FolderLock) {
    this.parcels = new ParcelStore(join(folder, 'parcels'));
    this.#records = new RecordStore({ folder: join(folder, 'records'), key, random });
    this.#folder = folder;
    this.#lock = lock;
    this.#random = random;
    this.#deskId = drawId(random);
  }

  /** So that nobody else opens the vault in this folder, nor writes what belongs to it. @throws DeskError `DESK_IN_USE`, `DESK_DISK` */
  static async lock(folder: string): Promise<FolderLock> {
    await writing(async () => makeFolderDurably(join(folder, 'released')));
    const lock = FolderLock.take(folder);
    if (lock) return lock;
    throw new DeskError(
      'DESK_IN_USE',
      'Another desk has this newsroom open. Nothing was changed. Close it, or lock it there, and try again.',
    );
  }

  /** @param options.lock - from `Vault.lock`; released when this throws, and by `close`. @throws DeskError `DESK_DISK` */
  static async open(options: { folder: string; key: Secret; random: Random; lock: FolderLock }): Promise<Vault> {
    const { lock } = options;
    const vault = new Vault(options.folder, options.key, options.random, lock);
    try {
      await vault.#load();
    } catch (error) {
      lock.release();
      throw error;
    }
    return vault;
  }

  async #load(): Promise<void> {
    const { records, damaged } = await this.#records.all();
    this.damaged = damaged;
    for (const { id, text } of records) {
      try {
        this.#take(id, parseJson(anyRecord, text));
      } catch (error) {
        if (!(error instanceof FormatError) && !(error instanceof OpenError)) throw error;
        this.damaged += 1;
      }
    }
  }

  #take(id: string, record: v.InferOutput<typeof anyRecord>): void {
    if (record.kind === 'exhibit') return this.#know(Exhibit.fromRecord(id, record));
    if (record.kind === 'release') {
      this.releases.set(id, record);
      return;
    }
    this.#deskId = id;
    this.desk = record;
  }

  #know(exhibit: Exhibit): void {
    this.exhibits.set(exhibit.id, exhibit);
    this.#byDispatch.set(toHex(exhibit.dispatch), exhibit);
    for (const name of exhibit.names()) this.names.add(name);
  }

  /** @throws DeskError `DESK_NO_EXHIBIT` */
  exhibit(id: string): Exhibit {
    const exhibit = this.exhibits.get(id);
    if (!exhibit)
      throw new DeskError(
        'DESK_NO_EXHIBIT',
        'There is no such exhibit in this vault. Nothing was changed. Look in the list for its number.',
      );
    return exhibit;
  }

  /** The exhibit of this dispatch, a new one when it is the first that came of it. */
  exhibitOf(dispatch: Uint8Array, quarter: number): Exhibit {
    const known = this.#byDispatch.get(toHex(dispatch));
    if (known) return known;
    const exhibit = new Exhibit(this.#freshId(), dispatch, quarter);
    this.#know(exhibit);
    return exhibit;
  }

  /** Takes back an exhibit in which nothing could be placed. */
  forgetEmpty(exhibit: Exhibit): void {
    if (exhibit.streams.size > 0) return;
    this.exhibits.delete(exhibit.id);
    this.#byDispatch.delete(toHex(exhibit.dispatch));
  }

  #freshId(): string {
    let id = drawId(this.#random);
    while (this.exhibits.has(id) || this.releases.has(id)) id = drawId(this.#random);
    return id;
  }

  /** Durable when it resolves. @throws DeskError `DESK_DISK` */
  async saveExhibit(exhibit: Exhibit): Promise<void> {
    const text = JSON.stringify(exhibit.toRecord());
    // What the record says is here must be.
    await this.parcels.flush();
    await this.#records.put(exhibit.id, text);
  }

  async saveDesk(desk: DeskRecord): Promise<void> {
    await this.#records.put(this.#deskId, JSON.stringify(desk));
  }

  /** @param id - absent for a new one. Returns its id in the vault. */
  async saveRelease(record: ReleaseRecord, id: string = this.#freshId()): Promise<string> {
    await this.#records.put(id, JSON.stringify(record));
    this.releases.set(id, record);
    return id;
  }

  /** Path of a released medium, which is sealed. */
  blobPath(blob: string): string {
    return join(this.#folder, 'released', `${blob}.sealed`);
  }

  async removeBlob(blob: string): Promise<void> {
    await rm(this.blobPath(blob), { force: true });
  }

  close(): void {
    this.#lock.release();
  }
}
