/** The spool in a browser: one IndexedDB database, strict durability, no index that would order things by time. */
import { type NameHex, pieceBytes } from '@zajil/format';
import type { ParcelNote } from './order.ts';
import { LineError } from './refusal.ts';
import { type Carried, type Spool, type SpooledParcel, checkName, checkNoteKey } from './spool.ts';

type Store = 'parcels' | 'sealed' | 'notes';

interface Sealed {
  readonly head: Uint8Array;
  readonly bytes: Uint8Array;
}

export class IndexedDbSpool implements Spool {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** @param name - of the database. @throws LineError `LINE_STORAGE` where the browser gives no storage */
  static async open(name: string, factory: IDBFactory = indexedDB): Promise<IndexedDbSpool> {
    const request = factory.open(name, 1);
    request.addEventListener('upgradeneeded', () => {
      for (const store of ['parcels', 'sealed', 'notes'] satisfies Store[]) request.result.createObjectStore(store);
    });
    return new IndexedDbSpool(await answer(request));
  }

  close(): void {
    this.#database.close();
  }

  async put(note: ParcelNote, head: Uint8Array, bytes: Uint8Array): Promise<void> {
    const name = checkName(note.name);
    const stores = this.#write('parcels', 'sealed');
    const known = await answer(stores.get('parcels').getKey(name));
    if (known === undefined) {
      stores.get('parcels').put({ ...note, carried: null } satisfies SpooledParcel, name);
      stores.get('sealed').put({ head: head.slice(), bytes: bytes.slice() } satisfies Sealed, name);
    }
    await stores.done;
  }

  async list(): Promise<SpooledParcel[]> {
    return (await answer(this.#read('parcels').getAll())) as SpooledParcel[];
  }

  async readHead(name: NameHex): Promise<Uint8Array | null> {
    return (await this.#sealed(name))?.head ?? null;
  }

  async readPieces(name: NameHex, indices: readonly number[]): Promise<Uint8Array[] | null> {
    const sealed = await this.#sealed(name);
    return sealed ? indices.map((index) => sealed.bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes)) : null;
  }

  async keep(name: NameHex, carried: Carried): Promise<void> {
    const stores = this.#write('parcels', 'sealed');
    const parcel = (await answer(stores.get('parcels').get(name))) as SpooledParcel | undefined;
    if (parcel) {
      stores.get('parcels').put({ ...parcel, carried } satisfies SpooledParcel, name);
      stores.get('sealed').delete(name);
    }
    await stores.done;
  }

  async remove(name: NameHex): Promise<void> {
    const stores = this.#write('parcels', 'sealed');
    stores.get('parcels').delete(name);
    stores.get('sealed').delete(name);
    await stores.done;
  }

  async getNote(key: string): Promise<string | null> {
    return ((await answer(this.#read('notes').get(checkNoteKey(key)))) as string | undefined) ?? null;
  }

  async setNote(key: string, text: string | null): Promise<void> {
    const stores = this.#write('notes');
    if (text === null) stores.get('notes').delete(checkNoteKey(key));
    else stores.get('notes').put(text, checkNoteKey(key));
    await stores.done;
  }

  async listNotes(prefix: string): Promise<string[]> {
    const keys = (await answer(this.#read('notes').getAllKeys(IDBKeyRange.lowerBound(prefix)))) as string[];
    return keys.filter((key) => key.startsWith(prefix));
  }

  async #sealed(name: NameHex): Promise<Sealed | undefined> {
    return (await answer(this.#read('sealed').get(name))) as Sealed | undefined;
  }

  #read(store: Store): IDBObjectStore {
    return this.#database.transaction(store, 'readonly').objectStore(store);
  }

  #write(...stores: Store[]): { get(store: Store): IDBObjectStore; done: Promise<void> } {
    const transaction = this.#database.transaction(stores, 'readwrite', { durability: 'strict' });
    const done = new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(new LineError('LINE_STORAGE', transaction.error)));
    });
    // A request that fails first rejects on its own; the transaction's end is then nobody's to await.
    done.catch(() => undefined);
    return { get: (store) => transaction.objectStore(store), done };
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(new LineError('LINE_STORAGE', request.error)));
  });
}
