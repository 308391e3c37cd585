/** The door of `seal`, wherever JavaScript runs: closes what the phone made, so that only the newsroom can open it. */
import { portableEngine } from './engine.portable.ts';
import { sealBytesWith } from './seal-bytes.ts';
import type { SealedParcel, StreamHead } from './sealed-parcel.ts';
import { PartwiseSealer, type WholeSealing } from './whole-sealer.ts';

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
  return await sealBytesWith(portableEngine, stream, content, recipient);
}

/** Seals an original of any size, parcel by parcel; see `PartwiseSealer`. */
export class WholeSealer extends PartwiseSealer {
  constructor(sealing: WholeSealing) {
    super(portableEngine, sealing);
  }
}
