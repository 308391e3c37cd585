/** What a damaged bag still gives. `docs/protocol.md` section "Courier's file". */
import type { NameHex } from './parcel.ts';

export interface SalvagedParcel {
  readonly name: NameHex;
  /** The file of its head, as `parseParcelHead` takes it. */
  readonly head: Uint8Array;
  /** Where in the bag it stands; null when it came from elsewhere. */
  readonly headAt: number | null;
}

export interface SalvagedPiece {
  readonly parcel: SalvagedParcel;
  readonly index: number;
  /** Where in the bag its bytes begin. */
  readonly at: number;
  /** Not to be changed: others may share its memory. */
  readonly bytes: Uint8Array;
}

/** A name whose head is not known, and the pieces that follow it. */
export interface OrphanRun {
  readonly name: NameHex;
  /** Of the name's frame. Reading again from here, with the head, gives the pieces. */
  readonly from: number;
  /** Behind the last piece. */
  readonly to: number;
}
