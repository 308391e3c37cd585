/**
 * What a platform gives to sealing. Two engines keep this contract, and one suite is run against both: the portable one
 * (browser, Node) and the faster one of Node.
 */

/** A SHA-256 that is fed piece by piece; its memory does not grow. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** Call once, at the end. */
  digest(): Uint8Array;
}

export interface SealEngine {
  /**
   * An age v1 file with exactly one `mlkem768x25519` stanza and a file key of its own, which is wiped before this returns.
   *
   * @param recipient - 1216 bytes
   * @throws SealError `SEAL_RECIPIENT` when it is no public key
   */
  sealAge(plaintext: Uint8Array, recipient: Uint8Array): Promise<Uint8Array>;

  /** SHA-256 of each `pieceBytes` of the parcel, in order. */
  hashPieces(parcel: Uint8Array, pieceBytes: number): Promise<Uint8Array[]>;

  sha256(bytes: Uint8Array): Promise<Uint8Array>;

  startHash(): RunningHash;
}
