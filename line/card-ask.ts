/**
 * What travels by hand may have arrived without this phone knowing: relays are asked about it before any of it is sent.
 * Written where `relay-memory.ts` remembers which parcels bags have touched. `docs/protocol.md` section "Courier's file".
 */
import type { NameHex } from '@zajil/format';
import type { Notes } from './spool.ts';

const relaysKey = 'relays';
const cardsKey = 'cards';

interface Remembered {
  readonly works?: string | null;
  readonly touched?: Readonly<Record<string, readonly NameHex[]>>;
}

/** These went onto a card. Call it when the card is written; not while a run of the sender is under way. */
export async function noteOnCard(notes: Notes, names: readonly NameHex[]): Promise<void> {
  const before = await readNames(notes);
  await notes.setNote(cardsKey, JSON.stringify([...new Set([...before, ...names])]));
  const { touched = {}, works } = await readRelays(notes);
  await askFirst(notes, names, [...new Set([...Object.keys(touched), ...(works ? [works] : [])])]);
}

/** The run that begins next asks these relays about all that went onto cards. @param relays - base addresses */
export async function askAboutCards(notes: Notes, relays: readonly string[]): Promise<void> {
  const names = await readNames(notes);
  if (names.length === 0) return;
  await askFirst(notes, names, relays);
  await notes.setNote(cardsKey, null);
}

/** The run that begins next asks each of these relays about these parcels before it sends them there. @param relays - base addresses */
export async function askFirst(notes: Notes, names: readonly NameHex[], relays: readonly string[]): Promise<void> {
  if (relays.length === 0) return;
  const known = await readRelays(notes);
  const before = known.touched ?? {};
  const touched = Object.fromEntries(relays.map((relay) => [relay, [...new Set([...(before[relay] ?? []), ...names])]]));
  await notes.setNote(relaysKey, JSON.stringify({ ...known, touched: { ...before, ...touched } }));
}

async function readNames(notes: Notes): Promise<NameHex[]> {
  const text = await notes.getNote(cardsKey);
  return text === null ? [] : (JSON.parse(text) as NameHex[]);
}

async function readRelays(notes: Notes): Promise<Remembered> {
  const text = await notes.getNote(relaysKey);
  return text === null ? {} : (JSON.parse(text) as Remembered);
}
