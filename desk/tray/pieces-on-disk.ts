/** Heads and pieces of a parcel as bytes in files: judged by hashes, written at their places. */
import { hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
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

/** The parcel of all its pieces. */
export function joined(pieces: readonly Piece[]): Uint8Array {
  const parcel = new Uint8Array(pieces.length * pieceBytes);
  for (const { index, bytes } of pieces) parcel.set(bytes, index * pieceBytes);
  return parcel;
}

/** At their places. @throws an error of the code `ENOSPC` when the disk took less */
export async function writePieces(file: FileHandle, pieces: readonly Piece[]): Promise<void> {
  for (const run of joinRuns(pieces)) await writeAll(file, run);
}

/** Pieces that follow one another are written with one call. */
function joinRuns(pieces: readonly Piece[]): Piece[][] {
  const runs: Piece[][] = [];
  for (const piece of [...pieces].sort((a, b) => a.index - b.index)) {
    const run = runs.at(-1);
    if (run && run.at(-1)?.index === piece.index - 1) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

async function writeAll(file: FileHandle, run: readonly Piece[]): Promise<void> {
  const at = (run[0]?.index ?? 0) * pieceBytes;
  const { bytesWritten } = await file.writev(
    run.map(({ bytes }) => bytes),
    at,
  );
  if (bytesWritten !== run.length * pieceBytes) throw Object.assign(new Error('write was cut short'), { code: 'ENOSPC' });
}

/** Makes a file or, with `r`, a folder durable. */
export async function flushPath(path: string, how: 'r' | 'r+'): Promise<void> {
  if (process.platform === 'win32' && how === 'r') return;
  const file = await open(path, how);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
