/** Reads the file of a memory card to its end, also over sectors that the card no longer gives: those come as zeros. */
import { type FileHandle, open } from 'node:fs/promises';

const chunkBytes = 256 * 1024;
const sectorBytes = 4096;

/** @throws what opening throws; a card that goes away in the middle is an end like any other */
export async function* cardChunks(path: string): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, 'r');
  try {
    for (let at = 0; ;) {
      const chunk = await readChunk(file, at);
      if (chunk.length === 0) return;
      yield chunk;
      at += chunk.length;
    }
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle, at: number): Promise<Uint8Array> {
  const chunk = new Uint8Array(chunkBytes);
  try {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, at);
    return chunk.subarray(0, bytesRead);
  } catch (error) {
    if (!isBadSector(error)) throw error;
  }
  const { size } = await file.stat();
  const bytes = Math.min(chunkBytes, Math.max(0, size - at));
  for (let from = 0; from < bytes; from += sectorBytes)
    await file.read(chunk, from, Math.min(sectorBytes, bytes - from), at + from).catch(() => chunk.fill(0, from, from + sectorBytes));
  return chunk.subarray(0, bytes);
}

function isBadSector(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}
