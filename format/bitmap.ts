/**
 * Which pieces of a parcel are held: one bit each, most significant bit first, unused bits zero.
 *
 * `docs/protocol.md` section "Held".
 */
import { FormatError } from './refusal.ts';

export class Bitmap {
  readonly size: number;
  readonly bytes: Uint8Array;

  /** @param bytes - taken over, not copied. @throws FormatError when of another length or with unused bits set */
  constructor(size: number, bytes: Uint8Array = new Uint8Array(Math.ceil(size / 8))) {
    if (bytes.length !== Math.ceil(size / 8)) throw new FormatError('FORMAT_RANGE', 'bitmap has another length');
    const spare = bytes.length * 8 - size;
    if (spare > 0 && ((bytes.at(-1) ?? 0) & ((1 << spare) - 1)) !== 0) throw new FormatError('FORMAT_PADDING', 'unused bits are not zero');
    this.size = size;
    this.bytes = bytes;
  }

  has(index: number): boolean {
    return ((this.bytes[index >> 3] ?? 0) & (128 >> (index & 7))) !== 0;
  }

  add(index: number): void {
    if (index < 0 || index >= this.size) throw new RangeError('no such piece');
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) | (128 >> (index & 7));
  }

  get count(): number {
    let count = 0;
    for (let i = 0; i < this.size; i += 1) if (this.has(i)) count += 1;
    return count;
  }

  get full(): boolean {
    return this.count === this.size;
  }

  copy(): Bitmap {
    return new Bitmap(this.size, new Uint8Array(this.bytes));
  }
}
