/** Parcels for tests: random bytes of a bucket's size, which is all that a line can see of a sealed one. */
import { type Layer, type NameHex, makeParcelHead, nameToHex, parcelName } from '@zajil/format';
import type { ParcelNote } from './order.ts';

export interface TestParcel {
  readonly note: ParcelNote;
  readonly name: Uint8Array;
  readonly head: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Repeatable numbers from 0 to below 1 (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A parcel whose content follows from `seed`. */
export function makeParcel(seed: number, bytes: number, place: Partial<ParcelNote> & { layer: Layer }): TestParcel {
  const random = numbersFrom(seed);
  const content = new Uint8Array(bytes);
  const words = new Uint32Array(content.buffer);
  for (let i = 0; i < words.length; i += 1) words[i] = random() * 2 ** 32;
  const head = makeParcelHead(content);
  const name = parcelName(head);
  const note = { dispatch: 'one', urgent: false, order: 1, file: 0, view: 0, part: 0, ...place, name: nameToHex(name), bytes };
  return { note, name, head, bytes: content };
}

/** The note alone, under a name that follows from `seed`: for the machine, which never sees bytes. */
export function makeNote(seed: number, bytes: number, place: Partial<ParcelNote> & { layer: Layer }): ParcelNote {
  const name: NameHex = seed.toString(16).padStart(64, '0');
  return { dispatch: 'one', urgent: false, order: 1, file: 0, view: 0, part: 0, ...place, name, bytes };
}
