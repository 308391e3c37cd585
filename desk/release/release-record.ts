/** What the vault keeps of a release: the signed note, where its media lie sealed, and from which exhibit they come. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const medium = v.strictObject({
  /** As in the release. */
  path: v.string(),
  /** File in the vault, and what opens it: 32 bytes, hex. */
  blob: v.pipe(v.string(), v.regex(/^[a-z2-9]{8}$/)),
  key: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: count,
  /** Entry of the newsroom's log that the release opens, or ''. */
  entry: v.string(),
});

export const releaseSchema = v.strictObject({
  v: v.literal(1),
  kind: v.literal('release'),
  exhibit: v.string(),
  note: v.string(),
  /** In the newsroom's log; -1 until it is known to be there. */
  index: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
  media: v.array(medium),
});

export type ReleaseRecord = v.InferOutput<typeof releaseSchema>;
export type ReleasedMedium = ReleaseRecord['media'][number];
