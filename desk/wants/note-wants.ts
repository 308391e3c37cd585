/**
 * What this device wants of an exhibit, as its record keeps it: under a sequence number that grows before the message
 * leaves, so that a phone never sees one number with two meanings. `docs/protocol.md` section "Wants".
 */
import {
  Bitmap,
  type WantEnough,
  type WantFirst,
  type WantPieces,
  type WantedLayer,
  type WantsEntry,
  fromHex,
  toHex,
  wantsFit,
} from '@zajil/format';
import type { WantedRecord } from '../exhibit/exhibit-record.ts';
import type { Exhibit } from '../exhibit/exhibit.ts';
import { DeskError } from '../refusal.ts';

type Asked<Entry> = Entry extends WantsEntry ? Omit<Entry, 'layer' | 'file'> : never;

/** One thing that is asked of a layer of a file. */
export type Ask = Asked<WantFirst> | Asked<WantPieces> | Asked<WantEnough>;

export interface WantRequest {
  readonly exhibit: string;
  readonly layer: WantedLayer;
  /** From 0. */
  readonly file: number;
  /** In the order in which they are wanted. They replace what was asked of this layer before; none takes it back. */
  readonly asks: readonly Ask[];
  /** After so many days the phone goes on as if nothing had been asked: 1 to `mostWantDays`. */
  readonly days: number;
}

export const mostWantDays = 180;
const quartersPerDay = 96;

/**
 * Notes in the exhibit what is asked, beside what was asked of its other layers and files and has not lapsed: all of it
 * stands in one message and is renewed together.
 *
 * @param now.quarter - quarter hours since 1970. @param now.relays - at which it is to be left
 * @throws DeskError `DESK_REQUEST` when there is no such file, or more is asked than one message holds. Nothing is changed then
 */
export function noteWants(
  exhibit: Exhibit,
  request: WantRequest,
  { quarter, relays }: { quarter: number; relays: readonly string[] },
): void {
  const { layer, file, asks, days } = request;
  if (!Number.isInteger(days) || days < 1 || days > mostWantDays) throw refuse(`This can be asked for 1 to ${mostWantDays} days.`);
  if (file >= exhibit.files) throw refuse('This exhibit has no such file.');
  const before = exhibit.wanted;
  const others = wantedEntries(before, quarter).filter((entry) => entry.layer !== layer || entry.file !== file);
  const entries = [...asks.map((ask) => ({ ...ask, layer, file })), ...others];
  if (!wantsFit(entries)) throw refuse('More is asked of this dispatch than one message holds.');
  exhibit.wanted = {
    sequence: (before?.sequence ?? 0) + 1,
    quarter,
    until: quarter + days * quartersPerDay,
    entries: entries.map(noted),
    unsent: [...relays],
  };
}

function refuse(what: string): DeskError {
  return new DeskError('DESK_REQUEST', `${what} Nothing was changed.`);
}

/** What is asked now; nothing once it has lapsed. */
export function wantedEntries(wanted: WantedRecord | null, quarter: number): WantsEntry[] {
  if (!wanted || wanted.until < quarter) return [];
  return wanted.entries.map((entry) =>
    entry.action === 'pieces' ? { ...entry, missing: new Bitmap(256, fromHex(entry.missing)) } : entry,
  );
}

/** Keys in the order of the record's schema. */
function noted(entry: WantsEntry): WantedRecord['entries'][number] {
  const { action, layer, file } = entry;
  if (action === 'first') return { action, layer, file, from: entry.from, to: entry.to };
  if (action === 'pieces') return { action, layer, file, part: entry.part, missing: toHex(entry.missing.bytes) };
  return { action, layer, file };
}
