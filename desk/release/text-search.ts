/** Looks for texts in bytes that stream past, in UTF-8 and both UTF-16 orders, across the borders of chunks. */

export class TextSearch {
  readonly #needles: readonly Buffer[];
  readonly #overlap: number;
  #tail: Buffer = Buffer.alloc(0);
  #found = false;

  constructor(texts: readonly string[]) {
    this.#needles = texts.flatMap((text) => {
      const wide = Buffer.from(text, 'utf16le');
      return [Buffer.from(text, 'utf8'), wide, Buffer.from(wide).swap16()];
    });
    this.#overlap = Math.max(0, ...this.#needles.map((needle) => needle.length - 1));
  }

  push(chunk: Uint8Array): void {
    if (this.#found || this.#needles.length === 0) return;
    const window = Buffer.concat([this.#tail, chunk]);
    this.#found = this.#needles.some((needle) => window.includes(needle));
    this.#tail = window.subarray(Math.max(0, window.length - this.#overlap));
  }

  get found(): boolean {
    return this.#found;
  }
}
