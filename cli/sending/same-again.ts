/**
 * Tells whether a dispatch is the same as one that was begun before, so that running the same command again goes on
 * instead of sending twice.
 *
 * What is kept for that is an Argon2id hash over the words and the files' names, sizes and times, salted once per state
 * folder: whoever takes the folder can test a guess, at a third of a second each, and learns nothing else. It is
 * dropped once the newsroom has everything.
 */
import { argon2Sync, randomBytes } from 'node:crypto';
import { fromHex, toHex } from '@zajil/format';
import { announceDispatch, listDispatches, type Notes } from '@zajil/line';

const cost = { memory: 64 * 1024, passes: 3, parallelism: 1, tagLength: 16 };

export interface Begun {
  /** Opaque local id. */
  readonly key: string;
  /** 16 bytes; null when everything of it was acknowledged already. */
  readonly id: Uint8Array | null;
  readonly order: number;
  readonly urgent: boolean;
  readonly again: boolean;
}

/** The dispatch that was begun with these words and files, or a new one, written down before anything is sealed. */
export async function beginDispatch(notes: Notes, told: { words: string; marks: readonly string[]; urgent: boolean }): Promise<Begun> {
  const mark = await markOf(notes, JSON.stringify([told.words, told.marks]));
  const known = await notes.getNote(`same/${mark}`);
  const records = await listDispatches(notes);
  const record = records.find(({ key }) => key === known);
  if (record)
    return { key: record.key, id: record.id === null ? null : fromHex(record.id), order: record.order, urgent: record.urgent, again: true };
  const order = Math.max(0, ...records.map((one) => one.order)) + 1;
  const begun = { key: toHex(randomBytes(6)), id: new Uint8Array(randomBytes(16)), order, urgent: told.urgent };
  // The mark first: without its dispatch it is nothing, while a dispatch without its mark would wait for ever.
  await notes.setNote(`same/${mark}`, begun.key);
  await announceDispatch(notes, { ...begun, wholes: told.marks.map(() => null) });
  return { ...begun, again: false };
}

async function markOf(notes: Notes, text: string): Promise<string> {
  let salt = await notes.getNote('same-salt');
  if (salt === null) {
    salt = toHex(randomBytes(16));
    await notes.setNote('same-salt', salt);
  }
  return argon2Sync('argon2id', { message: text, nonce: fromHex(salt), ...cost }).toString('hex');
}

/** Drops the marks of dispatches of which everything was acknowledged. */
export async function forgetAcknowledged(notes: Notes): Promise<string[]> {
  const over = new Set((await listDispatches(notes)).filter(({ id }) => id === null).map(({ key }) => key));
  for (const note of await notes.listNotes('same/')) {
    const key = await notes.getNote(note);
    if (key !== null && over.has(key)) await notes.setNote(note, null);
  }
  return [...over];
}
