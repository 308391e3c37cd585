/** A planned bag as bytes. At most two bags, of a few MiB each, are in memory at a time. */
import {
  FormatError,
  type NameHex,
  bagMagic,
  formatBagFrame,
  fromHex,
  giveBack,
  mostPieces,
  nameToHex,
  parcelName,
  parseParcelHead,
  pieceBytes,
  pieceFrameBytes,
  verifyPiece,
} from '@zajil/format';
import type { BagPlan } from './machine.ts';
import type { Spool } from './spool.ts';

export interface PackedBag {
  readonly body: Uint8Array;
  /** Parcels whose bytes are not in the spool any more. */
  readonly absent: readonly NameHex[];
}

/** What stands before each piece's bytes; kept, since a frame made anew for every 4 KiB costs more than sending it. */
const openings: Uint8Array[] = [];

function pieceOpening(index: number): Uint8Array {
  if (openings.length === 0) {
    const bytes = new Uint8Array(pieceBytes);
    for (let i = 0; i < mostPieces; i += 1) {
      openings.push(formatBagFrame({ kind: 'piece', index: i, bytes }).slice(0, pieceFrameBytes - pieceBytes));
    }
  }
  const opening = openings[index];
  if (!opening) throw new RangeError('no such piece');
  return opening;
}

/** Reads what the plan names out of the spool. */
export async function packBag(plan: BagPlan, spool: Pick<Spool, 'readHead' | 'readPieces'>): Promise<PackedBag> {
  const body = new Uint8Array(plan.bytes);
  const absent: NameHex[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): void => {
    body.set(bytes, at);
    at += bytes.length;
  };
  put(bagMagic);
  for (const { name, head, pieces } of plan.entries) {
    const [headBytes, found] = await Promise.all([head ? spool.readHead(name) : null, spool.readPieces(name, pieces)]);
    if (!found || (head && !headBytes)) {
      absent.push(name);
      continue;
    }
    put(formatBagFrame(headBytes ? { kind: 'head', head: headBytes } : { kind: 'name', name: fromHex(name) }));
    for (const [i, bytes] of found.entries()) {
      put(pieceOpening(pieces[i] ?? 0));
      put(bytes);
    }
    for (const memory of new Set(found.map(({ buffer }) => buffer))) giveBack(new Uint8Array(memory));
  }
  return { body: body.subarray(0, at), absent };
}

/** Parcels of the plan whose stored bytes are not what their names say: asked when a relay keeps nothing of a bag. */
export async function findDamaged(plan: BagPlan, spool: Pick<Spool, 'readHead' | 'readPieces'>): Promise<NameHex[]> {
  const damaged: NameHex[] = [];
  for (const { name, pieces } of plan.entries) {
    const [head, found] = await Promise.all([spool.readHead(name), spool.readPieces(name, pieces)]);
    if (head && found && !isWhole(name, head, pieces, found)) damaged.push(name);
  }
  return damaged;
}

function isWhole(name: NameHex, headBytes: Uint8Array, indices: readonly number[], pieces: readonly Uint8Array[]): boolean {
  if (nameToHex(parcelName(headBytes)) !== name) return false;
  try {
    const head = parseParcelHead(headBytes);
    for (const [i, piece] of pieces.entries()) verifyPiece(head, indices[i] ?? 0, piece);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
