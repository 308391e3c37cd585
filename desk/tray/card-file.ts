/** A memory card's file by its path, chunk by chunk. */
import { giveBack } from '@zajil/format';
import { openCardFile, readCardChunks } from '@zajil/line';

/** What the card no longer gives comes as zeros. A chunk is gone when the next is asked for. @throws what opening throws; LineError `LINE_STORAGE` when the card is gone */
export async function* cardChunks(path: string): AsyncGenerator<Uint8Array, void> {
  const file = await openCardFile(path);
  try {
    for await (const chunk of readCardChunks(file)) {
      yield chunk;
      giveBack(chunk);
    }
  } finally {
    await file.close();
  }
}
