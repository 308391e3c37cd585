/**
 * For the properties of the machine: what a bag must be, written down a second time, slowly and plainly.
 * `docs/protocol.md` sections "Sending" and "Order".
 */
import { type Layer, type NameHex, bagMagic, nameFrameBytes, pieceFrameBytes, piecesOf } from '@zajil/format';
import { expect } from 'vitest';
import { type BagPlan, type Flight, type SenderState, headBytesOf } from './machine.ts';
import type { ParcelNote } from './order.ts';
import { compareIn, isEnough, wantedPieces } from './wants.ts';
import type { Lane } from './wire.ts';

/** A bag is to go there, on that lane, with about so many bytes. */
export interface Occasion {
  readonly relay: string;
  readonly lane: Lane;
  readonly budget: number;
}

interface Row {
  readonly parcel: ParcelNote;
  readonly piece: number;
  readonly elsewhere: boolean;
}

const ranks: Readonly<Record<Layer, number>> = { words: 0, glance: 1, cut: 2, whole: 3, tally: 3 };

function flightsOf(state: SenderState, relay: string, name: NameHex): Flight[] {
  return [...state.flights.values()].filter((flight) => flight.relay === relay && flight.pieces.has(name));
}

function isLed(state: SenderState, { relay, lane }: Occasion, name: NameHex): boolean {
  return flightsOf(state, relay, name).some((flight) => flight.lane === lane && flight.heads.has(name));
}

/** May the head have come by a bag of which nothing is known yet, and would another one not follow that bag? */
export function isHeadUnsure(state: SenderState, occasion: Occasion, name: NameHex): boolean {
  const view = state.relays.get(occasion.relay)?.get(name);
  if (view?.headHeld || isLed(state, occasion, name)) return false;
  return (view?.doubt.size ?? 0) > 0 || flightsOf(state, occasion.relay, name).length > 0;
}

/** Pieces that are here, wanted, not held there, not under way there and not in doubt, of parcels that need not wait for their heads. */
function certainlyMissing(state: SenderState, occasion: Occasion, parcel: ParcelNote): number[] {
  const { name } = parcel;
  const view = state.relays.get(occasion.relay)?.get(name);
  if (isEnough(state, parcel) || (view && view.end !== null)) return [];
  if (isHeadUnsure(state, occasion, name) && 8 * headBytesOf(parcel) > occasion.budget) return [];
  const wanted = wantedPieces(state, parcel);
  const flying = flightsOf(state, occasion.relay, name).flatMap((flight) => flight.pieces.get(name) ?? []);
  return Array.from({ length: piecesOf(parcel.bytes) }, (_, piece) => piece).filter(
    (piece) =>
      (!parcel.pieces || parcel.pieces.has(piece)) &&
      (!wanted || wanted.has(piece)) &&
      !view?.held.has(piece) &&
      !view?.doubt.has(piece) &&
      !flying.includes(piece),
  );
}

function isElsewhere(state: SenderState, relay: string, name: NameHex, piece: number): boolean {
  return [...state.relays].some(([other, views]) => {
    const view = views.get(name);
    return other !== relay && view?.end === null && view.held.has(piece);
  });
}

/** Every piece that may go now, in the order of sending: by layer, then what no other relay holds, then as the newsroom wants it. */
export function whatMayGo(state: SenderState, occasion: Occasion): Row[] {
  const rows = [...state.parcels.values()].flatMap((parcel) =>
    certainlyMissing(state, occasion, parcel).map((piece) => ({
      parcel,
      piece,
      elsewhere: isElsewhere(state, occasion.relay, parcel.name, piece),
    })),
  );
  const before = compareIn(state);
  return rows.sort(
    (a, b) =>
      ranks[a.parcel.layer] - ranks[b.parcel.layer] ||
      Number(a.elsewhere) - Number(b.elsewhere) ||
      before(a.parcel, b.parcel) ||
      a.piece - b.piece,
  );
}

/** Bytes of the bag, frame by frame. */
export function bytesOf(state: SenderState, plan: BagPlan): number {
  return plan.entries.reduce((sum, { name, head, pieces }) => {
    const parcel = state.parcels.get(name);
    if (!parcel) throw new Error('planned what does not wait');
    return sum + (head ? 1 + headBytesOf(parcel) : nameFrameBytes) + pieces.length * pieceFrameBytes;
  }, bagMagic.length);
}

/** @throws where the plan is not what the rules say */
export function checkPlan(state: SenderState, occasion: Occasion, plan: BagPlan | null): void {
  const rows = whatMayGo(state, occasion);
  for (const { held, doubt } of state.relays.get(occasion.relay)?.values() ?? [])
    expect([...doubt].filter((piece) => held.has(piece))).toEqual([]);
  // The line is never idle while something may go.
  if (!plan) {
    expect(rows).toEqual([]);
    return;
  }
  const planned = plan.entries.flatMap(({ name, pieces }) => pieces.map((piece) => `${name} ${piece}`));
  expect(planned.length).toBeGreaterThan(0);
  expect(planned).toEqual(rows.slice(0, planned.length).map(({ parcel, piece }) => `${parcel.name} ${piece}`));
  for (const { name, head } of plan.entries) {
    expect(head).toBe(!state.relays.get(occasion.relay)?.get(name)?.headHeld && !isLed(state, occasion, name));
  }
  expect(plan.bytes).toBe(bytesOf(state, plan));
  expect(plan).toMatchObject({ bag: state.clock, relay: occasion.relay, lane: occasion.lane });
  checkSize(state, occasion, plan, rows);
}

/** A bag is full: what comes next would not fit, or words end it, or a parcel would stand in it twice. */
function checkSize(state: SenderState, occasion: Occasion, plan: BagPlan, rows: readonly Row[]): void {
  const count = plan.entries.reduce((sum, { pieces }) => sum + pieces.length, 0);
  if (count > 1) expect(plan.bytes).toBeLessThanOrEqual(occasion.budget);
  const isOfWords = rows.slice(0, count).map(({ parcel }) => parcel.layer === 'words');
  expect(new Set(isOfWords).size).toBe(1);
  const [last, next] = [rows[count - 1], rows[count]];
  if (!next || (isOfWords[0] && next.parcel.layer !== 'words')) return;
  const follows = next.parcel === last?.parcel && next.elsewhere === last.elsewhere;
  if (!follows && plan.entries.some(({ name }) => name === next.parcel.name)) return;
  const head = !state.relays.get(occasion.relay)?.get(next.parcel.name)?.headHeld && !isLed(state, occasion, next.parcel.name);
  const opening = follows ? 0 : head ? 1 + headBytesOf(next.parcel) : nameFrameBytes;
  expect(plan.bytes + opening + pieceFrameBytes).toBeGreaterThan(occasion.budget);
}
