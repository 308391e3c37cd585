/** Takes exact stretches out of bytes that arrive in chunks of any size; holds no more than was asked for and one chunk. */
import { concatBytes } from '@zajil/format';

/** Sources of single bytes must not pile up more arrays than one call can be given. */
const mostChunks = 1024;

export class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #ended = false;

  constructor(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The next `count` bytes, fewer only when the source ends before. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    const rest = this.#joined().subarray(bytes.length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
    return bytes;
  }

  /** As `take`, leaving them in the queue. A view, not a copy. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#length < count && !this.#ended) {
      const next = await this.#source.next();
      if (next.done) this.#ended = true;
      else if (next.value.length > 0) {
        this.#chunks.push(next.value);
        this.#length += next.value.length;
        if (this.#chunks.length >= mostChunks) this.#joined();
      }
    }
    return this.#joined().subarray(0, count);
  }

  #joined(): Uint8Array {
    if (this.#chunks.length > 1) this.#chunks = [concatBytes(...this.#chunks)];
    return this.#chunks[0] ?? new Uint8Array(0);
  }
}
