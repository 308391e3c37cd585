/**
 * Judges the parts of one stream as they come in, in any order: what is there, what is missing, what contradicts. Holds
 * positions and hashes, never content.
 *
 * `docs/protocol.md` sections "Part" and "Tally".
 */
import { createHash } from 'node:crypto';
import { equalBytes, type PartHead, readPlaintext, type Tally } from '@zajil/format';
import type { OpenedPart } from './parcel.ts';
import { OpenError } from './refusal.ts';

/** A part in its place; what a desk keeps of it to judge the stream again after a restart. */
export interface Placement {
  /** Name of the parcel that carries it: 32 bytes. */
  readonly name: Uint8Array;
  readonly head: PartHead;
  /** Bytes of content. */
  readonly length: number;
  /** SHA-256 of the content. */
  readonly sha256: Uint8Array;
}

/** A stretch of the stream in bytes: `from` up to, not including, `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export type Completeness =
  /** Bytes are missing, or it is not known where the stream ends. */
  | { readonly state: 'partial' }
  /** Every part is there by its own count; nothing yet says what the original's hash must be. */
  | { readonly state: 'all-parts' }
  /** Every part that the tally names is there; its SHA-256 has still to be compared. */
  | { readonly state: 'unproven' }
  /** The SHA-256 of what is there is the tally's. */
  | { readonly state: 'complete' }
  /** What is there is not what the tally says; it is never called complete. */
  | { readonly state: 'mismatch' };

export function placementOf(name: Uint8Array, part: OpenedPart): Placement {
  const content = readPlaintext(part.content);
  return { name, head: part.head, length: content.length, sha256: new Uint8Array(createHash('sha256').update(content).digest()) };
}

export class Assembler {
  readonly #placed: Placement[] = [];
  #parts = 0;

  /** How many parts the stream has; 0 while no part has said. */
  get parts(): number {
    return this.#parts;
  }

  /** By part number. A copy. */
  get placed(): Placement[] {
    return [...this.#placed];
  }

  /** Which bytes are there: merged, ascending. */
  get present(): ByteRange[] {
    const ranges: { from: number; to: number }[] = [];
    for (const { head, length } of this.#placed) {
      const last = ranges.at(-1);
      if (length === 0) continue;
      if (last && last.to === head.offset) last.to = head.offset + length;
      else ranges.push({ from: head.offset, to: head.offset + length });
    }
    return ranges;
  }

  /**
   * Puts a part in its place. The first to come stays; a refused one changes nothing.
   *
   * @returns `duplicate` when a part of equal place and content is there already, under whatever parcel name
   * @throws OpenError `OPEN_STREAM`, `OPEN_PARTS`, `OPEN_CONFLICT`, `OPEN_OVERLAP`, `OPEN_GAP`
   */
  place(placement: Placement): 'placed' | 'duplicate' {
    const { part, parts } = placement.head;
    this.#judgeStream(placement.head);
    this.#judgeCount(part, parts);
    const at = this.#indexOf(part);
    const same = this.#placed[at];
    if (same?.head.part === part) {
      judgeDuplicate(same, placement);
      this.#parts ||= parts;
      return 'duplicate';
    }
    const previous = this.#placed[at - 1];
    if (previous) judgeNeighbours(previous, placement);
    else if (part === 0 ? placement.head.offset !== 0 : placement.head.offset === 0 && placement.length > 0) throw misplaced(part === 0);
    if (same) judgeNeighbours(placement, same);
    this.#placed.splice(at, 0, placement);
    this.#parts ||= parts;
    return 'placed';
  }

  /**
   * What is missing. Without a tally the end of the stream is known only when its last part is there.
   *
   * @returns ranges ascending, the last with `to` Infinity while the end is not known
   */
  missing(tally?: Tally): ByteRange[] {
    const end = tally ? tally.bytes : this.#end();
    const missing: ByteRange[] = [];
    let at = 0;
    for (const range of this.present) {
      if (range.from > at) missing.push({ from: at, to: range.from });
      at = range.to;
    }
    if (at < end) missing.push({ from: at, to: end });
    return missing;
  }

  /**
   * Decides over the stream.
   *
   * @param sha256 - of the assembled bytes, from `hashOriginal`; leave out while it has not been computed
   */
  judge(tally?: Tally, sha256?: Uint8Array): Completeness {
    if (!tally) return { state: this.#parts > 0 && this.#placed.length === this.#parts ? 'all-parts' : 'partial' };
    if (!this.#fits(tally)) return { state: 'mismatch' };
    if (this.#placed.length < tally.parts.length) return { state: 'partial' };
    if (!sha256) return { state: 'unproven' };
    return { state: equalBytes(sha256, tally.sha256) ? 'complete' : 'mismatch' };
  }

  #end(): number {
    const last = this.#placed.at(-1);
    return last && this.#parts > 0 && last.head.part === this.#parts - 1 ? last.head.offset + last.length : Number.POSITIVE_INFINITY;
  }

  /** Every part that is there stands where the tally puts it. Names may differ: a part may have been sealed twice. */
  #fits(tally: Tally): boolean {
    if (this.#parts !== 0 && this.#parts !== tally.parts.length) return false;
    const offsets: number[] = [];
    let at = 0;
    for (const part of tally.parts) {
      offsets.push(at);
      at += part.length;
    }
    return this.#placed.every(({ head, length }) => offsets[head.part] === head.offset && tally.parts[head.part]?.length === length);
  }

  #judgeStream(head: PartHead): void {
    const first = this.#placed[0]?.head;
    if (!first) return;
    const same =
      equalBytes(first.dispatch, head.dispatch) && first.layer === head.layer && first.file === head.file && first.view === head.view;
    if (!same || first.type !== head.type)
      throw new OpenError('OPEN_STREAM', 'This part belongs to something else. It was not placed here.');
  }

  #judgeCount(part: number, parts: number): void {
    const known = this.#parts || parts;
    const beyond = known > 0 && Math.max(part, this.#placed.at(-1)?.head.part ?? 0) >= known;
    if (beyond || (parts > 0 && parts !== known))
      throw new OpenError('OPEN_PARTS', 'The parts do not agree on how many there are. This one was not placed; those before it stay.');
  }

  /** Where a part of this number is or would be. */
  #indexOf(part: number): number {
    let low = 0;
    let high = this.#placed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#placed[middle]?.head.part ?? 0) < part) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Places many; throws on the first that contradicts. */
export function placeParts(placements: Iterable<Placement>): Assembler {
  const assembler = new Assembler();
  for (const placement of placements) assembler.place(placement);
  return assembler;
}

function judgeDuplicate(there: Placement, again: Placement): void {
  const same = there.head.offset === again.head.offset && there.length === again.length && equalBytes(there.sha256, again.sha256);
  if (!same) throw new OpenError('OPEN_CONFLICT', 'Two different parts claim the same place. The first stays; this one was not placed.');
}

/** Numbers and offsets must rise together, and neighbours by number must touch. */
function judgeNeighbours(before: Placement, after: Placement): void {
  const end = before.head.offset + before.length;
  if (after.head.offset < end) throw new OpenError('OPEN_OVERLAP', 'This part overlaps another. It was not placed; those before it stay.');
  if (after.head.part === before.head.part + 1 && after.head.offset > end) throw misplaced(true);
}

function misplaced(gap: boolean): OpenError {
  return gap
    ? new OpenError('OPEN_GAP', 'Bytes are missing between two neighbouring parts. This one was not placed; those before it stay.')
    : new OpenError('OPEN_OVERLAP', 'A later part claims the beginning. It was not placed; those before it stay.');
}
