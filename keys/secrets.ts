/**
 * What stands inside `keys.sealed`: canonical JSON. It holds the newsroom's roster too, so that the public files can be
 * written again from here whatever became of them.
 */
import * as v from 'valibot';
import { parseJson, utf8 } from '@zajil/format';

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const day = v.pipe(v.string(), v.isoDate());
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const signer = v.strictObject({ name: text(100), seed: hex32 });

const intake = v.strictObject({
  id: hex32,
  scope: v.picklist(['day', 'month', 'last']),
  from: day,
  until: day,
  destroyed: day,
  seed: hex32,
});

const invitation = v.strictObject({
  /** For the newsroom's eyes: whom it was made for. */
  label: text(200),
  /** Base address of the relay. */
  relay: text(255),
  /** 16 bytes. */
  token: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  made: day,
  plain: v.boolean(),
});

const relay = v.strictObject({ base: text(255), /** Empty until it was reached for the first time. */ vkey: text(300) });

const schema = v.strictObject({
  v: v.literal(1),
  /** The name under which the newsroom publishes. */
  title: text(100),
  member: text(100),
  roster: text(4_000_000),
  doorsSeq: count,
  device: signer,
  /** Seed of the device's hybrid identity. */
  deviceHybrid: hex32,
  log: signer,
  vaultKey: hex32,
  intake: v.pipe(v.array(intake), v.maxLength(1000)),
  invitations: v.pipe(v.array(invitation), v.maxLength(10_000)),
  relays: v.pipe(v.array(relay), v.maxLength(100)),
});

export type Secrets = v.InferOutput<typeof schema>;
export type IntakeSecret = v.InferOutput<typeof intake>;
export type KeptInvitation = v.InferOutput<typeof invitation>;
export type KnownRelay = v.InferOutput<typeof relay>;

export function formatSecrets(secrets: Secrets): Uint8Array {
  return utf8(JSON.stringify(v.parse(schema, secrets)));
}

/** @throws FormatError */
export function parseSecrets(bytes: Uint8Array): Secrets {
  return parseJson(schema, bytes);
}
