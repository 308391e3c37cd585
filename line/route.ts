/**
 * Which relay is used now, and when it is dialled again. Pure but for the numbers it counts.
 *
 * The first loss is dialled again at once: the line of a siege comes for a minute, and a wait costs it.
 */
import { type LineError, isLie } from './refusal.ts';

export type RelayState = 'untried' | 'working' | 'waiting' | 'lying' | 'closed' | 'full' | 'not-safe';

const firstPauseMs = 100;
/** A pause is at most this, or a twentieth of the time that the line has been gone: so much of a window may be slept through. */
const shortPauseMs = 200;
const mostPauseMs = 4000;
/** A closed door or a liar does not change its mind within seconds. */
const refusedPauseMs = 60_000;
const failuresBeforeNext = 3;
/** A relay that worked is left only after this: what it holds would have to be sent to the next one again. */
const faithfulMs = 10_000;

export class Route {
  readonly #relays: string[];
  readonly #states: Map<string, RelayState>;
  readonly #random: () => number;
  #at = 0;
  #failures = 0;
  #lastFailureAt = -Infinity;
  /** When the first of the present failures came. */
  #goneSince = -Infinity;
  #retryAt = -Infinity;
  readonly #workedBefore = new Set<string>();
  readonly #barredUntil = new Map<string, number>();

  /** @param relays - in order of preference, at least one. @param random - from 0 to below 1 */
  constructor(relays: readonly string[], random: () => number) {
    this.#relays = [...relays];
    this.#states = new Map(relays.map((relay) => [relay, 'untried']));
    this.#random = random;
  }

  get current(): string {
    const relay = this.#relays[this.#at];
    if (relay === undefined) throw new RangeError('a route has at least one relay');
    return relay;
  }

  get states(): ReadonlyMap<string, RelayState> {
    return this.#states;
  }

  /** Milliseconds of the clock before which nothing is dialled. */
  get retryAt(): number {
    return Math.max(this.#retryAt, this.#barredUntil.get(this.current) ?? -Infinity);
  }

  /** Nothing has worked since the last failure. */
  get failing(): boolean {
    return this.#failures > 0;
  }

  onWorked(): void {
    this.#failures = 0;
    this.#retryAt = -Infinity;
    this.#states.set(this.current, 'working');
    this.#workedBefore.add(this.current);
  }

  /** Since when nothing has worked, in milliseconds of the clock; `nowMs` while it works. */
  goneSince(nowMs: number): number {
    return this.#failures > 0 ? this.#goneSince : nowMs;
  }

  /**
   * An attempt that began at `startedAt` failed. Attempts that were under way together count once.
   *
   * @param pauses - wait a little before the next one; a dial has waited already
   */
  onFailed(startedAt: number, nowMs: number, pauses = true): void {
    if (startedAt < this.#lastFailureAt) return;
    this.#lastFailureAt = nowMs;
    if (this.#failures === 0) this.#goneSince = nowMs;
    this.#failures += 1;
    this.#states.set(this.current, 'waiting');
    // From its beginning: an attempt that took long to fail has waited enough.
    if (pauses && this.#failures > 1) this.#retryAt = startedAt + this.#pause(nowMs);
    const worked = this.#workedBefore.has(this.current) && nowMs < this.#goneSince + faithfulMs;
    if (this.#failures % failuresBeforeNext === 0 && !worked) this.next(nowMs);
  }

  /** The relay itself refused, or lied: another one, and this one not for a while. */
  onRefused(error: LineError, nowMs: number): void {
    this.#states.set(this.current, stateOf(error));
    this.#barredUntil.set(this.current, nowMs + refusedPauseMs * (0.5 + this.#random()));
    this.next(nowMs);
  }

  /** The next relay that is not barred; of barred ones, the one that is free soonest. */
  next(nowMs: number): void {
    const others = this.#relays.map((_, i) => (this.#at + 1 + i) % this.#relays.length);
    const until = (i: number): number => Math.max(nowMs, this.#barredUntil.get(this.#relays[i] ?? '') ?? -Infinity);
    const before = this.#at;
    this.#at = others.reduce((best, i) => (until(i) < until(best) ? i : best));
    if (this.#at !== before) this.#retryAt = -Infinity;
  }

  /** Turns to this relay. */
  use(relay: string): void {
    this.#at = Math.max(0, this.#relays.indexOf(relay));
  }

  #pause(nowMs: number): number {
    const doubled = firstPauseMs * 2 ** Math.min(10, this.#failures - 2);
    const long = Math.max(shortPauseMs, (nowMs - this.#goneSince) / 20);
    return Math.min(mostPauseMs, long, doubled) * (0.5 + this.#random() / 2);
  }
}

function stateOf(error: LineError): RelayState {
  if (isLie(error.code)) return 'lying';
  if (error.code === 'LINE_CLOSED_DOOR') return 'closed';
  return error.code === 'LINE_RELAY_FULL' ? 'full' : 'waiting';
}
