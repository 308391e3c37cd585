/**
 * What a relay owes for a parcel: a promise at once, and later the proof that it was kept.
 *
 * `docs/protocol.md` sections "Promise" and "Receipt". A receipt is a C2SP tlog-proof of the entry that the promise names.
 */
import { leafEntry, type Promised, promiseText, utf8 } from '@zajil/format';
import { verifyCheckpoint } from './checkpoint.ts';
import { verifyInclusion } from './proof.ts';
import { verifySignature } from './signer.ts';
import { parseTlogProof } from './tlog-proof.ts';
import { leafHash } from './tree.slow.ts';
import { parseVkey } from './vkey.ts';

/**
 * The promise, if this relay signed it for this parcel.
 *
 * @param vkey - the relay's log key, as the roster names it
 * @param name - the parcel's name: 32 bytes
 * @throws LogError `LOG_SIGNATURE`, `LOG_VKEY`
 */
export function verifyPromise(vkey: string, name: Uint8Array, promised: Promised): Promised {
  const text = promiseText(parseVkey(vkey).name, name, promised.salt, promised.quarter);
  verifySignature(vkey, utf8(text), promised.signature);
  return promised;
}

/**
 * Where the promised entry stands in the relay's log, and the checkpoint that says so. The promise's own signature is
 * `verifyPromise`'s affair.
 *
 * @param receipt - a tlog-proof
 * @throws LogError `LOG_PROOF`, `LOG_NOTE`, `LOG_SIGNATURE`, `LOG_CHECKPOINT`
 */
export function verifyReceipt(
  vkey: string,
  name: Uint8Array,
  promised: Promised,
  receipt: string,
): { size: number; index: number; checkpoint: string } {
  const { index, hashes, checkpoint } = parseTlogProof(receipt);
  const { size, root } = verifyCheckpoint(checkpoint, vkey);
  const leaf = leafHash(leafEntry(promised.salt, name, promised.quarter));
  verifyInclusion({ size, index, leaf, proof: hashes, root });
  return { size, index, checkpoint };
}
