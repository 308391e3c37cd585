/**
 * What is under way and what is known, shared by whoever sends bags (`carrier.ts`), asks (`inquiry.ts`) and dials
 * (`standing.ts`). `docs/protocol.md` section "Sending".
 */
import type { NameHex } from '@zajil/format';
import type { Bell } from './bell.ts';
import type { Clock } from './clock.ts';
import { type RelayDoor, doorOf } from './door.ts';
import { Flights } from './flights.ts';
import { Hearing } from './hearing.ts';
import type { Judged } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { type SenderState, emptyState, onCarried, onRelayDistrusted } from './machine.ts';
import { Meter } from './meter.ts';
import type { Pace } from './pace.ts';
import { mayTake } from './plan.ts';
import { type PollPauses, Polling } from './polling.ts';
import { LineError, isLie } from './refusal.ts';
import type { RelayMemory } from './relay-memory.ts';
import type { Route } from './route.ts';
import type { Spool } from './spool.ts';
import type { Asked } from './testimony.ts';
import { type Wire, mayHaveLeft } from './wire.ts';

export interface TrafficParts {
  readonly spool: Spool;
  readonly ledger: Ledger;
  readonly memory: RelayMemory;
  readonly route: Route;
  readonly doors: ReadonlyMap<string, RelayDoor>;
  readonly clock: Clock;
  /** The phone's calendar: quarter hours since 1970. */
  readonly quarter: () => number;
  /** Rung when something came to an end. */
  readonly bell: Bell;
  readonly pollMs: PollPauses;
  readonly onTrouble: (error: LineError, relay: string) => void;
}

export class Traffic {
  readonly parts: TrafficParts;
  readonly flights = new Flights();
  readonly meter = new Meter();
  readonly polling: Polling;
  readonly hearing: Hearing;
  readonly stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  state: SenderState = emptyState;
  trouble: LineError | null = null;
  /** Our own mistake, or a spool that cannot be written: ends the run. */
  fault: unknown = null;
  bytesSent = 0;
  /** Set by whoever keeps the connections. @param left - bytes may have left before it ended */
  onLineGone: (relay: string, left: boolean) => void = () => undefined;

  constructor(parts: TrafficParts) {
    this.parts = parts;
    this.polling = new Polling(parts.pollMs);
    this.hearing = new Hearing(parts.ledger, parts.memory, () => parts.clock.now());
  }

  get relay(): string {
    return this.parts.route.current;
  }

  get wire(): Wire {
    return doorOf(this.parts.doors, this.relay).wire;
  }

  get pace(): Pace {
    return this.meter.pace;
  }

  get idle(): boolean {
    return this.#running.size === 0;
  }

  /** Nothing waits that any relay would still take. */
  get nothingToSend(): boolean {
    return ![...this.parts.doors.keys()].some((relay) => mayTake(this.state, relay));
  }

  /** Whatever is under way rings when it ended, and is waited for at the end. */
  track(work: Promise<void>): void {
    const tracked = work.finally(() => {
      this.#running.delete(tracked);
      this.parts.bell.ring();
    });
    this.#running.add(tracked);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Takes in an answer that was judged, once the state knows what it says. */
  async absorb(asked: Asked, judged: Judged, relay: string): Promise<void> {
    const { safe, news, lie, oddity, expired } = this.hearing.take(asked, judged, this.state);
    if (safe.length > 0) this.state = onCarried(this.state, safe);
    if (expired) this.onError(new LineError('LINE_EXPIRED'), relay, 0);
    if (news) this.polling.onNews();
    if (lie) this.onError(lie, relay, 0);
    else if (oddity) this.#report(oddity, relay);
    await this.hearing.settled();
  }

  /** Parcels that cannot be sent: damaged, or their bytes are gone. */
  drop(names: readonly NameHex[], relay: string): void {
    if (names.length === 0) return;
    this.state = onCarried(this.state, names);
    this.onError(new LineError('LINE_DAMAGED'), relay, 0);
  }

  /** Says what is odd; the relay goes on being used. */
  #report(oddity: LineError, relay: string): void {
    this.trouble = oddity;
    this.parts.onTrouble(oddity, relay);
  }

  /** @param began - of the attempt, in milliseconds of the clock */
  onError(error: unknown, relay: string, began: number): void {
    const { route, clock, onTrouble } = this.parts;
    if (!(error instanceof LineError) || error.code === 'LINE_STORAGE') {
      this.fault ??= error;
      return;
    }
    if (this.stop.signal.aborted) return;
    const left = mayHaveLeft(error);
    // What answered in place of the relay may let go of the line meanwhile: another connection finds out.
    if (error.code === 'LINE_WAITING' || error.code === 'LINE_BAD_ANSWER') this.onLineGone(relay, left);
    this.trouble = error;
    onTrouble(error, relay);
    if (isLie(error.code)) this.state = onRelayDistrusted(this.state, relay);
    if (relay !== route.current) return;
    if (isLie(error.code) || ['LINE_CLOSED_DOOR', 'LINE_RELAY_FULL'].includes(error.code)) route.onRefused(error, clock.now());
    else if (error.code !== 'LINE_EXPIRED' && error.code !== 'LINE_DAMAGED') {
      if (left) this.meter.silence();
      // A dial has waited already.
      route.onFailed(began, clock.now(), left);
    }
  }
}
