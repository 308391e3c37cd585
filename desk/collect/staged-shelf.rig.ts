/** For tests: gives a shelf the three doors of what is not whole, true to the protocol, or lying where a test says so. */
import {
  type BagFrame,
  BagParser,
  Bitmap,
  type HeldEntry,
  bagMagic,
  concatBytes,
  formatBagFrame,
  formatHeld,
  fromBase64Url,
  makeParcelHead,
  parcelName,
  parseParcelHead,
  pieceBytes,
  toBase64Url,
  toHex,
  verifyPiece,
} from '@zajil/format';
import type { Shelf } from '../newsroom.rig.ts';

interface Staged {
  readonly head: Uint8Array;
  readonly pieces: Map<number, Uint8Array>;
  readonly size: number;
}

export class StagedShelf {
  readonly staged = new Map<string, Staged>();
  /** Bytes of bags that the desk brought. */
  pushedBytes = 0;
  /** Paths of pieces that were asked for. */
  readonly asked: string[] = [];
  /** Lists every piece of everything, whatever it has. */
  lies = false;
  /** Says that the door is not there, as an older relay does. */
  isOlder = false;
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    shelf.answerPieces = (url, body) => this.#answer(url, body);
  }

  /** Puts these pieces of a finished parcel on the shelf. */
  stage(parcel: Uint8Array, pieces: readonly number[]): string {
    const head = makeParcelHead(parcel);
    const name = toHex(parcelName(head));
    const known = this.staged.get(name)?.pieces ?? new Map<number, Uint8Array>();
    for (const index of pieces) known.set(index, parcel.slice(index * pieceBytes, (index + 1) * pieceBytes));
    this.staged.set(name, { head, pieces: known, size: parcel.length / pieceBytes });
    return name;
  }

  held(name: string): number[] {
    return [...(this.staged.get(name)?.pieces.keys() ?? [])].sort((a, b) => a - b);
  }

  #answer(url: URL, body: Uint8Array): string | Uint8Array | null {
    if (this.isOlder) return null;
    if (url.pathname === '/v1/desk/partials') return this.#list(url.searchParams.get('after') ?? '');
    if (url.pathname === '/v1/desk/bag') return this.#take(body);
    const [, name = ''] = /^\/v1\/desk\/pieces\/([0-9a-f]{64})$/.exec(url.pathname) ?? [];
    return name === '' ? null : this.#give(name, url);
  }

  #list(after: string): string {
    const rows = [...this.staged].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
    const partials = rows.map(([name, { pieces, size }]) => {
      const bitmap = new Bitmap(size);
      for (let index = 0; index < size; index += 1) if (this.lies || pieces.has(index)) bitmap.add(index);
      return { name, bytes: size * pieceBytes, pieces: bitmap.count, held: toBase64Url(bitmap.bytes) };
    });
    return JSON.stringify({ partials, next: rows.at(-1)?.[0] ?? after });
  }

  #give(name: string, url: URL): Uint8Array | null {
    this.asked.push(url.pathname + url.search);
    const staged = this.staged.get(name);
    if (!staged) return null;
    const but = new Bitmap(staged.size, fromBase64Url(url.searchParams.get('but') ?? ''));
    const pieces = [...staged.pieces].filter(([index]) => !but.has(index));
    const frames: BagFrame[] = [{ kind: 'head', head: staged.head }];
    for (const [index, bytes] of pieces) frames.push({ kind: 'piece', index, bytes });
    return concatBytes(bagMagic, ...frames.map(formatBagFrame));
  }

  #take(body: Uint8Array): Uint8Array {
    this.pushedBytes += body.length;
    const touched = new Set<string>();
    let name = '';
    for (const frame of new BagParser().push(body)) {
      if (frame.kind === 'head') {
        name = toHex(parcelName(frame.head));
        if (!this.staged.has(name))
          this.staged.set(name, { head: frame.head, pieces: new Map(), size: parseParcelHead(frame.head).pieces.length });
      }
      if (frame.kind === 'name') name = toHex(frame.name);
      touched.add(name);
      const staged = this.staged.get(name);
      if (frame.kind === 'piece' && staged)
        staged.pieces.set(frame.index, verifyPiece(parseParcelHead(staged.head), frame.index, frame.bytes));
    }
    return formatHeld([...touched].map((touched) => this.#entry(touched)));
  }

  /** A parcel that is whole goes to the shelf. */
  #entry(name: string): HeldEntry {
    const id = new Uint8Array(Buffer.from(name, 'hex'));
    const staged = this.staged.get(name);
    if (!staged) return { id, held: { state: 'unknown' } };
    if (staged.pieces.size < staged.size) {
      const pieces = new Bitmap(staged.size);
      for (const index of staged.pieces.keys()) pieces.add(index);
      return { id, held: { state: 'partial', pieces } };
    }
    const bytes = concatBytes(...this.held(name).map((index) => staged.pieces.get(index) ?? new Uint8Array(0)));
    this.staged.delete(name);
    this.#shelf.put({ name: id, bytes });
    const promise = { salt: new Uint8Array(16), quarter: this.#shelf.quarter, signature: new Uint8Array(64) };
    return { id, held: { state: 'taken', promise, receipt: '' } };
  }
}
