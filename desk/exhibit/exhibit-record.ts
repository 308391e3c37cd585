/** What the vault keeps of an exhibit: where each part lies, what opens it, how it came. Canonical JSON in a record. */
import * as v from 'valibot';
import { layers } from '@zajil/format';

const hex = (bytes: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`)));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const day = v.pipe(v.string(), v.isoDate());

/** By which relay a parcel came, and what stands in that relay's log about it. */
const arrival = v.strictObject({ relay: v.string(), seq: count, salt: hex(16), quarter: count });

const part = v.strictObject({
  name: hex(32),
  /** What opens the parcel. */
  fileKey: hex(16),
  parcelBytes: count,
  part: count,
  parts: count,
  offset: count,
  length: count,
  sha256: hex(32),
  arrival,
});

const stream = v.strictObject({
  layer: v.picklist(layers),
  file: count,
  view: count,
  type: v.string(),
  parts: v.array(part),
});

const commitment = v.strictObject({
  /** 32 bytes; whoever has it and the original can open the commitment. */
  salt: hex(32),
  day,
  hash: hex(32),
  /** In the newsroom's log; -1 until it is known to be there. */
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
});

const original = v.strictObject({
  file: count,
  bytes: count,
  sha256: hex(32),
  state: v.picklist(['complete', 'contradicted']),
  commitment: v.nullable(commitment),
});

const wantable = v.picklist(['glance', 'cut', 'whole', 'tally']);

/** What this device asks of the phone, as its newest message says it; and the relays at which that still has to be left. */
const wanted = v.strictObject({
  sequence: count,
  quarter: count,
  until: count,
  entries: v.array(
    v.variant('action', [
      v.strictObject({ action: v.literal('first'), layer: wantable, file: count, from: count, to: count }),
      v.strictObject({ action: v.literal('pieces'), layer: wantable, file: count, part: count, missing: hex(32) }),
      v.strictObject({ action: v.literal('enough'), layer: wantable, file: count }),
    ]),
  ),
  unsent: v.array(v.string()),
});

export const exhibitSchema = v.strictObject({
  v: v.literal(1),
  kind: v.literal('exhibit'),
  dispatch: hex(16),
  /** Quarter hours since 1970. */
  arrived: count,
  latest: count,
  /** Canonical JSON as `parseWords` takes it; empty until it is whole. */
  words: v.string(),
  streams: v.array(stream),
  /** Names of parcels that carry what another does already. */
  spares: v.array(hex(32)),
  originals: v.array(original),
  /** What this device told the phone last, or is about to; and the relays at which that still has to be left. */
  acknowledged: v.strictObject({
    sequence: count,
    words: v.boolean(),
    files: v.array(v.strictObject({ glance: v.boolean(), cut: v.boolean(), whole: v.boolean() })),
    unsent: v.array(v.string()),
  }),
  releases: v.array(v.string()),
  /** Absent while nothing was ever asked. */
  wanted: v.optional(wanted),
});

export type ExhibitRecord = v.InferOutput<typeof exhibitSchema>;
export type Arrival = v.InferOutput<typeof arrival>;
export type PartRecord = v.InferOutput<typeof part>;
export type Original = v.InferOutput<typeof original>;
export type WantedRecord = v.InferOutput<typeof wanted>;
export type Commitment = v.InferOutput<typeof commitment>;
