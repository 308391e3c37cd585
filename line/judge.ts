/**
 * Which of the claims in one answer are proved by themselves. `docs/protocol.md` sections "Promise", "Receipt" and "Lies".
 * What an answer says against earlier ones of the same relay is `testimony.ts`'s affair.
 *
 * MUST: a parcel counts as taken only by a promise that a known key of a relay signed for its name, and as arrived only
 * by a receipt under a key that the roster names: whoever showed a key first could show a log of his own as well.
 */
import { type Held, type HeldEntry, type NameHex, type Promised, fromHex, nameToHex, piecesOf, toHex } from '@zajil/format';
import { LogError, verifyPromise, verifyReceipt } from '@zajil/log';
import type { Learned } from './machine.ts';
import { LineError } from './refusal.ts';
import type { Carried, SpooledParcel } from './spool.ts';

export interface RelayKeys {
  /** Verifier keys that may sign promises. */
  readonly promising: readonly string[];
  /** Those that the roster names: the newsroom vouches for their logs. */
  readonly named: readonly string[];
}

/** A checkpoint to which a receipt led, signed by the key of a relay. */
export interface SeenHead {
  /** The parcel whose receipt it was. */
  readonly name: NameHex;
  readonly vkey: string;
  readonly size: number;
  /** As the checkpoint writes it: base64 of 32 bytes. */
  readonly root: string;
}

export interface Judged {
  readonly learned: readonly Learned[];
  /** Verified promises, and receipts where there were any. */
  readonly carried: ReadonlyMap<NameHex, Carried>;
  readonly heads: readonly SeenHead[];
  /** The key of the latest promise that held; null when there was none. */
  readonly signed: string | null;
  readonly messages: readonly { readonly address: string; readonly message: Uint8Array }[];
  /** The first claim that did not hold. */
  readonly lie: LineError | null;
}

interface Proved {
  readonly carried: Carried;
  /** Key under which this answer's promise holds. */
  readonly signed: string;
  readonly head: SeenHead | null;
  readonly lie: LineError | null;
}

/**
 * Sorts an answer into what is proved and what is not.
 *
 * @param known - the parcel of that name, where one waits or was carried
 */
export function judge(entries: readonly HeldEntry[], keys: RelayKeys, known: (name: NameHex) => SpooledParcel | undefined): Judged {
  const learned: Learned[] = [];
  const carried = new Map<NameHex, Carried>();
  const heads: SeenHead[] = [];
  const messages: { address: string; message: Uint8Array }[] = [];
  let signed: string | null = null;
  let lie: LineError | null = null;
  for (const { id, held } of entries) {
    const name = nameToHex(id);
    const parcel = known(name);
    const wrong = wrongKind(held, parcel);
    lie ??= wrong;
    if (wrong) continue;
    if (held.state === 'message') messages.push({ address: name, message: held.message });
    else if (held.state !== 'taken') learned.push({ name, held });
    else {
      const proved = proveTaken(keys, id, held, parcel?.carried ?? null);
      lie ??= proved instanceof LineError ? proved : proved.lie;
      if (proved instanceof LineError) continue;
      carried.set(name, proved.carried);
      signed = proved.signed;
      learned.push({ name, held: { state: 'taken' } });
      if (proved.head) heads.push(proved.head);
    }
  }
  return { learned, carried, heads, signed, messages, lie };
}

/** A bitmap has as many bits as its parcel has pieces, and no message waits at a parcel's name. */
function wrongKind(held: Held, parcel: SpooledParcel | undefined): LineError | null {
  if (!parcel) return null;
  if (held.state === 'message') return new LineError('LINE_FALSE_MESSAGE');
  return held.state === 'partial' && held.pieces.size !== piecesOf(parcel.bytes) ? new LineError('LINE_FALSE_PIECES') : null;
}

/**
 * The first promise stays. Another one by the same key is a second face; one by another relay's key counts once its
 * receipt holds as well, for then the parcel stands in a log that the roster names.
 */
function proveTaken(keys: RelayKeys, id: Uint8Array, held: Held & { state: 'taken' }, before: Carried | null): Proved | LineError {
  if (before && isPromise(before, held.promise)) return proveReceipt(keys, id, before, held.receipt);
  try {
    const carried = carriedBy(signerOf(keys.promising, id, held.promise), held.promise);
    if (!before) return proveReceipt(keys, id, carried, held.receipt);
    const signed = carried.vkey;
    if (before.vkey === signed) return { carried: before, signed, head: null, lie: new LineError('LINE_FALSE_PROMISE') };
    const other = proveReceipt(keys, id, carried, held.receipt);
    return before.arrived || !other.carried.arrived ? { ...other, carried: before } : other;
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    return new LineError('LINE_FALSE_PROMISE', cause);
  }
}

function proveReceipt({ named }: RelayKeys, id: Uint8Array, carried: Carried, receipt: string): Proved {
  const signed = carried.vkey;
  if (receipt === '' || carried.arrived || !named.includes(signed)) return { carried, signed, head: null, lie: null };
  try {
    const { size, checkpoint } = verifyReceipt(signed, id, promisedOf(carried), receipt);
    // The third line of what was just verified.
    const head = { name: nameToHex(id), vkey: signed, size, root: checkpoint.split('\n')[2] ?? '' };
    return { carried: { ...carried, arrived: true }, signed, head, lie: null };
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    return { carried, signed, head: null, lie: new LineError('LINE_FALSE_RECEIPT', cause) };
  }
}

function signerOf(vkeys: readonly string[], name: Uint8Array, promise: Promised): string {
  let refusal = new LogError('LOG_SIGNATURE', 'no key of a relay is known');
  for (const vkey of vkeys) {
    try {
      verifyPromise(vkey, name, promise);
      return vkey;
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function isPromise({ salt, quarter, signature }: Carried, promise: Promised): boolean {
  return salt === toHex(promise.salt) && quarter === promise.quarter && signature === toHex(promise.signature);
}

function carriedBy(vkey: string, { salt, quarter, signature }: Promised): Carried {
  return { vkey, salt: toHex(salt), quarter, signature: toHex(signature), arrived: false };
}

function promisedOf({ salt, quarter, signature }: Carried): Promised {
  return { salt: fromHex(salt), quarter, signature: fromHex(signature) };
}
