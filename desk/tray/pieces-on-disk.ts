/** Heads and pieces of a parcel as bytes in files: judged by hashes, written at their places. */
import { hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type NameHex, equalBytes, isBucket, parcelHeadBytes, pieceBytes, toHex } from '@zajil/format';

export interface Piece {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Of a head: its magic and the parcel's length stand before the hashes. */
const hashesAt = 8;

/** SHA-256 by OpenSSL. */
export function fastSha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/** Is this the head's file of that name, and no other's? */
export function isHeadOf(name: NameHex, head: Uint8Array): boolean {
  if (head.length < hashesAt || head.length > parcelHeadBytes(1024 * 1024)) return false;
  const bytes = lengthIn(head);
  return isBucket(bytes) && head.length === parcelHeadBytes(bytes) && toHex(fastSha256(head)) === name;
}

/** Length of the parcel, as its head says. */
export function lengthIn(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset, hashesAt).getUint32(4);
}

/** Is this the piece that the head announces? */
export function isPiece(head: Uint8Array, index: number, bytes: Uint8Array): boolean {
  const from = hashesAt + 32 * index;
  return bytes.length === pieceBytes && from + 32 <= head.length && equalBytes(head.subarray(from, from + 32), fastSha256(bytes));
}

/** The parcel of all its pieces, or that part of it which begins with piece `first` and has no gaps. */
export function joined(pieces: readonly Piece[], first = 0): Uint8Array {
  const parcel = new Uint8Array(pieces.length * pieceBytes);
  for (const { index, bytes } of pieces) parcel.set(bytes, (index - first) * pieceBytes);
  return parcel;
}

/** At their places. @throws an error of the code `ENOSPC` when the disk took less */
export async function writePieces(file: FileHandle, pieces: readonly Piece[]): Promise<void> {
  const sorted = [...pieces].sort((a, b) => a.index - b.index);
  const runs = sorted.filter(({ index }, i) => i === 0 || index !== (sorted[i - 1]?.index ?? 0) + 1).length;
  if (runs === 1) await writeAll(file, sorted[0]?.index ?? 0, joined(sorted, sorted[0]?.index));
  else if (runs > 1) await writeSpan(file, sorted);
}

/**
 * Cards that share hold every second or third piece: one write of all between the first and the last is many times faster
 * than one for each. What stands between them is written back as it is.
 */
async function writeSpan(file: FileHandle, sorted: readonly Piece[]): Promise<void> {
  const first = sorted[0]?.index ?? 0;
  const span = new Uint8Array(((sorted.at(-1)?.index ?? 0) + 1 - first) * pieceBytes);
  await file.read(span, 0, span.length, first * pieceBytes);
  for (const { index, bytes } of sorted) span.set(bytes, (index - first) * pieceBytes);
  await writeAll(file, first, span);
}

async function writeAll(file: FileHandle, first: number, bytes: Uint8Array): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, first * pieceBytes);
  if (bytesWritten !== bytes.length) throw Object.assign(new Error('write was cut short'), { code: 'ENOSPC' });
}
