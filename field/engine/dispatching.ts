/**
 * From what a person handed over to sealed parcels: the words at once, then glances, contact sheets and cuts as they are
 * made, then originals part by part as the line takes them.
 */
import { formatWords, fromHex, scopeOfLayer, type Layer, toHex, wordsType } from '@zajil/format';
import {
  announceDispatch,
  type Bell,
  type DispatchRecord,
  forgetDispatch,
  type Newsroom,
  type Spool,
  type SuppliedParcel,
} from '@zajil/line';
import { sealBytes, type SealedParcel } from '@zajil/seal';
import type { Making } from './items.ts';
import { type FileNote, newFileNote, readFileNotes, writeFileNotes } from './file-notes.ts';
import { LayerQueue } from './layer-queue.ts';
import { kindOf, type LayerPlan, mediaTypeOf, planLayers } from './layers.ts';
import { dayOf } from './newsroom-watch.ts';
import { isOtherFile, isSameFile, mustChooseAgain, Original, trimNote } from './original.ts';
import type { FilmedLayers } from './protocol.ts';
import { sealedBytesOf } from './sealed-size.ts';

/** What a person handed over. */
export interface Words {
  readonly text: string;
  readonly place: string;
  readonly urgent: boolean;
  readonly files: readonly File[];
  readonly writtenMs: number;
}

export interface DispatchingOptions {
  readonly spool: Spool;
  readonly bell: Bell;
  readonly nowMs: () => number;
  readonly newsroom: () => Newsroom | null;
  readonly film: (video: Blob) => Promise<FilmedLayers>;
  readonly onChange: () => void;
  readonly onFault: (error: unknown) => void;
}

/** A dispatch of which something is still to be sealed. */
interface Open {
  readonly key: string;
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly order: number;
  readonly urgent: boolean;
  readonly notes: FileNote[];
  /** What is being sealed now; null where the original must be chosen again, or is sealed. */
  readonly sources: (Blob | null)[];
  readonly originals: (Original | null)[];
  readonly pending: { glance: number; cut: number };
  /** Files whose small layers were put to work by this page. */
  readonly layered: Set<number>;
  mismatch: boolean;
}

const none: Making = { glances: 0, cuts: 0, originals: 0, wanted: [], mismatch: false };

export class Dispatching {
  readonly #options: DispatchingOptions;
  readonly #open = new Map<string, Open>();
  readonly #layers: LayerQueue;

  constructor(options: DispatchingOptions) {
    this.#options = options;
    this.#layers = new LayerQueue(options.onFault);
  }

  /** Seals and spools the words, and puts the rest to work. @throws LineError, RosterError when there is no key */
  async begin(key: string, id: Uint8Array, order: number, words: Words): Promise<void> {
    const { spool } = this.#options;
    const { files, urgent } = words;
    const open = newOpen(key, id, order, urgent, files);
    const parcels = await this.#seal(open, { layer: 'words', file: 0, view: 0, type: wordsType }, wordsBytes(words));
    const wholes = files.map((file) => sealedBytesOf(file.size, mediaTypeOf(file)));
    await announceDispatch(spool, { key, id, urgent, order, wholes });
    // Before the words: a phone that dies between the two must still know that there are files to choose again.
    if (files.length > 0) await writeFileNotes(spool, key, open.notes);
    await this.#spool(open, parcels);
    if (files.length === 0) return;
    this.#open.set(key, open);
    for (const [file, blob] of files.entries()) this.#queueLayers(open, file, planLayers(blob, this.#options.film));
  }

  /** Takes up what an earlier page left. */
  async recall(records: readonly DispatchRecord[]): Promise<void> {
    const { spool } = this.#options;
    const parcels = await spool.list();
    const names = new Set(parcels.map((parcel) => parcel.name));
    for (const { key, id, order, urgent } of records) {
      if (id === null) continue;
      // Announced, and killed before its words were spooled: there is nothing of it.
      if (!parcels.some((parcel) => parcel.dispatch === key)) {
        await forgetDispatch(spool, key);
        await spool.setNote(`files/${key}`, null);
        continue;
      }
      const notes = (await readFileNotes(spool, key)).map((note) => trimNote(note, names));
      const blank = () => notes.map(() => null);
      const pending = { glance: 0, cut: 0 };
      const open = {
        key,
        id: fromHex(id),
        order,
        urgent,
        notes,
        sources: blank(),
        originals: blank(),
        pending,
        layered: new Set<number>(),
        mismatch: false,
      };
      if (notes.length > 0) this.#open.set(key, open);
    }
  }

  /** After a run of the sender that broke off: what it was given may not have reached the spool. */
  async reset(): Promise<void> {
    const names = new Set((await this.#options.spool.list()).map((parcel) => parcel.name));
    for (const open of this.#open.values()) {
      for (const [file, note] of open.notes.entries()) open.notes[file] = trimNote(note, names);
      open.originals.fill(null);
    }
  }

  /** An original chosen again. */
  async choose(key: string, file: number, blob: Blob): Promise<void> {
    const open = this.#open.get(key);
    const note = open?.notes[file];
    if (!open || !note || note.sealed || open.sources[file]) return;
    open.mismatch = !(await isSameFile(blob, note, open.id));
    if (!open.mismatch) {
      open.sources[file] = blob;
      if (!open.layered.has(file)) await this.#queueMissingLayers(open, file, blob);
      this.#options.bell.ring();
    }
    this.#options.onChange();
  }

  making(key: string): Making {
    const open = this.#open.get(key);
    if (!open) return none;
    const unsealed = open.notes.map((note, file) => ({ note, file })).filter(({ note }) => !note.sealed);
    return {
      glances: open.pending.glance,
      cuts: open.pending.cut,
      originals: unsealed.filter(({ file }) => open.sources[file]).length,
      wanted: unsealed.filter(({ file }) => !open.sources[file]).map(({ file, note }) => ({ file, aboutBytes: note.about })),
      mismatch: open.mismatch,
    };
  }

  async forget(key: string): Promise<void> {
    if (this.#open.delete(key)) await this.#options.spool.setNote(`files/${key}`, null);
  }

  /** The next parcel of an original; null when none can be sealed now. What was given before is durable by now. */
  async supply(): Promise<SuppliedParcel | null> {
    for (const open of [...this.#open.values()].sort((a, b) => a.order - b.order)) {
      for (const [file, note] of open.notes.entries()) {
        const parcel = note.sealed || !open.sources[file] ? null : await this.#nextOf(open, file);
        if (parcel) return { ...parcel, dispatch: open.key, urgent: open.urgent, order: open.order };
      }
    }
    return null;
  }

  async #nextOf(open: Open, file: number): Promise<SealedParcel | null> {
    try {
      const original = (open.originals[file] ??= await this.#openOriginal(open, file));
      const parcel = await original.next();
      open.notes[file] = parcel ? original.note : original.finish();
      await writeFileNotes(this.#options.spool, open.key, open.notes);
      if (parcel === null) this.#release(open, file);
      return parcel;
    } catch (error) {
      if (!mustChooseAgain(error)) throw error;
      open.mismatch = isOtherFile(error);
      this.#release(open, file);
      return null;
    }
  }

  #release(open: Open, file: number): void {
    open.sources[file] = null;
    open.originals[file] = null;
    this.#options.onChange();
  }

  async #openOriginal(open: Open, file: number): Promise<Original> {
    const blob = open.sources[file];
    const note = open.notes[file];
    if (!blob || !note) throw new RangeError('no such file');
    const recipient = await this.#key('whole');
    return new Original(blob, note, { dispatch: open.id, file, type: mediaTypeOf(blob), recipient });
  }

  async #queueMissingLayers(open: Open, file: number, blob: Blob): Promise<void> {
    const parcels = (await this.#options.spool.list()).filter((parcel) => parcel.dispatch === open.key && parcel.file === file);
    const made = (plan: LayerPlan) => parcels.some((parcel) => parcel.layer === plan.layer && parcel.view === plan.view);
    this.#queueLayers(
      open,
      file,
      planLayers(blob, this.#options.film).filter((plan) => !made(plan)),
    );
  }

  #queueLayers(open: Open, file: number, plans: readonly LayerPlan[]): void {
    open.layered.add(file);
    for (const plan of plans) {
      open.pending[plan.layer] += 1;
      this.#layers.add({ rank: plan.rank, order: open.order, run: () => this.#makeLayer(open, file, plan) });
    }
  }

  async #makeLayer(open: Open, file: number, plan: LayerPlan): Promise<void> {
    try {
      // Once they have the original, less of it tells nothing more.
      const picture = this.#open.has(open.key) ? await plan.make() : null;
      if (!picture || !this.#open.has(open.key)) return;
      const parcels = await this.#seal(open, { layer: plan.layer, file, view: plan.view, type: picture.type }, picture.bytes);
      await this.#spool(open, parcels);
    } finally {
      open.pending[plan.layer] -= 1;
      this.#options.bell.ring();
      this.#options.onChange();
    }
  }

  async #seal(
    open: Pick<Open, 'id'>,
    stream: { layer: Layer; file: number; view: number; type: string },
    content: Uint8Array,
  ): Promise<SealedParcel[]> {
    const recipient = await this.#key(stream.layer);
    return await sealBytes({ dispatch: open.id, ...stream }, content, recipient).finally(() => content.fill(0));
  }

  async #key(layer: Layer): Promise<Uint8Array> {
    const newsroom = this.#options.newsroom();
    if (!newsroom) throw new RangeError('there is no newsroom to seal for yet');
    return await newsroom.intakeKey(scopeOfLayer(layer), dayOf(this.#options.nowMs()));
  }

  async #spool(open: Open, parcels: readonly SealedParcel[]): Promise<void> {
    for (const { name, head, bytes, layer, file, view, part } of parcels) {
      const place = { dispatch: open.key, urgent: open.urgent, order: open.order, layer, file, view, part };
      await this.#options.spool.put({ name: toHex(name), bytes: bytes.length, ...place }, head, bytes);
    }
    this.#options.bell.ring();
  }
}

function newOpen(key: string, id: Uint8Array, order: number, urgent: boolean, files: readonly File[]): Open {
  const notes = files.map((file) => newFileNote(id, file.size));
  const pending = { glance: 0, cut: 0 };
  return {
    key,
    id,
    order,
    urgent,
    notes,
    sources: [...files],
    originals: files.map(() => null),
    pending,
    layered: new Set<number>(),
    mismatch: false,
  };
}

function wordsBytes({ text, place, urgent, files, writtenMs }: Words): Uint8Array {
  const list = files.map((file) => ({ kind: kindOf(file), type: mediaTypeOf(file), name: file.name.slice(0, 200), bytes: file.size }));
  return formatWords({ v: 1, text, written: `${new Date(writtenMs).toISOString().slice(0, 16)}Z`, place, urgent, files: list });
}
