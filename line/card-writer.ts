/** A planned card as bytes: a bag, streamed out of the spool, one stretch of at most 1 MiB at a time. `docs/protocol.md` section "Courier's file". */
import { bagMagic, concatBytes, formatBagFrame, fromHex, giveBack } from '@zajil/format';
import type { CardEntry, CardFilePlan } from './card-plan.ts';
import type { Spool } from './spool.ts';

/** The bytes of one file, in order; what was taken meanwhile is left out. Each chunk's memory is the taker's. */
export async function* cardBytes(
  file: CardFilePlan,
  spool: Pick<Spool, 'readHead' | 'readPieces'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield bagMagic.slice();
  for (const entry of file.entries) {
    const bytes = await stretch(entry, spool);
    if (bytes) yield bytes;
  }
}

/**
 * The name follows the head: whoever reads a card on which a bit of the head turned knows by it that this is no head,
 * and to what the pieces belong.
 */
async function stretch({ name, head, pieces }: CardEntry, spool: Pick<Spool, 'readHead' | 'readPieces'>): Promise<Uint8Array | null> {
  const [headBytes, found] = await Promise.all([head ? spool.readHead(name) : null, spool.readPieces(name, pieces)]);
  if (!found || (head && !headBytes)) return null;
  const opening = headBytes ? [formatBagFrame({ kind: 'head', head: headBytes })] : [];
  const frames = found.map((bytes, i) => formatBagFrame({ kind: 'piece', index: pieces[i] ?? 0, bytes }));
  for (const memory of new Set(found.map(({ buffer }) => buffer))) giveBack(new Uint8Array(memory));
  return concatBytes(...opening, formatBagFrame({ kind: 'name', name: fromHex(name) }), ...frames);
}
