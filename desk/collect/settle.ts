/**
 * What follows when the last part of a stream is here: words are read, a tally is read, an original is hashed and
 * compared. Only an original whose SHA-256 is the tally's is called complete.
 */
import { type Tally, FormatError, asCiphertext, fromHex, giveBack, originalCommitment, parseTally, parseWords, toHex } from '@zajil/format';
import { type Random, dayOf } from '@zajil/keys';
import { OpenError, hashOriginal } from '@zajil/open';
import type { Commitment } from '../exhibit/exhibit-record.ts';
import { type Exhibit, type Stream, isWords } from '../exhibit/exhibit.ts';
import { readWhole } from '../exhibit/read-layer.ts';
import { DeskError } from '../refusal.ts';
import type { ParcelStore } from '../vault/parcel-store.ts';

/** Words have at most 6000 characters and 255 files; a tally of 4 GiB in 1 MiB parts has 150 kB. */
const mostWordsBytes = 1024 * 1024;
const mostTallyBytes = 64 * 1024 * 1024;

export interface SettleOptions {
  readonly parcels: ParcelStore;
  readonly random: Random;
  readonly nowMs: number;
}

/** Returns how many originals became complete. Damage in one stream leaves the others. */
export async function settle(exhibit: Exhibit, options: SettleOptions): Promise<number> {
  let completed = 0;
  for (const stream of exhibit.streams.values()) {
    if (isWords(stream)) await settleWords(exhibit, stream, options);
    if (stream.layer === 'tally') completed += await settleOriginal(exhibit, stream, options);
  }
  return completed;
}

async function settleWords(exhibit: Exhibit, stream: Stream, { parcels }: SettleOptions): Promise<void> {
  if (exhibit.words || !exhibit.isWhole(stream)) return;
  exhibit.words = await unlessDamaged(async () => parseWords(await readWhole(parcels, stream, mostWordsBytes)));
}

async function settleOriginal(exhibit: Exhibit, stream: Stream, options: SettleOptions): Promise<number> {
  const { file } = stream;
  if (exhibit.originals.has(file) || !exhibit.isWhole(stream)) return 0;
  const known = exhibit.tallies.get(file);
  const tally = known ?? (await unlessDamaged(async () => parseTally(await readWhole(options.parcels, stream, mostTallyBytes))));
  if (!tally) return 0;
  exhibit.tallies.set(file, tally);
  const whole = exhibit.stream({ layer: 'whole', file, view: 0 });
  if (!whole) return 0;
  const judged = whole.assembler.judge(tally);
  if (judged.state === 'partial') return 0;
  const proved = judged.state === 'unproven' ? await isProved(whole, tally, options.parcels) : false;
  if (proved === null) return 0;
  const state = proved ? 'complete' : 'contradicted';
  const commitment = state === 'complete' ? commit(tally.sha256, options) : null;
  exhibit.originals.set(file, { file, bytes: tally.bytes, sha256: toHex(tally.sha256), state, commitment });
  exhibit.tallies.delete(file);
  return state === 'complete' ? 1 : 0;
}

/** Null when the vault cannot tell, since a parcel of it is gone or damaged: that says nothing about the original. */
async function isProved(whole: Stream, tally: Tally, parcels: ParcelStore): Promise<boolean | null> {
  // Each parcel is done with when the next is asked for.
  let parcel = asCiphertext(new Uint8Array(0));
  try {
    const sha256 = await hashOriginal(whole.assembler.placed, async (name) => {
      const filed = whole.filed.get(toHex(name));
      if (!filed) throw new RangeError('a placed part was not filed');
      giveBack(parcel);
      parcel = await parcels.get(toHex(name));
      return { parcel, fileKey: filed.fileKey };
    });
    giveBack(parcel);
    return whole.assembler.judge(tally, sha256).state === 'complete';
  } catch (error) {
    if (error instanceof OpenError || (error instanceof DeskError && error.code === 'DESK_VANISHED')) return null;
    throw error;
  }
}

function commit(sha256: Uint8Array, { random, nowMs }: SettleOptions): Commitment {
  const salt = toHex(random(32));
  return { salt, day: dayOf(nowMs), hash: originalCommitment(fromHex(salt), sha256), index: -1 };
}

/** Null when what was sent is not what it claims to be, or when a file of the vault is gone: one exhibit's loss must not stop the others. */
async function unlessDamaged<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FormatError || error instanceof OpenError) return null;
    if (error instanceof DeskError && (error.code === 'DESK_TOO_LARGE' || error.code === 'DESK_VANISHED')) return null;
    throw error;
  }
}
