/**
 * For the properties of the machine: a relay as the machine sees it. It counts what it was given for nothing, and
 * knows which of that has an excuse.
 */
import { Bitmap, type NameHex, bagMagic, nameFrameBytes, pieceFrameBytes, piecesOf } from '@zajil/format';
import { type BagPlan, type Learned, headBytesOf } from './machine.ts';
import type { ParcelNote } from './order.ts';

/** One frame of a bag, as far as a line can tell. */
export interface SentFrame {
  readonly kind: 'magic' | 'head' | 'name' | 'piece';
  readonly name: NameHex;
  /** -1 where there is none. */
  readonly piece: number;
  readonly bytes: number;
}

/** The bag as a relay reads it. */
export function framesOf(plan: BagPlan, notes: ReadonlyMap<NameHex, ParcelNote>): SentFrame[] {
  const frames = plan.entries.flatMap(({ name, head, pieces }): SentFrame[] => {
    const note = notes.get(name);
    if (!note) throw new Error('planned what nobody supplied');
    const opening: SentFrame = head
      ? { kind: 'head', name, piece: -1, bytes: 1 + headBytesOf(note) }
      : { kind: 'name', name, piece: -1, bytes: nameFrameBytes };
    return [opening, ...pieces.map((piece): SentFrame => ({ kind: 'piece', name, piece, bytes: pieceFrameBytes }))];
  });
  return [{ kind: 'magic', name: '', piece: -1, bytes: bagMagic.length }, ...frames];
}

/** Why a bag may hold what the relay has no use for. */
export interface Excuse {
  /** Heads that the sender could not know to be there: the rule lets it send them again. */
  readonly heads: Set<NameHex>;
  /** The head may not have come: the bag before it never left, was overtaken, or went down with an older connection of the lane. */
  headless: boolean;
}

export class RelayShelf {
  answers = true;
  readonly #notes: ReadonlyMap<NameHex, ParcelNote>;
  readonly #held = new Map<NameHex, Bitmap>();
  readonly #letGo = new Set<NameHex>();
  /** Promised: durable, and never forgotten. */
  readonly #taken = new Set<NameHex>();
  /** Names of which the sender cannot know what is here. */
  readonly #excused = new Set<NameHex>();
  /** Names of which something was here once and then no more. */
  readonly #lost = new Set<NameHex>();
  readonly #pushed = new Set<string>();
  /** Pieces and heads that came twice, and pieces of parcels whose head was not here, each without an excuse. */
  readonly waste = { pieces: 0, heads: 0, headless: 0 };

  /** @param notes - of all parcels that there are */
  constructor(notes: ReadonlyMap<NameHex, ParcelNote>) {
    this.#notes = notes;
  }

  take(frame: SentFrame, excuse: Excuse): void {
    const { kind, name, piece } = frame;
    const held = this.#held.get(name);
    if (kind === 'head') {
      if (held && !this.#mayBeMistaken(name) && !this.#pushed.has(name) && !excuse.heads.has(name)) this.waste.heads += 1;
      this.#open(name);
    } else if (kind === 'piece' && !held) {
      if (!this.#mayBeMistaken(name) && !excuse.headless) this.waste.headless += 1;
    } else if (kind === 'piece') {
      if (held?.has(piece) && !this.#excused.has(name) && !this.#pushed.has(`${name} ${piece}`)) this.waste.pieces += 1;
      held?.add(piece);
      this.#promiseIfWhole(name);
    }
  }

  /** The desk brings one piece, and the head. */
  push(name: NameHex, piece: number): void {
    const note = this.#notes.get(name);
    if (!note || this.#letGo.has(name)) return;
    if (!this.#held.has(name)) this.#pushed.add(name);
    this.#open(name);
    const held = this.#held.get(name);
    if (!held || held.has(piece % held.size)) return;
    held.add(piece % held.size);
    this.#pushed.add(`${name} ${piece % held.size}`);
    this.#promiseIfWhole(name);
  }

  /** What was not whole yet is lost. */
  forget(): void {
    for (const name of this.#held.keys()) if (!this.#taken.has(name)) this.#lose(name);
  }

  /** The newsroom collected it. */
  letGo(nth: number): void {
    const name = [...this.#taken][nth];
    if (name === undefined) return;
    this.#lose(name);
    this.#letGo.add(name);
  }

  /** From now on the sender knows nothing of what is here. */
  excuseAll(): void {
    for (const name of this.#notes.keys()) this.#excused.add(name);
  }

  answer(names: readonly NameHex[]): Learned[] {
    return names.map((name) => {
      const held = this.#held.get(name);
      if (this.#letGo.has(name)) return { name, held: { state: 'gone' } };
      if (!held) return { name, held: { state: 'unknown' } };
      return { name, held: held.full ? { state: 'taken' } : { state: 'partial', pieces: held.copy() } };
    });
  }

  holds(name: NameHex, piece: number): boolean {
    return this.#letGo.has(name) || (this.#held.get(name)?.has(piece) ?? false);
  }

  /** Was it promised, here and now or until it was collected? */
  took(name: NameHex): boolean {
    return this.#taken.has(name) || this.#letGo.has(name);
  }

  /** Was it here once, and lost since? */
  hasLost(name: NameHex): boolean {
    return this.#lost.has(name);
  }

  #mayBeMistaken(name: NameHex): boolean {
    return this.#excused.has(name) || this.#lost.has(name);
  }

  #open(name: NameHex): void {
    const note = this.#notes.get(name);
    if (!note) throw new Error('sent a parcel that nobody put');
    if (!this.#held.has(name) && !this.#letGo.has(name)) this.#held.set(name, new Bitmap(piecesOf(note.bytes)));
  }

  #promiseIfWhole(name: NameHex): void {
    if (this.#held.get(name)?.full) this.#taken.add(name);
  }

  #lose(name: NameHex): void {
    this.#held.delete(name);
    this.#lost.add(name);
    this.#taken.delete(name);
  }
}
