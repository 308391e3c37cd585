/**
 * A release: what the newsroom says to the world, signed. The text of a signed note: a label and canonical JSON.
 *
 * It never names a parcel, a relay's leaf, its salt, or the hash of an original: they would lead back to an upload, or
 * convict a phone that holds the file. `docs/protocol.md` section "Release".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { concatBytes, toHex, utf8 } from './encoding.ts';
import { count, day, hash, isDay } from './fields.ts';
import { FormatError } from './refusal.ts';
import { formatSignedText, parseSignedText } from './signed-text.ts';

const label = 'zajil-release/1';
const sitePath = v.pipe(v.string(), v.regex(/^[a-z0-9-]+(?:\/[a-z0-9-]+)*(?:\.[a-z0-9]+)?$/), v.maxLength(120));

export const releaseLanguages = ['ar', 'en'] as const;
/** From which layer the released copy was made. */
export const mediaChoices = ['full', 'cut', 'glance'] as const;
export type MediaChoice = (typeof mediaChoices)[number];
export type ReleaseLanguage = (typeof releaseLanguages)[number];

const medium = v.strictObject({
  /** Where it stands in the site, relative to its root. */
  path: sitePath,
  type: v.picklist(['video/mp4', 'image/jpeg', 'audio/mp4']),
  bytes: count,
  sha256: hash,
  width: count,
  height: count,
  from: v.picklist(mediaChoices),
  /** What the newsroom's log committed to and at which index; empty and -1 when the original is not whole. */
  commitment: v.union([v.literal(''), hash]),
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
});

const media = v.pipe(
  medium,
  v.check(({ commitment, index }) => (commitment === '') === (index === -1)),
);

const schema = v.strictObject({
  newsroom: hash,
  /** Random; the same for every version of one release. */
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  version: v.pipe(count, v.minValue(1)),
  day,
  /** The name under which the newsroom publishes. */
  by: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  language: v.picklist(releaseLanguages),
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
  body: v.pipe(v.string(), v.maxLength(5000)),
  media: v.pipe(v.array(media), v.maxLength(16)),
  /** How many people other than its author reviewed it; each signs the release. */
  reviewers: count,
});

export type Release = v.InferOutput<typeof schema>;
export type ReleaseMedia = v.InferOutput<typeof media>;

export function formatRelease(release: Release): string {
  return formatSignedText(label, schema, release);
}

/** @param text - a signed note's text. @throws FormatError */
export function parseRelease(text: string): Release {
  return parseSignedText(label, schema, text);
}

/** H(salt ‖ SHA-256 of the original), hex. @param salt - 32 random bytes, kept in the vault for a court */
export function originalCommitment(salt: Uint8Array, original: Uint8Array): string {
  return toHex(sha256(concatBytes(utf8('zajil-original/1\n'), salt, original)));
}

/** Entry in the newsroom's log: on this day it committed to an original. */
export function commitmentEntry(dayUtc: string, commitment: string): Uint8Array {
  return utf8(`zajil-commitment/1\n${dayUtc}\n${commitment}\n`);
}

/** @throws FormatError. Returns the day and the commitment. */
export function parseCommitmentEntry(entry: string): { day: string; commitment: string } {
  const match = /^zajil-commitment\/1\n(\d{4}-\d\d-\d\d)\n([0-9a-f]{64})\n$/.exec(entry);
  if (!match?.[1] || !match[2] || !isDay(match[1])) throw new FormatError('FORMAT_MAGIC', 'this is not a commitment');
  return { day: match[1], commitment: match[2] };
}

/** Entry in the newsroom's log: it released this text. */
export function releaseEntry(text: string): Uint8Array {
  return utf8(`zajil-released/1\n${toHex(sha256(utf8(text)))}\n`);
}
