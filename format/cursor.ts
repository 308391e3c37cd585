/** A bounded reader and a growing writer of big-endian bytes; every parser of the protocol reads through a `Cursor`. */
import { FormatError } from './refusal.ts';

export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  /** A plain view even of a Node `Buffer`, whose `slice` would share memory where ours must copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get at(): number {
    return this.#at;
  }

  #advance(count: number): number {
    if (count > this.left) throw new FormatError('FORMAT_TRUNCATED', `wanted ${count} bytes, ${this.left} are left`);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  /** A view, not a copy. @throws FormatError `FORMAT_TRUNCATED` */
  take(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  /** An unsigned 64-bit number no larger than 2^53 - 1. @throws FormatError `FORMAT_RANGE` beyond */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new FormatError('FORMAT_RANGE', 'number is larger than 2^53 - 1');
    return Number(value);
  }

  /** @throws FormatError `FORMAT_TRAILING` unless every byte was read */
  end(): void {
    if (this.left > 0) throw new FormatError('FORMAT_TRAILING', `${this.left} bytes follow the end`);
  }
}

export class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** Makes room and returns where it begins. */
  #grow(count: number): number {
    const need = this.#length + count;
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(need, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const at = this.#length;
    this.#length = need;
    return at;
  }

  #room(count: number): DataView {
    const at = this.#grow(count);
    return new DataView(this.#bytes.buffer, at, count);
  }

  u8(value: number): this {
    this.#room(1).setUint8(0, whole(value, 0xff));
    return this;
  }

  u16(value: number): this {
    this.#room(2).setUint16(0, whole(value, 0xffff));
    return this;
  }

  u32(value: number): this {
    this.#room(4).setUint32(0, whole(value, 0xffff_ffff));
    return this;
  }

  u64(value: number): this {
    this.#room(8).setBigUint64(0, BigInt(whole(value, Number.MAX_SAFE_INTEGER)));
    return this;
  }

  put(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Our own mistake, not the other side's: a built-in error. */
function whole(value: number, most: number): number {
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`expected a whole number from 0 to ${most}, got ${value}`);
  return value;
}
