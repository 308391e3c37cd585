/**
 * Where pieces from anywhere become parcels, and parcels exhibits: the tray takes what is not whole, filing what became
 * whole, and of what came by hand it is noted that a relay is due it. `docs/protocol.md` section "Collect".
 */
import { type NameHex, giveBack, quarterOf } from '@zajil/format';
import type { Filed, Filing } from '../collect/filing.ts';
import type { Vault } from '../vault/vault.ts';
import type { Due } from './due.ts';
import type { Piece } from './pieces-on-disk.ts';
import type { Tray } from './tray.ts';

export interface UniterOptions {
  readonly vault: Vault;
  readonly tray: Tray;
  readonly due: Due;
  readonly filing: Filing;
  readonly now: () => number;
  /** Called for every parcel that became whole. */
  readonly onFiled: (result: Filed, bytes: number) => void;
  /** Makes durable what was filed. */
  readonly save: () => Promise<void>;
}

/** By which way a parcel came that no relay gave whole: stands in its record in the place of a relay's address. */
export type Way = 'card' | 'pieces';

export interface Taken {
  readonly fresh: number;
  readonly known: number;
  /** Did this make the parcel whole? */
  readonly whole: boolean;
}

/** As many parcels are filed at once: hides the disk's time, and holds as many MiB. */
const mostAtWork = 4;
/** As many parcels may be filed before they are saved. */
const mostUnsaved = 64;
/** In the record of what was refused: had to make room for others, and may come again. */
export const trayFull = 'TRAY_FULL';

export class Uniter {
  readonly #options: UniterOptions;
  /** What is refused by name, and what is being filed: nothing more of it is wanted. */
  readonly #over: Set<NameHex>;
  readonly #atWork = new Set<Promise<void>>();
  #saving: Promise<void> | null = null;
  #fault: unknown = null;
  /** Filed or refused, and in the tray until that is saved. */
  #decided: NameHex[] = [];

  constructor(options: UniterOptions) {
    this.#options = options;
    const named = options.vault.desk.refused.filter(({ code }) => code !== trayFull);
    this.#over = new Set(named.map(({ name }) => name));
  }

  /** Is nothing of this parcel wanted any more? */
  isDecided(name: NameHex): boolean {
    return this.#options.vault.names.has(name) || this.#over.has(name);
  }

  /** @param head - a head's file, whose hash is `name`. @throws DeskError `DESK_DISK` */
  async take(name: NameHex, head: Uint8Array, pieces: readonly Piece[], way: Way): Promise<Taken> {
    if (this.isDecided(name)) return { fresh: 0, known: pieces.length, whole: false };
    const { tray, filing } = this.#options;
    const { fresh, known, parcel } = await tray.add(head, pieces);
    for (const dropped of tray.takeDropped()) filing.refuse(dropped, trayFull);
    if (parcel) await this.#begin(name, head, parcel, way);
    return { fresh, known, whole: parcel !== null };
  }

  async #begin(name: NameHex, head: Uint8Array, parcel: Uint8Array, way: Way): Promise<void> {
    this.#over.add(name);
    const work = this.#file(name, head, parcel, way)
      .catch((error: unknown) => {
        // Its pieces stay in the tray.
        this.#over.delete(name);
        this.#fault ??= error;
      })
      .finally(() => this.#atWork.delete(work));
    this.#atWork.add(work);
    if (this.#atWork.size >= mostAtWork) await Promise.race(this.#atWork);
    if (this.#options.filing.unsaved >= mostUnsaved) await this.#saveBeside();
    if (this.#fault !== null) throw this.#fault;
  }

  /** The quarter that decides which keys are tried is the desk's own: no relay's word came with the pieces. */
  async #file(name: NameHex, head: Uint8Array, parcel: Uint8Array, way: Way): Promise<void> {
    const { filing, now, onFiled, due } = this.#options;
    const listed = { seq: 0, name, bytes: parcel.length, salt: '00'.repeat(16), quarter: quarterOf(now()) };
    const result = await filing.fileProved(listed, way, parcel);
    onFiled(result, parcel.length);
    giveBack(parcel);
    if (result === 'filed') await due.add(name, head);
    this.#decided.push(name);
  }

  /** Reading goes on while the disk works, but not past the next save. */
  async #saveBeside(): Promise<void> {
    if (this.#saving && this.#options.filing.unsaved < 2 * mostUnsaved) return;
    await this.#saving;
    this.#saving = this.#save()
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .finally(() => {
        this.#saving = null;
      });
  }

  /** Makes everything durable; what is decided leaves the tray then. @throws DeskError `DESK_DISK` */
  async settle(): Promise<void> {
    const { tray } = this.#options;
    await this.#saving;
    await tray.flush();
    await this.#save();
    // Whole at a relay meanwhile, and filed from there.
    for (const name of tray.names()) if (this.isDecided(name)) await tray.drop(name);
    if (this.#fault !== null) throw this.#fault;
  }

  async #save(): Promise<void> {
    const { tray, save } = this.#options;
    await Promise.all(this.#atWork);
    const decided = this.#decided;
    this.#decided = [];
    await save();
    for (const name of decided) await tray.drop(name);
  }
}
