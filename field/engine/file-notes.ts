/**
 * What is kept of a file whose original is not wholly sealed, so that the rest of it can be sealed after the page was
 * closed: which parts are sealed, and checks by which the same file is known again. A note of the spool.
 *
 * It is no name and no hash of the original: each check is 4 bytes of a hash that begins with the dispatch id, and the
 * size is kept coarse. Whoever holds this note *and* the original can still tell that they belong together; so it is
 * removed as soon as the file is sealed.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, fromHex, parseJson, FormatError, type TallyPart, toHex, utf8 } from '@zajil/format';
import type { Notes } from '@zajil/line';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const check = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/));

const schema = v.array(
  v.strictObject({
    /** Bytes, rounded up to whole 64 KiB. */
    about: count,
    size: check,
    parts: v.array(v.strictObject({ length: count, name: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), check })),
    sealed: v.boolean(),
  }),
);

export type FileNote = v.InferOutput<typeof schema>[number];

const prefix = 'files/';
const coarseBytes = 64 * 1024;

export function newFileNote(dispatch: Uint8Array, bytes: number): FileNote {
  return { about: Math.ceil(bytes / coarseBytes) * coarseBytes, size: sizeCheck(dispatch, bytes), parts: [], sealed: false };
}

/** 4 bytes, hex. */
export function sizeCheck(dispatch: Uint8Array, bytes: number): string {
  return shortHash(dispatch, utf8(`size ${bytes}`));
}

/** 4 bytes, hex. @param part - which part of the original this content is */
export function partCheck(dispatch: Uint8Array, part: number, content: Uint8Array): string {
  return shortHash(dispatch, utf8(`part ${part}`), content);
}

function shortHash(...parts: Uint8Array[]): string {
  return toHex(sha256(concatBytes(...parts)).subarray(0, 4));
}

export function tallyPartsOf(note: FileNote): TallyPart[] {
  return note.parts.map(({ length, name }) => ({ length, name: fromHex(name, 32) }));
}

/** Empty when nothing is kept, or nothing that this version can read. */
export async function readFileNotes(notes: Notes, key: string): Promise<FileNote[]> {
  const text = await notes.getNote(prefix + key);
  if (text === null) return [];
  try {
    return parseJson(schema, text);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}

/** Removes the note when every file is sealed. */
export async function writeFileNotes(notes: Notes, key: string, files: readonly FileNote[]): Promise<void> {
  await notes.setNote(prefix + key, files.every((file) => file.sealed) ? null : JSON.stringify(v.parse(schema, files)));
}
