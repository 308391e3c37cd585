/**
 * What travels by hand may have arrived without this phone knowing: relays are asked about it before any of it is sent.
 * `docs/protocol.md` section "Courier's file".
 */
import type { NameHex } from '@zajil/format';
import { noteTouched } from './relay-memory.ts';
import type { Notes } from './spool.ts';

const cardsKey = 'cards';

/** These went onto a card. Call it when the card is written. */
export async function noteOnCard(notes: Notes, names: readonly NameHex[]): Promise<void> {
  const before = await readNames(notes);
  await notes.setNote(cardsKey, JSON.stringify([...new Set([...before, ...names])]));
}

/**
 * The run that begins next asks about all that went onto cards. Not while a run is under way.
 *
 * @param relays - base addresses; when left out those that are remembered, and this is to be called again with all
 */
export async function askAboutCards(notes: Notes, relays?: readonly string[]): Promise<void> {
  const names = await readNames(notes);
  if (names.length === 0) return;
  await noteTouched(notes, names, relays);
  if (relays) await notes.setNote(cardsKey, null);
}

async function readNames(notes: Notes): Promise<NameHex[]> {
  const text = await notes.getNote(cardsKey);
  return text === null ? [] : (JSON.parse(text) as NameHex[]);
}
