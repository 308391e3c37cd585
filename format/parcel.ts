/**
 * A parcel is a finished age file of a bucket's size. Its head lists the SHA-256 of each 4 KiB piece; its name is the
 * SHA-256 of its head. So every piece proves itself on arrival, and nobody who overhears a name can poison it.
 *
 * `docs/protocol.md` section "Parcel".
 */
import { sha256 as portableSha256 } from '@noble/hashes/sha2.js';
import { isBucket, largestBucketBytes } from './bucket.ts';
import { Cursor, Writer } from './cursor.ts';
import { equalBytes, toHex, utf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';
import { nameBytes } from './tally.ts';

export const pieceBytes = 4096;
export const mostPieces = largestBucketBytes / pieceBytes;
export const parcelHeadMagic = utf8('ZJH1');
export const hashBytes = 32;

/** SHA-256, given by the platform where that is faster; the default is portable. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export interface ParcelHead {
  /** Length of the parcel, one of the buckets. */
  readonly bytes: number;
  /** SHA-256 of each piece, in order. */
  readonly pieces: readonly Uint8Array[];
}

export function piecesOf(parcelBytes: number): number {
  return parcelBytes / pieceBytes;
}

/** Bytes of the head of a parcel of this size. */
export function parcelHeadBytes(parcelBytes: number): number {
  return parcelHeadMagic.length + 4 + hashBytes * piecesOf(parcelBytes);
}

/** Writes the head of a finished parcel. @throws RangeError when its length is no bucket */
export function makeParcelHead(parcel: Uint8Array, sha256: Sha256 = portableSha256): Uint8Array {
  if (!isBucket(parcel.length)) throw new RangeError('a parcel has the size of a bucket');
  const writer = new Writer().put(parcelHeadMagic).u32(parcel.length);
  for (let at = 0; at < parcel.length; at += pieceBytes) writer.put(sha256(parcel.subarray(at, at + pieceBytes)));
  return writer.bytes();
}

/** @throws FormatError when it is not exactly one head */
export function parseParcelHead(bytes: Uint8Array): ParcelHead {
  const cursor = new Cursor(bytes);
  if (!equalBytes(cursor.take(parcelHeadMagic.length), parcelHeadMagic))
    throw new FormatError('FORMAT_MAGIC', 'this is not the head of a parcel');
  const length = cursor.u32();
  if (!isBucket(length)) throw new FormatError('FORMAT_RANGE', 'parcel length is no bucket');
  const pieces = Array.from({ length: piecesOf(length) }, () => cursor.take(hashBytes).slice());
  cursor.end();
  return { bytes: length, pieces };
}

/** Name of a parcel: 32 bytes. */
export function parcelName(head: Uint8Array, sha256: Sha256 = portableSha256): Uint8Array {
  return sha256(head);
}

/** A parcel's name as used in maps, file names and addresses. */
export type NameHex = string;

export function nameToHex(name: Uint8Array): NameHex {
  if (name.length !== nameBytes) throw new RangeError('a name has 32 bytes');
  return toHex(name);
}

/** Returns the piece when it is the one that the head announced. @throws FormatError `FORMAT_PIECE` */
export function verifyPiece(head: ParcelHead, index: number, piece: Uint8Array, sha256: Sha256 = portableSha256): Uint8Array {
  const wanted = head.pieces[index];
  if (wanted === undefined) throw new FormatError('FORMAT_RANGE', 'parcel has no such piece');
  if (piece.length !== pieceBytes || !equalBytes(sha256(piece), wanted))
    throw new FormatError('FORMAT_PIECE', 'piece is not the one that its head announced');
  return piece;
}
