/** What the desk remembers between runs beside its exhibits: how far each relay was read, what it owes, what was refused. */
import * as v from 'valibot';
import { isBucket } from '@zajil/format';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`)));

/** As a promise has it. A larger one is no time that a calendar knows. */
const quarter = v.pipe(count, v.maxValue(0xffff_ffff));
const bucket = v.pipe(count, v.check(isBucket));

const listed = v.strictObject({ seq: count, name: hex(32), bytes: bucket, salt: hex(16), quarter });

const relay = v.strictObject({
  base: v.string(),
  /** The key of its log: a relay that begins anew is read from the beginning. */
  vkey: v.string(),
  /** Everything up to this was filed, refused, or is owed. */
  after: count,
  owed: v.array(listed),
});

const refused = v.strictObject({ name: hex(32), code: v.string() });

export const deskSchema = v.strictObject({
  v: v.literal(1),
  kind: v.literal('desk'),
  relays: v.array(relay),
  /** The newest at the end. */
  refused: v.array(refused),
  refusedCount: count,
});

export type DeskRecord = v.InferOutput<typeof deskSchema>;
/** A parcel as a relay lists it. */
export type Listed = v.InferOutput<typeof listed>;
export const listedSchema = listed;

/** An impostor may send without end; of what was refused only the newest are remembered one by one. */
export const mostRefused = 2000;
/** A relay may announce without end what it never delivers. */
export const mostOwed = 5000;

export type RelayProgress = DeskRecord['relays'][number];

export const emptyDesk: DeskRecord = { v: 1, kind: 'desk', relays: [], refused: [], refusedCount: 0 };
