/** A courier's file, read by ranges: it is never copied into memory. `card-file.ts` is the same for a path on Node. */

export interface CardSource {
  readonly size: number;
  /** Exactly `length` bytes, of which the memory is the caller's. Rejects when they cannot be read. */
  read(at: number, length: number): Promise<Uint8Array>;
}

/** A file that somebody chose in a browser. */
export function blobSource(blob: Blob): CardSource {
  return {
    size: blob.size,
    read: async (at, length) => {
      const bytes = new Uint8Array(await blob.slice(at, at + length).arrayBuffer());
      if (bytes.length !== length) throw new RangeError('the file became shorter');
      return bytes;
    },
  };
}
