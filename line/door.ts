/** The doors of one relay, as a phone uses them. `docs/protocol.md` section "Relay". Every answer is bounded before it is read. */
import { type HeldEntry, formatHave, fromUtf8, isSafeTransport, parseHeld, toBase64Url } from '@zajil/format';
import { LineError } from './refusal.ts';
import { type Lane, type Wire, type WireRequest, askingLane } from './wire.ts';

/** An answer lists at most what a bag touched, and 16 receipts of a few KiB. */
const mostHeldBytes = 1024 * 1024;

export class RelayDoor {
  readonly base: string;
  readonly wire: Wire;
  readonly #authorization: string;

  /** @throws LineError `LINE_NOT_SAFE` for plain HTTP beyond loopback, onion addresses and `plain` invitations */
  constructor(base: string, access: { token: Uint8Array; plain: boolean }, wire: Wire) {
    if (!isSafeTransport(base, access.plain)) throw new LineError('LINE_NOT_SAFE');
    this.base = base;
    this.wire = wire;
    this.#authorization = `Bearer ${toBase64Url(access.token)}`;
  }

  /** Leaves a bag. @throws LineError */
  bag(body: Uint8Array, lane: Lane, signal: AbortSignal): Promise<HeldEntry[]> {
    return this.#held('/v1/bag', body, lane, signal);
  }

  /** Asks about at most 16 ids. @throws LineError */
  have(ids: readonly Uint8Array[], lane: Lane, signal: AbortSignal): Promise<HeldEntry[]> {
    return this.#held('/v1/have', formatHave(ids), lane, signal);
  }

  /** A public text. @throws LineError */
  async text(path: string, mostBytes: number, signal: AbortSignal): Promise<string> {
    return fromUtf8(await this.bytes(path, mostBytes, signal));
  }

  /** Public bytes. @throws LineError */
  async bytes(path: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    return this.#send({ method: 'GET', path, headers: {}, body: null, mostBytes }, askingLane, signal);
  }

  async #held(path: string, body: Uint8Array, lane: Lane, signal: AbortSignal): Promise<HeldEntry[]> {
    // No type is named: the door says what it takes, and every header costs a slow line.
    const headers = { authorization: this.#authorization };
    const bytes = await this.#send({ method: 'POST', path, headers, body, mostBytes: mostHeldBytes }, lane, signal);
    try {
      return parseHeld(bytes);
    } catch (cause) {
      throw new LineError('LINE_BAD_ANSWER', cause);
    }
  }

  async #send(request: WireRequest, lane: Lane, signal: AbortSignal): Promise<Uint8Array> {
    const { status, bytes } = await this.wire.send(lane, request, signal);
    if (status !== 200) throw refusalOf(status);
    return bytes;
  }
}

export function doorOf(doors: ReadonlyMap<string, RelayDoor>, relay: string): RelayDoor {
  const door = doors.get(relay);
  if (!door) throw new RangeError('no such relay');
  return door;
}

function refusalOf(status: number): LineError {
  if (status === 401 || status === 403) return new LineError('LINE_CLOSED_DOOR');
  if (status === 413 || status === 429 || status === 503 || status === 507) return new LineError('LINE_RELAY_FULL');
  if (status === 404) return new LineError('LINE_NO_NEWSROOM');
  return new LineError('LINE_BAD_ANSWER');
}
