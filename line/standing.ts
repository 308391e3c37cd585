/**
 * Whether a connection stands, where the platform tells: dials when none does, and beside bags that say nothing.
 * `docs/protocol.md` section "Sending".
 */
import { doorOf } from './door.ts';
import { onBagLost } from './machine.ts';
import { dialPace } from './pace.ts';
import type { Traffic } from './traffic.ts';

export class Standing {
  readonly #traffic: Traffic;
  readonly #onShelved: () => void;
  #dialling = false;
  /** Relay to which a connection stands, as far as is known. */
  #relay: string | null = null;
  /** A connection stands beside those of the bags under way, and carries nothing yet. */
  #spare = false;
  /** Nothing was answered since a connection was last opened. */
  #unproved = false;
  #hollow = false;

  /** @param onShelved - called when the lanes were put aside: what else is under way on them waits for nothing */
  constructor(traffic: Traffic, onShelved: () => void) {
    this.#traffic = traffic;
    this.#onShelved = onShelved;
    traffic.onLineGone = (relay, left) => this.#hangUp(relay, left);
  }

  /** Nothing is sent before a connection stands: so nothing is in doubt that a dead line took. */
  get mustDial(): boolean {
    return this.#traffic.wire.dial !== null && this.#relay !== this.#traffic.relay;
  }

  get dialling(): boolean {
    return this.#dialling;
  }

  /** The connection that ended last had answered nothing: another one may stand just as well, and lead into the same hole. */
  get hollow(): boolean {
    return this.#hollow;
  }

  /** Something was answered. */
  prove(): void {
    this.#unproved = this.#hollow = false;
  }

  /** A question takes the connection that was dialled beside the bags. */
  takeSpare(): void {
    this.#spare = false;
  }

  /**
   * Dials if there is reason to, and puts silent bags aside once a new connection stands.
   *
   * @param silent - everything under way has been silent for too long. @param asking - a question about it is under way
   */
  step(now: number, silent: boolean, asking: boolean): void {
    const quiet = !asking && !this.#spare && this.#traffic.flights.quietNames(this.#traffic.pace, this.#traffic.wire, now).length > 0;
    if (this.mustDial || (this.#traffic.wire.dial !== null && quiet)) this.#start(now);
    if (silent && this.#spare) this.#shelve(this.#traffic.relay);
  }

  #start(now: number): void {
    const { nothingToSend, polling } = this.#traffic;
    if (this.#dialling || (nothingToSend && now < polling.dueAt)) return;
    this.#dialling = true;
    this.#traffic.track(this.#dial(now).finally(() => (this.#dialling = false)));
  }

  async #dial(began: number): Promise<void> {
    const { parts, relay, pace, wire, meter, flights, stop } = this.#traffic;
    const { route, clock } = parts;
    try {
      const goneMs = clock.now() - route.goneSince(clock.now());
      const ms = await wire.dial?.(dialPace(pace, goneMs), stop.signal);
      meter.dialled(ms ?? 0);
      this.#relay = relay;
      this.#unproved = true;
      this.#spare = flights.size > 0;
      if (flights.allSilent(meter.pace, clock.now())) this.#shelve(relay);
    } catch (error) {
      if (this.#traffic.nothingToSend) this.#traffic.polling.postpone(clock.now());
      this.#traffic.onError(error, relay, began);
    }
  }

  /**
   * The line lives, and what was under way has long been silent: it is slow, or lies on dead connections. The line is used
   * for what is certainly missing, while the relay is asked about the rest.
   */
  #shelve(relay: string): void {
    const { flights, parts } = this.#traffic;
    this.#spare = false;
    for (const { bag } of flights.shelve()) this.#traffic.state = onBagLost(this.#traffic.state, bag);
    doorOf(parts.doors, relay).wire.shelve();
    this.#onShelved();
  }

  /** While nothing is under way, whatever still seems to stand may be as dead as what just ended. */
  #hangUp(relay: string, left: boolean): void {
    if (this.#traffic.flights.size > 0) return;
    this.#spare = false;
    // Attempts that are in the air may go on.
    if (!left && this.#relay !== relay) return;
    if (this.#relay === relay) this.#relay = null;
    this.#hollow = left && this.#unproved;
    doorOf(this.#traffic.parts.doors, relay).wire.hangUp();
  }
}
