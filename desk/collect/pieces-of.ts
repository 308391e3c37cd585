/** Sets of pieces: what one has and the other lacks. */
import { Bitmap } from '@zajil/format';

/** Numbers of the pieces that `there` has and `mine` lacks, ascending. @param mine - null when nothing is here */
export function missingFrom(mine: Bitmap | null, there: Bitmap): number[] {
  const missing: number[] = [];
  for (let index = 0; index < there.size; index += 1) if (there.has(index) && !mine?.has(index)) missing.push(index);
  return missing;
}

/** All pieces of the parcel but these. */
export function without(parcel: Bitmap, pieces: readonly number[]): Bitmap {
  const left = new Set(pieces);
  const rest = new Bitmap(parcel.size);
  for (let index = 0; index < parcel.size; index += 1) if (!left.has(index)) rest.add(index);
  return rest;
}

export function allOf(pieces: number): Bitmap {
  const all = new Bitmap(pieces);
  for (let index = 0; index < pieces; index += 1) all.add(index);
  return all;
}
