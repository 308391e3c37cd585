/** A courier's file by its path: for the command line. Node only. */
import { open } from 'node:fs/promises';
import type { CardSource } from './card-source.ts';

export interface CardFile extends CardSource {
  close(): Promise<void>;
}

/** Throws what the system throws when the file cannot be opened. */
export async function openCardFile(path: string): Promise<CardFile> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { bytesRead } = await file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw new RangeError('the file became shorter');
      done += bytesRead;
    }
    return bytes;
  };
  return { size, read, close: () => file.close() };
}
