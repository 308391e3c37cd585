/**
 * One original on its way into parcels: reads the chosen file in slices, keeps the note that lets it be resumed, and
 * tells another file from the right one. Nothing of it is copied but the slice that is being sealed.
 */
import { type SealedParcel, SealError, WholeSealer } from '@zajil/seal';
import { type FileNote, partCheck, sizeCheck, tallyPartsOf } from './file-notes.ts';
import { toHex } from '@zajil/format';

/** What is read is not what was sealed. */
class OtherFile extends Error {}

export interface OriginalStream {
  /** 16 bytes. */
  readonly dispatch: Uint8Array;
  readonly file: number;
  readonly type: string;
  /** 1216 bytes. */
  readonly recipient: Uint8Array;
}

export class Original {
  readonly #blob: Blob;
  readonly #stream: OriginalStream;
  readonly #sealer: WholeSealer;
  #note: FileNote;
  #lastRead: Uint8Array = new Uint8Array(0);
  #closing: SealedParcel[] | null = null;

  /** @throws SealError `SEAL_SOURCE_CHANGED` when the note is of a file of another size */
  constructor(blob: Blob, note: FileNote, stream: OriginalStream) {
    this.#blob = blob;
    this.#note = note;
    this.#stream = stream;
    this.#sealer = new WholeSealer({
      stream: { dispatch: stream.dispatch, layer: 'whole', file: stream.file, view: 0, type: stream.type },
      source: { bytes: blob.size, read: (offset, length) => this.#read(offset, length) },
      recipient: stream.recipient,
      done: tallyPartsOf(note),
    });
  }

  /** What to keep, so that the next page can go on from here. */
  get note(): FileNote {
    return this.#note;
  }

  /** The next parcel: a part, or of the tally; null when all were given. The caller keeps `note` before it spools the parcel. */
  async next(): Promise<SealedParcel | null> {
    const parcel = await this.#sealer.next();
    if (parcel) {
      const content = this.#lastRead;
      const check = partCheck(this.#stream.dispatch, parcel.part, content);
      this.#note = { ...this.#note, parts: [...this.#note.parts, { length: content.length, name: toHex(parcel.name), check }] };
      return parcel;
    }
    this.#closing ??= await this.#sealer.tally();
    return this.#closing.shift() ?? null;
  }

  /** Call when every parcel that was given is durably spooled. */
  finish(): FileNote {
    this.#note = { ...this.#note, parts: [], sealed: true };
    return this.#note;
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    this.#lastRead = new Uint8Array(await this.#blob.slice(offset, offset + length).arrayBuffer());
    const known = partAt(this.#note, offset);
    if (known !== null && partCheck(this.#stream.dispatch, known, this.#lastRead) !== this.#note.parts[known]?.check) throw new OtherFile();
    return this.#lastRead;
  }
}

/** Is this the file of which the note speaks? Its size and its first sealed part are looked at; the rest as it is read again. */
export async function isSameFile(blob: Blob, note: FileNote, dispatch: Uint8Array): Promise<boolean> {
  if (sizeCheck(dispatch, blob.size) !== note.size) return false;
  const first = note.parts[0];
  if (!first) return true;
  return partCheck(dispatch, 0, new Uint8Array(await blob.slice(0, first.length).arrayBuffer())) === first.check;
}

/** Drops what was noted last but never reached the spool. @param spooled - names in hex */
export function trimNote(note: FileNote, spooled: ReadonlySet<string>): FileNote {
  const missing = note.parts.findIndex((part) => !spooled.has(part.name));
  return missing < 0 ? note : { ...note, parts: note.parts.slice(0, missing) };
}

/** The file itself cannot be read any more, or is another: it must be chosen again. */
export function mustChooseAgain(error: unknown): boolean {
  return error instanceof SealError && (error.code === 'SEAL_SOURCE_GONE' || error.code === 'SEAL_SOURCE_CHANGED');
}

/** Does it hinder because another file was chosen? */
export function isOtherFile(error: unknown): boolean {
  return error instanceof SealError && (error.code === 'SEAL_SOURCE_CHANGED' || error.cause instanceof OtherFile);
}

function partAt(note: FileNote, offset: number): number | null {
  let at = 0;
  for (const [i, part] of note.parts.entries()) {
    if (at === offset) return i;
    at += part.length;
  }
  return null;
}
