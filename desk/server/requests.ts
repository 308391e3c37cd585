/** What the screen may send, checked. */
import * as v from 'valibot';
import type { Context } from 'hono';
import { mediaChoices, releaseLanguages } from '@zajil/format';
import { DeskError } from '../refusal.ts';

const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));
const file = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(254));

export const sessionSchema = v.object({ key: v.pipe(v.string(), v.maxLength(100)) });
export const foundSchema = v.object({
  name,
  member: v.pipe(v.string(), v.trim(), v.maxLength(100)),
  passphrase: v.exactOptional(v.pipe(v.string(), v.maxLength(1024))),
});
export const unlockSchema = v.object({ passphrase: v.pipe(v.string(), v.maxLength(4096)) });
export const inviteSchema = v.object({
  label: v.pipe(v.string(), v.maxLength(200)),
  relay: v.pipe(v.string(), v.maxLength(255)),
  plain: v.boolean(),
});
export const releaseSchema = v.object({
  exhibit: v.string(),
  title: v.pipe(v.string(), v.trim()),
  language: v.picklist(releaseLanguages),
  media: v.picklist(mediaChoices),
  body: v.string(),
  files: v.exactOptional(v.pipe(v.array(file), v.maxLength(255))),
});
export const exportSchema = v.object({ exhibit: v.string(), out: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) });
export const emptySchema = v.object({});

/** Only JSON is taken: a form on a foreign page cannot send that without being asked first. @throws DeskError `DESK_REQUEST` */
export async function readJson<S extends v.GenericSchema>(context: Context, schema: S): Promise<v.InferOutput<S>> {
  const isJson = /^application\/json(?:;|$)/.test(context.req.header('content-type') ?? '');
  const value: unknown = isJson ? await context.req.json().catch(() => undefined) : undefined;
  const result = v.safeParse(schema, value);
  if (!result.success)
    throw new DeskError('DESK_REQUEST', 'Something is missing or too long in what was sent. Nothing was changed. Look at the form again.');
  return result.output;
}
