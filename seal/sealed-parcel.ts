/**
 * One part sealed into one parcel: an age file of exactly a bucket's size, with its head and its name.
 *
 * `docs/protocol.md` sections "Part" and "Parcel".
 */
import {
  asCiphertext,
  type Ciphertext,
  formatPart,
  giveBack,
  hybridHeaderBytes,
  type Layer,
  makeParcelHead,
  mostFiles,
  parcelPlainBytes,
  pieceBytes,
} from '@zajil/format';
import type { CutPart } from './cut.ts';
import type { SealEngine } from './engine.ts';

/** What all parts of one stream say alike. */
export interface StreamHead {
  /** 16 random bytes. */
  readonly dispatch: Uint8Array;
  readonly layer: Layer;
  /** From 0, at most 254. */
  readonly file: number;
  /** From 0, at most 255. */
  readonly view: number;
  /** Media type. */
  readonly type: string;
}

export interface SealedParcel {
  /** 32 bytes: SHA-256 of `head`. */
  readonly name: Uint8Array;
  readonly head: Uint8Array;
  readonly bytes: Ciphertext;
  readonly layer: Layer;
  readonly file: number;
  readonly view: number;
  readonly part: number;
  /** Bytes of content inside; known to the phone only. */
  readonly contentBytes: number;
}

/** Seals one part. The copy of the content made on the way is zeroed. */
export async function sealPart(
  engine: SealEngine,
  stream: StreamHead,
  cut: CutPart,
  parts: number,
  content: Uint8Array,
  recipient: Uint8Array,
): Promise<SealedParcel> {
  if (stream.file >= mostFiles) throw new RangeError('a dispatch has at most 255 files');
  const { dispatch, layer, file, view, type } = stream;
  const head = { dispatch, layer, file, view, part: cut.part, parts, offset: cut.offset, type };
  const plain = formatPart(head, content, parcelPlainBytes(cut.bucket));
  const bytes = await engine.sealAge(plain, recipient).finally(() => giveBack(plain.fill(0)));
  assertShape(bytes, cut.bucket);
  const pieces = (await engine.hashPieces(bytes, pieceBytes)).values();
  const parcelHead = makeParcelHead(bytes, () => pieces.next().value ?? new Uint8Array(0));
  const name = await engine.sha256(parcelHead);
  return { name, head: parcelHead, bytes: asCiphertext(bytes), layer, file, view, part: cut.part, contentBytes: content.length };
}

/** Sizes are all that an onlooker learns, so a file of another shape must never leave: our own mistake, not the user's. */
function assertShape(file: Uint8Array, bucket: number): void {
  const macLine = 4 + 43 + 1;
  const end = file[hybridHeaderBytes - 1];
  const dashes = file.subarray(hybridHeaderBytes - macLine, hybridHeaderBytes - macLine + 4);
  const rightHeader = end === 0x0a && dashes.every((byte, i) => byte === '--- '.charCodeAt(i));
  if (file.length !== bucket || !rightHeader) throw new Error('sealing made a file of another shape');
}
