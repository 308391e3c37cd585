/**
 * The sender's machine: what waits, what each relay holds, what is under way. Pure and replayable: every function
 * takes a state and returns the next one. `docs/protocol.md` section "Sending".
 *
 * Contract. A piece that a relay is known to hold MUST NOT be planned for it; a piece under way MUST NOT be planned
 * until its bag is over; a piece of a lost bag is *in doubt* and MUST NOT be planned until the relay was asked.
 */
import { Bitmap, type NameHex, parcelHeadBytes, piecesOf } from '@zajil/format';
import type { ParcelNote } from './order.ts';
import type { Lane } from './wire.ts';
import { type WantsView, noWants } from './wants.ts';

/** What is known of one parcel at one relay. */
export interface PieceView {
  readonly held: Bitmap;
  readonly headHeld: boolean;
  /** Pieces of lost bags, until the relay was asked after `doubtSince`. */
  readonly doubt: ReadonlySet<number>;
  readonly doubtSince: number;
  /** Clock of the last answer about it. */
  readonly learnedAt: number;
  /** The relay let it go, and takes it no more. */
  readonly end: 'gone' | 'expired' | null;
}

export interface Flight {
  readonly relay: string;
  readonly lane: Lane;
  /** Parcels whose heads it brings. */
  readonly heads: ReadonlySet<NameHex>;
  /** Clock at which the bag left. */
  readonly sentAt: number;
  readonly pieces: ReadonlyMap<NameHex, readonly number[]>;
}

export interface SenderState {
  /** Counts events; orders answers against questions. */
  readonly clock: number;
  readonly parcels: ReadonlyMap<NameHex, ParcelNote>;
  readonly relays: ReadonlyMap<string, ReadonlyMap<NameHex, PieceView>>;
  readonly flights: ReadonlyMap<number, Flight>;
  /** What the newsroom asks for: orders what waits, and holds back what is enough. */
  readonly wants: WantsView;
}

/** One parcel's share of a bag. */
export interface PlannedParcel {
  readonly name: NameHex;
  /** The head goes along, since the relay is not known to have it. */
  readonly head: boolean;
  /** Ascending; at least one. */
  readonly pieces: readonly number[];
}

export interface BagPlan {
  readonly bag: number;
  readonly relay: string;
  /** The connection that carries it. */
  readonly lane: Lane;
  readonly entries: readonly PlannedParcel[];
  /** Exact length of the bag. */
  readonly bytes: number;
}

/** An answer after its proofs were checked: a *taken* here is a verified one. */
export interface Learned {
  readonly name: NameHex;
  readonly held: { readonly state: 'unknown' | 'taken' | 'gone' | 'expired' } | { readonly state: 'partial'; readonly pieces: Bitmap };
}

export const emptyState: SenderState = { clock: 0, parcels: new Map(), relays: new Map(), flights: new Map(), wants: noWants };

/** What is known of a parcel at a relay; nothing, to begin with. */
export function viewOf(state: SenderState, relay: string, parcel: ParcelNote): PieceView {
  return state.relays.get(relay)?.get(parcel.name) ?? unseen(parcel);
}

function unseen(parcel: ParcelNote): PieceView {
  return { held: new Bitmap(piecesOf(parcel.bytes)), headHeld: false, doubt: new Set(), doubtSince: -1, learnedAt: -1, end: null };
}

/** Adds what was sealed. A parcel that already waits stays as it is. */
export function onParcels(state: SenderState, parcels: readonly ParcelNote[]): SenderState {
  const next = new Map(state.parcels);
  for (const parcel of parcels) if (!next.has(parcel.name)) next.set(parcel.name, parcel);
  return { ...state, clock: state.clock + 1, parcels: next };
}

/** What the newsroom wants now. The same view again changes nothing. */
export function onWants(state: SenderState, wants: WantsView): SenderState {
  return state.wants === wants ? state : { ...state, clock: state.clock + 1, wants };
}

/** A parcel needs no more sending: a verified promise or acknowledgement covers it. */
export function onCarried(state: SenderState, names: readonly NameHex[]): SenderState {
  const parcels = new Map(state.parcels);
  const relays = new Map([...state.relays].map(([relay, views]) => [relay, new Map(views)]));
  for (const name of names) {
    parcels.delete(name);
    for (const views of relays.values()) views.delete(name);
  }
  return { ...state, clock: state.clock + 1, parcels, relays };
}

export function onBagSent(state: SenderState, plan: BagPlan): SenderState {
  const pieces = new Map(plan.entries.map((entry) => [entry.name, entry.pieces]));
  const heads = new Set(plan.entries.filter((entry) => entry.head).map((entry) => entry.name));
  const flights = new Map(state.flights).set(plan.bag, { relay: plan.relay, lane: plan.lane, heads, sentAt: state.clock, pieces });
  return { ...state, clock: state.clock + 1, flights };
}

/** The bag's answer never came: what it carried is in doubt until the relay was asked. */
export function onBagLost(state: SenderState, bag: number): SenderState {
  const flight = state.flights.get(bag);
  if (!flight) return state;
  return [...flight.pieces].reduce((next, [name, pieces]) => withDoubt(next, flight.relay, name, pieces), withoutFlight(state, bag));
}

/** The bag never left: what it was to carry is missing as before. */
export function onBagKept(state: SenderState, bag: number): SenderState {
  return withoutFlight(state, bag);
}

/** The bag was answered: what the answer does not list as held is missing again. */
export function onBagAnswered(state: SenderState, bag: number, learned: readonly Learned[]): SenderState {
  const flight = state.flights.get(bag);
  if (!flight) return state;
  return onHeld(withoutFlight(state, bag), flight.relay, learned, flight.sentAt);
}

/** Touched by an earlier run that was cut off: all of it is in doubt at this relay. */
export function onDoubt(state: SenderState, relay: string, names: readonly NameHex[]): SenderState {
  return names.reduce((next, name) => {
    const parcel = next.parcels.get(name);
    return parcel
      ? withDoubt(
          next,
          relay,
          name,
          Array.from({ length: piecesOf(parcel.bytes) }, (_, i) => i),
        )
      : next;
  }, state);
}

/** @param askedAt - clock at which the question left: an answer older than what is known can only add. */
export function onHeld(state: SenderState, relay: string, learned: readonly Learned[], askedAt: number): SenderState {
  const taken = learned.filter((one) => one.held.state === 'taken').map((one) => one.name);
  const views = new Map(state.relays.get(relay));
  for (const one of learned) {
    const parcel = state.parcels.get(one.name);
    if (!parcel || one.held.state === 'taken') continue;
    views.set(one.name, learn(viewOf(state, relay, parcel), one, askedAt, state.clock));
  }
  const next = { ...state, clock: state.clock + 1, relays: new Map(state.relays).set(relay, views) };
  return taken.length > 0 ? onCarried(next, taken) : next;
}

/** Nothing that this relay said is believed any more. */
export function onRelayDistrusted(state: SenderState, relay: string): SenderState {
  const relays = new Map(state.relays);
  relays.delete(relay);
  return { ...state, clock: state.clock + 1, relays };
}

function learn(view: PieceView, { held }: Learned, askedAt: number, clock: number): PieceView {
  const stale = view.learnedAt >= askedAt;
  const doubt = askedAt > view.doubtSince ? new Set<number>() : view.doubt;
  if (held.state === 'gone' || held.state === 'expired') return { ...view, doubt, end: held.state, learnedAt: clock };
  if (held.state === 'partial' && held.pieces.size === view.held.size) {
    const pieces = stale ? union(view.held, held.pieces) : held.pieces.copy();
    return { ...view, held: pieces, headHeld: true, doubt: without(doubt, pieces), learnedAt: clock, end: stale ? view.end : null };
  }
  if (stale) return { ...view, doubt };
  return { ...view, held: new Bitmap(view.held.size), headHeld: false, doubt, learnedAt: clock, end: null };
}

function withDoubt(state: SenderState, relay: string, name: NameHex, pieces: readonly number[]): SenderState {
  const parcel = state.parcels.get(name);
  if (!parcel) return state;
  const view = viewOf(state, relay, parcel);
  const doubt = new Set([...view.doubt, ...pieces.filter((piece) => !view.held.has(piece))]);
  const views = new Map(state.relays.get(relay)).set(name, { ...view, doubt, doubtSince: state.clock });
  return { ...state, clock: state.clock + 1, relays: new Map(state.relays).set(relay, views) };
}

function withoutFlight(state: SenderState, bag: number): SenderState {
  const flights = new Map(state.flights);
  flights.delete(bag);
  return { ...state, clock: state.clock + 1, flights };
}

function union(a: Bitmap, b: Bitmap): Bitmap {
  return new Bitmap(
    a.size,
    a.bytes.map((byte, i) => byte | (b.bytes[i] ?? 0)),
  );
}

function without(doubt: ReadonlySet<number>, held: Bitmap): ReadonlySet<number> {
  return new Set([...doubt].filter((piece) => !held.has(piece)));
}

/** Bytes of a parcel's head, as its length tells. */
export function headBytesOf(parcel: ParcelNote): number {
  return parcelHeadBytes(parcel.bytes);
}
