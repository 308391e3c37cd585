/**
 * Which of a relay's claims are proved. `docs/protocol.md` sections "Promise", "Receipt" and "Acknowledgement".
 *
 * MUST: a parcel counts as taken only by a promise that a known key of a relay signed for its name, and as arrived only
 * by a receipt under a key that the roster names: whoever showed a key first could show a log of his own as well.
 */
import { type HeldEntry, type NameHex, type Promised, fromHex, nameToHex, toHex } from '@zajil/format';
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

export interface Judged {
  readonly learned: readonly Learned[];
  /** Verified promises, and receipts where there were any. */
  readonly carried: ReadonlyMap<NameHex, Carried>;
  readonly messages: readonly { readonly address: string; readonly message: Uint8Array }[];
  /** A claim that did not hold. */
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
  const messages: { address: string; message: Uint8Array }[] = [];
  let lie: LineError | null = null;
  for (const { id, held } of entries) {
    const name = nameToHex(id);
    if (held.state === 'message') messages.push({ address: name, message: held.message });
    else if (held.state !== 'taken') learned.push({ name, held });
    else {
      try {
        const proved = proveTaken(keys, id, held.promise, held.receipt, known(name)?.carried ?? null);
        carried.set(name, proved.carried);
        learned.push({ name, held: { state: 'taken' } });
        lie ??= proved.lie;
      } catch (cause) {
        if (!(cause instanceof LogError)) throw cause;
        lie ??= new LineError('LINE_LYING_RELAY', cause);
      }
    }
  }
  return { learned, carried, messages, lie };
}

/** The first promise stays: a relay that later tells another arrival fails on its receipt. @throws LogError */
function proveTaken(
  { promising, named }: RelayKeys,
  name: Uint8Array,
  promise: Promised,
  receipt: string,
  before: Carried | null,
): { carried: Carried; lie: LineError | null } {
  const carried = before ?? carriedBy(signerOf(promising, name, promise), promise);
  if (receipt === '' || carried.arrived || !named.includes(carried.vkey)) return { carried, lie: null };
  try {
    verifyReceipt(carried.vkey, name, promisedOf(carried), receipt);
    return { carried: { ...carried, arrived: true }, lie: null };
  } catch (cause) {
    if (!(cause instanceof LogError)) throw cause;
    return { carried, lie: new LineError('LINE_LYING_RELAY', cause) };
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

function carriedBy(vkey: string, { salt, quarter, signature }: Promised): Carried {
  return { vkey, salt: toHex(salt), quarter, signature: toHex(signature), arrived: false };
}

function promisedOf({ salt, quarter, signature }: Carried): Promised {
  return { salt: fromHex(salt), quarter, signature: fromHex(signature) };
}
