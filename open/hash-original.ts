/** SHA-256 of an assembled stream, computed part by part in flat memory; a tally is compared with nothing else. */
import { createHash } from 'node:crypto';
import { type Ciphertext, equalBytes, giveBack, type PartHead, readPlaintext, type Secret } from '@zajil/format';
import type { Placement } from './assembler.ts';
import { openWithFileKey } from './parcel.ts';
import { OpenError } from './refusal.ts';

export interface StoredParcel {
  readonly parcel: Ciphertext;
  readonly fileKey: Secret;
}

/**
 * @param parts - every part in order, as `Assembler.placed` gives them
 * @param readParcel - fetches a stored parcel and its file key by parcel name
 * @throws OpenError as `openWithFileKey`; `OPEN_RECORD` when a parcel does not hold the part recorded; `OPEN_GAP` when parts are missing
 */
export async function hashOriginal(
  parts: readonly Placement[],
  readParcel: (name: Uint8Array) => Promise<StoredParcel>,
): Promise<Uint8Array> {
  const hash = createHash('sha256');
  let at = 0;
  for (const [index, placement] of parts.entries()) {
    if (placement.head.part !== index || placement.head.offset !== at)
      throw new OpenError('OPEN_GAP', 'Parts are missing, so the whole cannot be proved yet. What is there is kept.');
    const { parcel, fileKey } = await readParcel(placement.name);
    const { head, content } = await openWithFileKey(parcel, fileKey);
    const bytes = readPlaintext(content);
    if (!sameHead(head, placement.head) || bytes.length !== placement.length)
      throw new OpenError('OPEN_RECORD', 'A stored parcel does not hold the part that was recorded of it. The record was not trusted.');
    hash.update(bytes);
    at += bytes.length;
    giveBack(new Uint8Array(bytes.buffer).fill(0));
  }
  return new Uint8Array(hash.digest());
}

function sameHead(a: PartHead, b: PartHead): boolean {
  const same = a.layer === b.layer && a.file === b.file && a.view === b.view && a.part === b.part && a.offset === b.offset;
  return same && equalBytes(a.dispatch, b.dispatch);
}
