/** Which pieces the next bag carries, and what the next question asks. Pure. `docs/protocol.md` section "Sending". */
import { type NameHex, bagMagic, mostAsked, nameFrameBytes, pieceFrameBytes, piecesOf } from '@zajil/format';
import { type BagPlan, type PieceView, type PlannedParcel, type SenderState, headBytesOf, viewOf } from './machine.ts';
import { type ParcelNote, compareParcels, rankOfLayer } from './order.ts';

/**
 * Plans a bag of about `budgetBytes` for `relay`, or null when nothing is certainly missing there.
 *
 * At least one piece is planned, whatever the budget. The first parcel that no longer fits ends the bag, so that
 * nothing overtakes it by being smaller. Words end their bag, since the answer comes at its end. A parcel that waits
 * for an answer holds back all that tells less than it.
 */
export function nextBag(state: SenderState, relay: string, budgetBytes: number): BagPlan | null {
  const entries: PlannedParcel[] = [];
  let bytes = bagMagic.length;
  let lastRank = Infinity;
  for (const parcel of [...state.parcels.values()].sort(compareParcels)) {
    if (rankOfLayer(parcel.layer) > lastRank) break;
    if (parcel.layer !== 'words' && startsWithWords(state, entries)) break;
    const missing = missingPieces(state, relay, parcel, budgetBytes);
    if (missing.length < openPieces(state, relay, parcel).length) lastRank = rankOfLayer(parcel.layer);
    if (missing.length === 0) continue;
    const head = !viewOf(state, relay, parcel).headHeld;
    const room = Math.floor((budgetBytes - bytes - openingBytes(parcel, head)) / pieceFrameBytes);
    const pieces = missing.slice(0, entries.length === 0 ? Math.max(1, room) : Math.max(0, room));
    if (pieces.length === 0) break;
    entries.push({ name: parcel.name, head, pieces });
    bytes += openingBytes(parcel, head) + pieces.length * pieceFrameBytes;
    if (pieces.length < missing.length) break;
  }
  return entries.length === 0 ? null : { bag: state.clock, relay, entries, bytes };
}

function startsWithWords(state: SenderState, entries: readonly PlannedParcel[]): boolean {
  return state.parcels.get(entries[0]?.name ?? '')?.layer === 'words';
}

/** Do words wait that nothing holds back, while no bag carries any? They go at once, beside whatever is under way. */
export function wordsMayOvertake(state: SenderState, relay: string): boolean {
  const words = [...state.parcels.values()].filter((parcel) => parcel.layer === 'words');
  return (
    words.every((parcel) => underWay(state, relay, parcel.name).size === 0) &&
    words.some((parcel) => missingPieces(state, relay, parcel, Infinity).length > 0)
  );
}

/** Bytes of a bag that carries every certainly missing piece of the words that go first; 0 when no words wait. */
export function wordsBagBytes(state: SenderState, relay: string): number {
  const first = [...state.parcels.values()].sort(compareParcels)[0];
  if (first?.layer !== 'words') return 0;
  const missing = missingPieces(state, relay, first, Infinity).length;
  return bagMagic.length + openingBytes(first, true) + missing * pieceFrameBytes;
}

/**
 * Pieces that are certainly not there and not under way. While the head itself is under way or in doubt, a second bag
 * would have to carry it again: where that costs more than an eighth of the bag, the parcel waits for the answer.
 */
export function missingPieces(state: SenderState, relay: string, parcel: ParcelNote, budgetBytes: number): number[] {
  const view = viewOf(state, relay, parcel);
  if (view.end) return [];
  const flying = underWay(state, relay, parcel.name);
  const headUnsure = !view.headHeld && (flying.size > 0 || view.doubt.size > 0);
  if (headUnsure && headBytesOf(parcel) * 8 > budgetBytes) return [];
  return allPieces(parcel).filter((piece) => isMissing(view, flying, piece));
}

function isMissing(view: PieceView, flying: ReadonlySet<number>, piece: number): boolean {
  return !view.held.has(piece) && !view.doubt.has(piece) && !flying.has(piece);
}

/** Pieces that are neither known to be there nor under way: missing, or in doubt. */
export function openPieces(state: SenderState, relay: string, parcel: ParcelNote): number[] {
  const view = viewOf(state, relay, parcel);
  if (view.end) return [];
  const flying = underWay(state, relay, parcel.name);
  return allPieces(parcel).filter((piece) => !view.held.has(piece) && !flying.has(piece));
}

/** Pieces of one parcel that bags to this relay carry now. */
export function underWay(state: SenderState, relay: string, name: NameHex): Set<number> {
  const pieces = new Set<number>();
  for (const flight of state.flights.values()) {
    if (flight.relay === relay) for (const piece of flight.pieces.get(name) ?? []) pieces.add(piece);
  }
  return pieces;
}

/** Does anything wait that this relay would still take? */
export function mayTake(state: SenderState, relay: string): boolean {
  return [...state.parcels.values()].some((parcel) => viewOf(state, relay, parcel).end === null);
}

/** Up to 16 names, in the order of sending, of which the relay must be asked before more of them is sent. */
export function nextQuestion(state: SenderState, relay: string): NameHex[] {
  return inDoubt(state, relay).slice(0, mostAsked);
}

function inDoubt(state: SenderState, relay: string): NameHex[] {
  const parcels = [...state.parcels.values()].filter((parcel) => viewOf(state, relay, parcel).doubt.size > 0);
  return parcels.sort(compareParcels).map((parcel) => parcel.name);
}

/** Parcels of which the relay says it holds every piece, without having promised. */
export function awaitingPromise(state: SenderState, relay: string): NameHex[] {
  const parcels = [...state.parcels.values()].filter((parcel) => {
    const view = viewOf(state, relay, parcel);
    return view.end === null && view.held.full;
  });
  return parcels.sort(compareParcels).map((parcel) => parcel.name);
}

function openingBytes(parcel: ParcelNote, head: boolean): number {
  return head ? 1 + headBytesOf(parcel) : nameFrameBytes;
}

function allPieces(parcel: ParcelNote): number[] {
  return Array.from({ length: piecesOf(parcel.bytes) }, (_, i) => i);
}

/** How many pieces of a plan are held by its relay now, or are of a parcel that waits no more. */
export function landedPieces(state: SenderState, plan: BagPlan): number {
  return plan.entries.reduce((sum, { name, pieces }) => {
    const parcel = state.parcels.get(name);
    if (!parcel) return sum + pieces.length;
    const view = viewOf(state, plan.relay, parcel);
    return sum + (view.end ? pieces.length : pieces.filter((piece) => view.held.has(piece)).length);
  }, 0);
}
