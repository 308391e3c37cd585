/** Which pieces the next bag carries, and what the next question asks. Pure. `docs/protocol.md` section "Sending". */
import { type Bitmap, type NameHex, bagMagic, mostAsked, nameFrameBytes, pieceFrameBytes } from '@zajil/format';
import { type BagPlan, type PieceView, type PlannedParcel, type SenderState, headBytesOf, viewOf } from './machine.ts';
import { type ParcelNote, rankOfLayer } from './order.ts';
import { compareIn, inOrder, isEnough, piecesToSend, wantedPieces } from './wants.ts';
import type { Lane } from './wire.ts';

/**
 * Plans a bag of about `budgetBytes` for a lane of `relay`, or null when nothing is certainly missing there.
 *
 * At least one piece is planned, whatever the budget. The first parcel that no longer fits ends the bag, so that
 * nothing overtakes it by being smaller. Words end their bag, since the answer comes at its end.
 */
export function nextBag(state: SenderState, relay: string, budgetBytes: number, lane: Lane = 0): BagPlan | null {
  const entries: PlannedParcel[] = [];
  let bytes = bagMagic.length;
  for (const { parcel, missing } of candidates(state, relay, budgetBytes, lane)) {
    if (parcel.layer !== 'words' && startsWithWords(state, entries)) break;
    if (entries.some((entry) => entry.name === parcel.name)) break;
    const head = !viewOf(state, relay, parcel).headHeld && !headLeads(state, relay, parcel.name, lane);
    const room = Math.floor((budgetBytes - bytes - openingBytes(parcel, head)) / pieceFrameBytes);
    const pieces = missing.slice(0, entries.length === 0 ? Math.max(1, room) : Math.max(0, room));
    if (pieces.length === 0) break;
    entries.push({ name: parcel.name, head, pieces });
    bytes += openingBytes(parcel, head) + pieces.length * pieceFrameBytes;
    if (pieces.length < missing.length) break;
  }
  return entries.length === 0 ? null : { bag: state.clock, relay, lane, entries, bytes };
}

interface Candidate {
  readonly parcel: ParcelNote;
  /** At least one. */
  readonly missing: readonly number[];
}

/** What certainly is not there, in the order of sending; what another relay holds already comes last in its layer: the desk unites them. */
function* candidates(state: SenderState, relay: string, budgetBytes: number, lane: Lane): Generator<Candidate> {
  let later: Candidate[] = [];
  let rank = -1;
  for (const parcel of inOrder(state)) {
    if (rankOfLayer(parcel.layer) > rank) {
      yield* later;
      later = [];
      rank = rankOfLayer(parcel.layer);
    }
    const missing = missingPieces(state, relay, parcel, budgetBytes, lane);
    const elsewhere = heldElsewhere(state, relay, parcel.name);
    const [known, nowhere] = [true, false].map((is) => missing.filter((piece) => elsewhere.some((held) => held.has(piece)) === is));
    if (nowhere && nowhere.length > 0) yield { parcel, missing: nowhere };
    if (known && known.length > 0) later.push({ parcel, missing: known });
  }
  yield* later;
}

function heldElsewhere(state: SenderState, relay: string, name: NameHex): Bitmap[] {
  const views = [...state.relays].filter(([other]) => other !== relay).map(([, views]) => views.get(name));
  return views.filter((view) => view !== undefined && view.end === null && view.held.count > 0).map((view) => view?.held as Bitmap);
}

/** Does a bag on this lane bring the head? What follows on the same lane cannot arrive before it. */
function headLeads(state: SenderState, relay: string, name: NameHex, lane: Lane): boolean {
  return [...state.flights.values()].some((flight) => flight.relay === relay && flight.lane === lane && flight.heads.has(name));
}

function startsWithWords(state: SenderState, entries: readonly PlannedParcel[]): boolean {
  return state.parcels.get(entries[0]?.name ?? '')?.layer === 'words';
}

/** Do words wait that nothing holds back, while no bag carries any? They go at once, beside whatever is under way. */
export function wordsMayOvertake(state: SenderState, relay: string): boolean {
  const words = [...state.parcels.values()].filter((parcel) => parcel.layer === 'words');
  return (
    words.every((parcel) => underWay(state, relay, parcel.name).size === 0) &&
    // Where the head is in doubt they may have to wait for an answer, and something else would take their place.
    words.some((parcel) => missingPieces(state, relay, parcel, 0).length > 0)
  );
}

/** Bytes of a bag that carries every certainly missing piece of the words that go first; 0 when no words wait. */
export function wordsBagBytes(state: SenderState, relay: string): number {
  const first = inOrder(state)[0];
  if (first?.layer !== 'words') return 0;
  const missing = missingPieces(state, relay, first, Infinity).length;
  return bagMagic.length + openingBytes(first, true) + missing * pieceFrameBytes;
}

/**
 * Pieces that are here, certainly not there and not under way. While the head is under way on another lane or in doubt,
 * a second bag would have to carry it again: where that costs more than an eighth of the bag, the parcel waits for the answer.
 */
export function missingPieces(state: SenderState, relay: string, parcel: ParcelNote, budgetBytes: number, lane: Lane = 0): number[] {
  const view = viewOf(state, relay, parcel);
  if (view.end) return [];
  const flying = underWay(state, relay, parcel.name);
  const headUnsure = !view.headHeld && (flying.size > 0 || view.doubt.size > 0) && !headLeads(state, relay, parcel.name, lane);
  if (headUnsure && headBytesOf(parcel) * 8 > budgetBytes) return [];
  return piecesToSend(state, parcel).filter((piece) => !view.held.has(piece) && !view.doubt.has(piece) && !flying.has(piece));
}

/** Pieces that are neither known to be there nor under way: missing, or in doubt. */
export function openPieces(state: SenderState, relay: string, parcel: ParcelNote): number[] {
  const view = viewOf(state, relay, parcel);
  if (view.end) return [];
  const flying = underWay(state, relay, parcel.name);
  return piecesToSend(state, parcel).filter((piece) => !view.held.has(piece) && !flying.has(piece));
}

/** Pieces of one parcel that bags to this relay carry now. */
export function underWay(state: SenderState, relay: string, name: NameHex): Set<number> {
  const pieces = new Set<number>();
  for (const flight of state.flights.values()) {
    if (flight.relay === relay) for (const piece of flight.pieces.get(name) ?? []) pieces.add(piece);
  }
  return pieces;
}

/**
 * Does anything wait that this relay would still take, or promise? Nothing that is enough; of what came from a card, that
 * is only the pieces that are here.
 */
export function mayTake(state: SenderState, relay: string): boolean {
  return [...state.parcels.values()].some((parcel) => {
    const view = viewOf(state, relay, parcel);
    if (view.end !== null || isEnough(state, parcel)) return false;
    return !parcel.pieces || isAllThere(state, view, parcel) || piecesToSend(state, parcel).some((piece) => !view.held.has(piece));
  });
}

/** Is every piece held that the newsroom lacks? It brings the rest. */
function isAllThere(state: SenderState, { held }: PieceView, parcel: ParcelNote): boolean {
  const wanted = wantedPieces(state, parcel);
  return Array.from({ length: held.size }, (_, piece) => piece).every((piece) => held.has(piece) || wanted?.has(piece) === false);
}

/** Up to 16 names, in the order of sending, of which the relay must be asked before more of them is sent. */
export function nextQuestion(state: SenderState, relay: string): NameHex[] {
  return inDoubt(state, relay).slice(0, mostAsked);
}

function inDoubt(state: SenderState, relay: string): NameHex[] {
  return inOrder(state)
    .filter((parcel) => viewOf(state, relay, parcel).doubt.size > 0)
    .map((parcel) => parcel.name);
}

/** Parcels of which the relay says it holds every piece, without having promised; or every one that the newsroom lacked: it brings the rest. */
export function awaitingPromise(state: SenderState, relay: string): NameHex[] {
  const parcels = [...state.parcels.values()].filter((parcel) => {
    const view = viewOf(state, relay, parcel);
    return view.end === null && isAllThere(state, view, parcel);
  });
  return parcels.sort(compareIn(state)).map((parcel) => parcel.name);
}

function openingBytes(parcel: ParcelNote, head: boolean): number {
  return head ? 1 + headBytesOf(parcel) : nameFrameBytes;
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
