/** The fields that several JSON texts share, each checked to the last character. `docs/protocol.md` section "JSON". */
import * as v from 'valibot';

/** SHA-256 in lower-case hex. */
export const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** A whole number from 0 to 2^53 - 1. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A day of the calendar, UTC: `2026-02-29` is none. */
export const day = v.pipe(v.string(), v.check(isDay));

/** Lower case, at most 100 characters. */
export const mediaTypePattern = /^[a-z0-9]{1,20}\/[a-z0-9.+-]{1,79}$/;

export const mediaType = v.pipe(v.string(), v.regex(mediaTypePattern));

/** A verifier key as in C2SP signed-note: `name+8 hex+base64(0x01 ‖ 32 bytes)`. */
export const vkey = v.pipe(v.string(), v.regex(/^[^+\s]{1,100}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/));

/** Is this `YYYY-MM-DD` and a day that there is? */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && spells(`${text}T00:00:00.000Z`);
}

/** Is this `YYYY-MM-DDThh:mmZ` and a minute that there is? */
export function isMinute(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/.test(text) && spells(`${text.slice(0, -1)}:00.000Z`);
}

/** `Date` rolls 31 February over into March, so only a time that comes back as it went in is one. */
function spells(text: string): boolean {
  const time = new Date(text).getTime();
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
