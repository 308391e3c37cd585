/** What a relay says of a parcel that is not whole there: which pieces it holds. Untrusted. `docs/protocol.md` section "Relay". */
import * as v from 'valibot';
import { Bitmap, type NameHex, fromBase64Url, isBucket, piecesOf } from '@zajil/format';

export const stagedSchema = v.object({
  name: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: v.pipe(v.number(), v.check(isBucket)),
  /** As many bits are set in `held`, a bitmap in base64url. */
  pieces: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  held: v.pipe(v.string(), v.maxLength(43)),
});

export interface StagedThere {
  readonly name: NameHex;
  readonly held: Bitmap;
}

/** @throws FormatError */
export function readStaged({ name, bytes, held }: v.InferOutput<typeof stagedSchema>): StagedThere {
  return { name, held: new Bitmap(piecesOf(bytes), fromBase64Url(held)) };
}
