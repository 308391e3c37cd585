/**
 * For the properties of the machine: lanes to a few relays, on which everything happens that a line can do. What is
 * sent on a connection arrives in order; when it ends, the relay has got a prefix of it, and the rest is gone.
 */
import type { NameHex } from '@zajil/format';
import { expect } from 'vitest';
import {
  type BagPlan,
  type Learned,
  type SenderState,
  emptyState,
  onBagAnswered,
  onBagKept,
  onBagLost,
  onBagSent,
  onDoubt,
  onHeld,
  onParcels,
  onRelayDistrusted,
  onWants,
} from './machine.ts';
import type { ParcelNote } from './order.ts';
import { checkPlan, isHeadUnsure } from './plan-rules.rig.ts';
import { awaitingPromise, mayTake, nextBag, nextQuestion, wordsMayOvertake } from './plan.ts';
import { type Excuse, RelayShelf, type SentFrame, framesOf } from './relay-shelf.rig.ts';
import type { WantsView } from './wants.ts';
import { type Lane, overtakingLane } from './wire.ts';

interface Bag {
  readonly plan: BagPlan;
  readonly frames: readonly SentFrame[];
  readonly excuse: Excuse;
  /** How many of the frames the relay has. */
  arrived: number;
  /** As the relay gave it at the end of the bag. */
  answer: Learned[] | null;
}

interface Connection {
  readonly relay: string;
  readonly lane: Lane;
  readonly bags: Bag[];
  /** Nothing more arrives; the sender may not know yet. */
  ended: boolean;
  /** Bytes that arrived of a frame that has not. */
  begun: number;
}

interface Question {
  readonly relay: string;
  readonly names: readonly NameHex[];
  readonly askedAt: number;
  answer: Learned[] | null;
}

export interface LineShape {
  readonly relays: number;
  readonly lanes: number;
  readonly depth: number;
  readonly budget: number;
}

export class SimulatedLine {
  readonly relays: readonly string[];
  readonly shelves: ReadonlyMap<string, RelayShelf>;
  readonly plans: BagPlan[] = [];
  readonly #notes: ReadonlyMap<NameHex, ParcelNote>;
  readonly #supplied: ParcelNote[] = [];
  readonly #touched = new Map<string, Set<NameHex>>();
  readonly #shape: LineShape;
  #connections: Connection[] = [];
  #question: Question | null = null;
  state: SenderState = emptyState;
  current: string;

  /** @param notes - of all parcels that will ever be supplied */
  constructor(shape: LineShape, notes: readonly ParcelNote[]) {
    this.#shape = shape;
    this.#notes = new Map(notes.map((note) => [note.name, note]));
    this.relays = Array.from({ length: shape.relays }, (_, i) => `http://127.0.0.1:${i + 1}`);
    this.shelves = new Map(this.relays.map((relay) => [relay, new RelayShelf(this.#notes)]));
    this.current = this.relays[0] ?? '';
  }

  shelf(relay: string): RelayShelf {
    const shelf = this.shelves.get(relay);
    if (!shelf) throw new RangeError('no such relay');
    return shelf;
  }

  noteOf(nth: number): ParcelNote | undefined {
    return this.#supplied[nth % Math.max(1, this.#supplied.length)];
  }

  supply(parcels: readonly ParcelNote[]): void {
    this.#supplied.push(...parcels);
    this.state = onParcels(this.state, parcels);
  }

  want(wants: WantsView): void {
    this.state = onWants(this.state, wants);
  }

  /** Returns whether anything left. */
  send(nth: number): boolean {
    const lane = nth % 11 === 10 ? overtakingLane : nth % this.#shape.lanes;
    const flying = [...this.state.flights.values()].filter((flight) => flight.relay === this.current && flight.lane === lane).length;
    if (flying >= this.#shape.depth) return false;
    if (lane === overtakingLane && (flying > 0 || !wordsMayOvertake(this.state, this.current))) return false;
    const occasion = { relay: this.current, lane, budget: this.#shape.budget };
    const plan = nextBag(this.state, this.current, this.#shape.budget, lane);
    checkPlan(this.state, occasion, plan);
    if (lane === overtakingLane) expect(this.#notes.get(plan?.entries[0]?.name ?? '')?.layer).toBe('words');
    if (!plan) return false;
    const heads = new Set(plan.entries.map(({ name }) => name).filter((name) => isHeadUnsure(this.state, occasion, name)));
    // Whichever of the two comes second, both were allowed.
    for (const { relay, bags } of this.#connections)
      for (const bag of relay === this.current ? bags : []) for (const name of heads) bag.excuse.heads.add(name);
    const connection = this.#standing(this.current, lane);
    const bag: Bag = {
      plan,
      frames: framesOf(plan, this.#notes),
      excuse: { heads, headless: flying > connection.bags.length },
      arrived: 0,
      answer: null,
    };
    connection.bags.push(bag);
    for (const { name } of plan.entries) this.#touchedAt(this.current).add(name);
    this.plans.push(plan);
    this.state = onBagSent(this.state, plan);
    return true;
  }

  /** So many bytes more arrive on a connection. */
  arrive(nth: number, bytes: number): void {
    const connection = this.#connection(nth);
    if (!connection || connection.ended || !this.shelf(connection.relay).answers) return;
    let left = connection.begun + bytes;
    for (const bag of connection.bags) {
      for (let frame = bag.frames[bag.arrived]; frame && frame.bytes <= left; frame = bag.frames[bag.arrived]) {
        this.shelf(connection.relay).take(frame, bag.excuse);
        left -= frame.bytes;
        bag.arrived += 1;
      }
      if (bag.arrived < bag.frames.length) break;
      bag.answer ??= this.shelf(connection.relay).answer(bag.plan.entries.map(({ name }) => name));
    }
    connection.begun = left === Infinity ? 0 : left;
  }

  /** The oldest bag of a connection is answered. */
  answer(nth: number): boolean {
    const connection = this.#connection(nth);
    const bag = connection?.bags[0];
    if (!connection || !bag || connection.ended) return false;
    if (!bag.answer)
      this.arrive(
        nth,
        bag.frames.slice(bag.arrived).reduce((sum, frame) => sum + frame.bytes, 0),
      );
    if (!bag.answer) return false;
    connection.bags.shift();
    this.state = onBagAnswered(this.state, bag.plan.bag, bag.answer);
    this.#forgetEmpty();
    return true;
  }

  /** A connection ends after so many bytes more. The sender learns it of all bags at once, or of the oldest only. */
  cut(nth: number, bytes: number, ofAll: boolean): boolean {
    const connection = this.#connection(nth);
    if (!connection) return false;
    this.arrive(nth, bytes);
    connection.ended = true;
    for (const { plan } of connection.bags.splice(0, ofAll ? Infinity : 1)) this.state = onBagLost(this.state, plan.bag);
    this.#forgetEmpty();
    return true;
  }

  /** No byte left of the newest bag, or of the oldest: what follows it then comes without the heads that it was to bring. */
  keep(nth: number, oldest: boolean): void {
    const connection = this.#connection(nth);
    const bag = connection?.bags.at(oldest ? 0 : -1);
    if (!connection || !bag || bag.arrived > 0) return;
    connection.bags.splice(connection.bags.indexOf(bag), 1);
    for (const later of connection.bags) later.excuse.headless = true;
    this.state = onBagKept(this.state, bag.plan.bag);
    this.#forgetEmpty();
  }

  /** Of two bags on a connection the later one leaves first. */
  overtake(nth: number): void {
    const connection = this.#connection(nth);
    const [first, second] = connection?.bags ?? [];
    if (!connection || !first || !second || first.arrived > 0 || connection.begun > 0) return;
    for (const bag of connection.bags) bag.excuse.headless = true;
    connection.bags.splice(0, 2, second, first);
  }

  /** @param more - ask also about what is under way and about promises */
  ask(more: boolean): boolean {
    if (this.#question) return false;
    const flying = [...this.state.flights.values()]
      .filter(({ relay }) => relay === this.current)
      .flatMap(({ pieces }) => [...pieces.keys()]);
    const also = more ? [...flying, ...awaitingPromise(this.state, this.current)] : [];
    const names = [...new Set([...nextQuestion(this.state, this.current), ...also])];
    if (names.length > 0) this.#question = { relay: this.current, names, askedAt: this.state.clock, answer: null };
    return names.length > 0;
  }

  /** The relay reads the question, and writes down what it holds now. */
  hearQuestion(): void {
    const question = this.#question;
    if (question && this.shelf(question.relay).answers) question.answer ??= this.shelf(question.relay).answer(question.names);
  }

  /** @param lost - the answer never comes */
  endQuestion(lost: boolean): void {
    this.hearQuestion();
    const question = this.#question;
    this.#question = null;
    if (question?.answer && !lost) this.state = onHeld(this.state, question.relay, question.answer, question.askedAt);
  }

  switchRelay(nth: number): void {
    const answering = this.relays.filter((relay) => this.shelf(relay).answers);
    this.current = answering[nth % answering.length] ?? this.current;
  }

  /** A relay is silent from now on, unless it is the last. */
  silence(nth: number): void {
    const answering = this.relays.filter((relay) => this.shelf(relay).answers);
    const relay = answering[nth % answering.length];
    if (answering.length > 1 && relay !== undefined) this.shelf(relay).answers = false;
  }

  distrust(): void {
    this.shelf(this.current).excuseAll();
    this.state = onRelayDistrusted(this.state, this.current);
  }

  /** The phone is switched off and on: what waits and what was touched is all that it knows. */
  restart(): void {
    const waiting = this.#supplied.filter(({ name }) => this.state.parcels.has(name));
    const { wants } = this.state;
    this.#connections = [];
    this.#question = null;
    this.state = onWants(onParcels(emptyState, waiting), wants);
    for (const relay of this.relays) this.state = onDoubt(this.state, relay, [...this.#touchedAt(relay)]);
  }

  /** Everything goes well from now on, until nothing more can be done. Returns in how many steps. */
  calm(): number {
    if (!this.shelf(this.current).answers) this.switchRelay(0);
    while (this.#connections.some(({ ended, relay }, nth) => (ended || relay !== this.current) && this.cut(nth, 0, true)));
    this.endQuestion(true);
    let steps = 0;
    const most = 100 + 4 * [...this.#notes.values()].reduce((sum, { bytes }) => sum + bytes / 4096, 0);
    for (; this.#calmStep(); steps += 1) if (steps > most) throw new Error('never ends');
    return steps;
  }

  #calmStep(): boolean {
    for (let lane = 0; lane < this.#shape.lanes; lane += 1) if (this.send(lane)) return true;
    if (this.answer(0)) return true;
    const before = this.state;
    if (!this.ask(true)) return false;
    this.endQuestion(false);
    const learned = nextQuestion(before, this.current).length > 0 || this.state.parcels.size < before.parcels.size;
    return learned || nextBag(this.state, this.current, this.#shape.budget) !== null;
  }

  get mayStillTake(): boolean {
    return mayTake(this.state, this.current);
  }

  #connection(nth: number): Connection | undefined {
    return this.#connections[nth % Math.max(1, this.#connections.length)];
  }

  #standing(relay: string, lane: Lane): Connection {
    const known = this.#connections.find((one) => one.relay === relay && one.lane === lane && !one.ended);
    if (known) return known;
    const connection: Connection = { relay, lane, bags: [], ended: false, begun: 0 };
    this.#connections.push(connection);
    return connection;
  }

  /** A connection without bags is as good as a new one. */
  #forgetEmpty(): void {
    this.#connections = this.#connections.filter(({ bags }) => bags.length > 0);
  }

  #touchedAt(relay: string): Set<NameHex> {
    const touched = this.#touched.get(relay) ?? new Set();
    this.#touched.set(relay, touched);
    return touched;
  }
}
