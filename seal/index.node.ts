/** The door of `seal` in Node, the same as `index.ts` over a faster engine: closes what the phone made, so that only the newsroom can open it. */
import { nodeEngine } from './engine.node.ts';
import { type DispatchSealing, OrderedSealer } from './dispatch-sealer.ts';
import { sealBytesWith } from './seal-bytes.ts';
import type { SealedParcel, StreamHead } from './sealed-parcel.ts';
import { PartwiseSealer, type WholeSealing } from './whole-sealer.ts';

export { type DispatchFile, type DispatchSealing, forgetProgress, type MadeLayer, type ProgressNotes } from './dispatch-sealer.ts';
export { fromRecipient, recipientBytes, toRecipient } from './recipient.ts';
export { type SealCode, SealError } from './refusal.ts';
export type { SealedParcel, StreamHead } from './sealed-parcel.ts';
export type { Source, WholeSealing } from './whole-sealer.ts';

/**
 * Seals content that is wholly in memory.
 *
 * @param recipient - 1216 bytes
 * @returns its parcels in order. @throws SealError `SEAL_RECIPIENT`
 */
export async function sealBytes(stream: StreamHead, content: Uint8Array, recipient: Uint8Array): Promise<SealedParcel[]> {
  return await sealBytesWith(nodeEngine, stream, content, recipient);
}

/** Seals an original of any size, parcel by parcel; see `PartwiseSealer`. */
export class WholeSealer extends PartwiseSealer {
  constructor(sealing: WholeSealing) {
    super(nodeEngine, sealing);
  }
}

/** For a program that seals one dispatch from end to end, resumable; see `OrderedSealer`. */
export class DispatchSealer extends OrderedSealer {
  constructor(sealing: DispatchSealing) {
    super(nodeEngine, sealing);
  }
}
