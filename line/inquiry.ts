/** Asks the relay: about what is in doubt, about bags that are silent, and for receipts and messages. `docs/protocol.md` section "Sending". */
import { type HeldEntry, fromHex, mostAsked } from '@zajil/format';
import { deadlineAfter } from './clock.ts';
import { type RelayDoor, doorOf } from './door.ts';
import { hedged } from './hedge.ts';
import { onHeld } from './machine.ts';
import { hedgeMs, pollPauseMs, questionPatienceMs, stuckMs } from './pace.ts';
import { awaitingPromise, landedPieces, nextQuestion, wordsBagBytes } from './plan.ts';
import type { Standing } from './standing.ts';
import type { Traffic } from './traffic.ts';
import { type Lane, askingLane } from './wire.ts';

/** A question among bags may outlive them, and then nobody else would notice that its line is gone. */
const mostAmongMs = 20_000;
/** Between two questions about silence. */
const betweenMs = 1000;
/** As many as connections may have died unnoticed: two bags' and a question's. */
const mostAttempts = 4;

export class Inquiry {
  readonly #traffic: Traffic;
  readonly #standing: Standing;
  #askedSilenceAt = -Infinity;
  /** Round of asking for news for which another relay was turned to. */
  #turnedAt = 0;
  /** Questions under way, by their lanes: one for news, one about silence. */
  readonly #asking = new Map<Lane, AbortController>();

  constructor(traffic: Traffic, standing: Standing) {
    this.#traffic = traffic;
    this.#standing = standing;
  }

  get idle(): boolean {
    return this.#asking.size === 0;
  }

  /** When silence may be asked about again, by the clock. */
  get wakeAt(): number {
    return this.#askedSilenceAt + betweenMs;
  }

  /** Is the relay being asked about bags that are silent? */
  get aboutSilence(): boolean {
    return this.#asking.has(askingLane);
  }

  /** The lanes were put aside: whatever was asked on them is asked anew. */
  abandon(): void {
    for (const abort of this.#asking.values()) abort.abort();
    this.#asking.clear();
  }

  /** Starts a question if there is one to ask. @param now - milliseconds of the clock */
  step(now: number): void {
    const { relay, state, pace, wire, flights, polling } = this.#traffic;
    // Asked again at once, a line that is only slow would be busy with questions.
    const quiet = now < this.#askedSilenceAt + betweenMs ? [] : flights.quietNames(pace, wire, now);
    // What asks about silence must not wait behind what is silent.
    const lane = quiet.length > 0 ? askingLane : 0;
    if (this.#asking.has(lane)) return;
    if (this.#turnForNews(now)) return;
    this.#pollWhenDue(relay, now);
    const urgent = [...new Set([...nextQuestion(state, relay), ...quiet])].slice(0, mostAsked);
    const ids = urgent.length > 0 ? urgent : polling.take(mostAsked);
    if (ids.length === 0) return;
    const abort = new AbortController();
    this.#asking.set(lane, abort);
    if (lane === askingLane) {
      this.#askedSilenceAt = now;
      this.#standing.takeSpare();
    }
    const asked = this.#ask(ids, lane, abort.signal).finally(() => {
      if (this.#asking.get(lane) === abort) this.#asking.delete(lane);
    });
    this.#traffic.track(asked);
  }

  /** Once all is sent, each round asks another relay: a desk may have reached only one of them, and one of them may keep back what it was given. */
  #turnForNews(now: number): boolean {
    const { nothingToSend, polling, parts } = this.#traffic;
    if (!nothingToSend || parts.doors.size < 2 || now < polling.dueAt || polling.dueAt === -Infinity) return false;
    if (polling.round === this.#turnedAt) return false;
    this.#turnedAt = polling.round;
    parts.route.next(now);
    parts.bell.ring();
    return true;
  }

  /** News of what was sent before does not take the line from words. */
  #pollWhenDue(relay: string, now: number): void {
    const { state, pace, polling, nothingToSend, parts } = this.#traffic;
    const news = (): string[] => (wordsBagBytes(state, relay) > 0 ? [] : parts.ledger.pollIds());
    const leastMs = nothingToSend ? 0 : pollPauseMs(pace);
    polling.begin(() => [...awaitingPromise(state, relay), ...news()], !nothingToSend, leastMs, now);
  }

  async #ask(ids: readonly string[], lane: Lane, abandoned: AbortSignal): Promise<void> {
    const traffic = this.#traffic;
    const { relay, pace, meter, flights, stop, hearing, parts } = traffic;
    const { clock, memory, route } = parts;
    const busy = flights.size > 0;
    const askedAt = traffic.state.clock;
    const began = clock.now();
    const door = doorOf(parts.doors, relay);
    // Among bags on their lane it is as patient as they are: to give it up would end the lane.
    const among = busy && lane !== askingLane && door.wire.depth > 1;
    const ended = AbortSignal.any([stop.signal, abandoned]);
    const { signal, end } = deadlineAfter(clock, among ? mostAmongMs : questionPatienceMs(pace, busy), ended);
    try {
      const asked = hearing.testimony.question(relay, ids);
      const entries = await this.#send(door, ids, lane, signal, busy);
      meter.replied(clock.now() - began, busy);
      const judged = hearing.judge(asked, entries, await memory.keys(door, signal));
      this.#standing.prove();
      traffic.state = onHeld(traffic.state, relay, judged.learned, askedAt);
      meter.settle(traffic.state);
      meter.landed(flights.probed((plan) => landedPieces(traffic.state, plan), clock.now()));
      flights.abortShelved();
      flights.abortStuck(new Set(ids), began - stuckMs(pace));
      if (relay === route.current && !judged.lie) route.onWorked();
      traffic.trouble = null;
      await traffic.absorb(asked, judged, relay);
    } catch (error) {
      if (!abandoned.aborted) traffic.onError(error, relay, began);
    } finally {
      end();
    }
  }

  #send(door: RelayDoor, ids: readonly string[], lane: Lane, signal: AbortSignal, busy: boolean): Promise<HeldEntry[]> {
    const { pace, parts } = this.#traffic;
    const question = ids.map((id) => fromHex(id));
    const ask = (attempt: AbortSignal): Promise<HeldEntry[]> => {
      this.#traffic.bytesSent += 32 * ids.length;
      return door.have(question, lane, attempt);
    };
    // A browser hands out connections that died unnoticed; ours are known.
    const most = door.wire.dial === null ? mostAttempts : 1;
    return hedged(ask, { clock: parts.clock, signal, everyMs: hedgeMs(pace, busy), most });
  }
}
