/**
 * What the newsroom's devices want next of what waits here: which parcels go first inside their layer, which are enough,
 * which pieces of one are still missing. Pure. `docs/protocol.md` sections "Wants" and "Order".
 *
 * Contract. The view MUST NOT depend on the order in which messages came, nor on how often. It MUST NOT move a parcel
 * across layers, hold back words, or be asked about what may be erased.
 */
import { Bitmap, type WantsEntry, fromHex, mostPieces, piecesOf, toTheEnd } from '@zajil/format';
import type { DeviceWants, DispatchRecord, NotedWant } from './dispatch-record.ts';
import { type ParcelNote, compareDispatches, compareWithinDispatch, rankOfLayer } from './order.ts';

/** By local key of the dispatch: what each device wants that wants anything now. */
export type WantsView = ReadonlyMap<string, readonly (readonly WantsEntry[])[]>;

export const noWants: WantsView = new Map();

/** The part of the machine's state that this is about. */
export interface Wanting {
  readonly wants: WantsView;
}

/** A word of the newsroom holds for 180 days at most, and is not believed from more than two days ahead: a stolen device must not silence a phone for ever. */
const mostQuarters = 180 * 96;
const aheadQuarters = 2 * 96;

/** Is it in force? @param now - quarter hours since 1970 */
export function isInForce({ quarter, until }: Pick<DeviceWants, 'quarter' | 'until'>, now: number): boolean {
  return now <= Math.min(until, quarter + mostQuarters) && quarter <= now + aheadQuarters;
}

/** What is in force. @param quarter - now, in quarter hours since 1970 */
export function wantsInForce(records: Iterable<Pick<DispatchRecord, 'key' | 'wants'>>, quarter: number): WantsView {
  const view = new Map<string, readonly (readonly WantsEntry[])[]>();
  for (const { key, wants = [] } of records) {
    const inForce = wants.filter((one) => isInForce(one, quarter) && one.entries.length > 0).sort(byDevice);
    if (inForce.length > 0)
      view.set(
        key,
        inForce.map(({ entries }) => entries.map(entryOf)),
      );
  }
  return view.size === 0 ? noWants : view;
}

function byDevice(a: DeviceWants, b: DeviceWants): number {
  return a.device < b.device ? -1 : Number(a.device > b.device);
}

function entryOf(noted: NotedWant): WantsEntry {
  return noted.action === 'pieces' ? { ...noted, missing: new Bitmap(mostPieces, fromHex(noted.missing)) } : noted;
}

/** Has the newsroom enough of it for now? It stays here, and is neither planned nor something to send. */
export function isEnough({ wants }: Wanting, parcel: ParcelNote): boolean {
  const concerning = entriesOn(wants, parcel);
  return concerning.some(({ action }) => action === 'enough') && concerning.every(({ action }) => action === 'enough');
}

/** Which pieces are wanted of a parcel that the newsroom holds in part; null when all of it is to be sent. */
export function wantedPieces({ wants }: Wanting, parcel: ParcelNote): Bitmap | null {
  const missing = entriesOn(wants, parcel).flatMap((entry) => (entry.action === 'pieces' ? [entry.missing] : []));
  if (missing.length === 0) return null;
  const wanted = new Bitmap(piecesOf(parcel.bytes));
  // What some device lacks is wanted, though another has it: it may not be able to hand it on.
  for (let piece = 0; piece < wanted.size; piece += 1) if (missing.some((one) => one.has(piece))) wanted.add(piece);
  return wanted;
}

/** Numbers of the pieces that are here and to be sent, ascending: none while the parcel is enough. */
export function piecesToSend(state: Wanting, parcel: ParcelNote): number[] {
  if (isEnough(state, parcel)) return [];
  const wanted = wantedPieces(state, parcel);
  const all = Array.from({ length: piecesOf(parcel.bytes) }, (_, piece) => piece);
  return all.filter((piece) => (parcel.pieces?.has(piece) ?? true) && (wanted?.has(piece) ?? true));
}

/** Entries that speak of this parcel, of all devices. */
function entriesOn(wants: WantsView, parcel: ParcelNote): WantsEntry[] {
  if (parcel.layer === 'words') return [];
  return (wants.get(parcel.dispatch) ?? []).flatMap((entries) => entries.filter((entry) => speaksOf(entry, parcel)));
}

function speaksOf(entry: WantsEntry, { layer, file, view, part }: ParcelNote): boolean {
  if (entry.file !== file) return false;
  const tallyOfWhole = entry.layer === 'whole' && layer === 'tally';
  if (entry.action === 'enough') return entry.layer === layer || tallyOfWhole;
  if (entry.action === 'pieces') return entry.layer === layer && entry.part === part && view === 0;
  return tallyOfWhole ? entry.to === toTheEnd : entry.layer === layer && entry.from <= part && part <= entry.to;
}

/** The place of the first entry, of any device, that asks for the parcel; Infinity when none does. */
function placeOf(wants: WantsView, parcel: ParcelNote): number {
  if (parcel.layer === 'words') return Infinity;
  const places = (wants.get(parcel.dispatch) ?? []).map((entries) =>
    entries.findIndex((entry) => entry.action !== 'enough' && speaksOf(entry, parcel)),
  );
  return Math.min(Infinity, ...places.filter((place) => place >= 0));
}

/** The order of sending: negative when `a` goes before `b`. A total order over distinct parcels. */
export function compareIn({ wants }: Wanting): (a: ParcelNote, b: ParcelNote) => number {
  const known = new Map<ParcelNote, number>();
  const place = (parcel: ParcelNote): number => {
    if (wants.size === 0) return Infinity;
    const found = known.get(parcel) ?? placeOf(wants, parcel);
    known.set(parcel, found);
    return found;
  };
  return (a, b) =>
    rankOfLayer(a.layer) - rankOfLayer(b.layer) ||
    Number(place(a) === Infinity) - Number(place(b) === Infinity) ||
    compareDispatches(a, b) ||
    // Equal, or both finite: of what is not wanted both are Infinity.
    (place(a) === place(b) ? 0 : place(a) - place(b)) ||
    compareWithinDispatch(a, b);
}

/** What waits and is to be sent, in the order of sending: without what is enough. */
export function inOrder(state: Wanting & { readonly parcels: ReadonlyMap<string, ParcelNote> }): ParcelNote[] {
  return [...state.parcels.values()].filter((parcel) => !isEnough(state, parcel)).sort(compareIn(state));
}
