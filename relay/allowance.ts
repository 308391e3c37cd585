/**
 * How much the bearer of one drop token may do: bags at once, bytes begun and not finished, bytes in a day. Kept in
 * memory only, under the token's hash, as sums: nothing joins a token to a parcel. All end at midnight UTC.
 * `docs/protocol.md` section "Relay".
 */
import { RelayError } from './relay-error.ts';

export interface AllowanceLimits {
  /** Bags that may be on their way at once. */
  readonly bags: number;
  /** Bytes of parcels begun and not yet whole. */
  readonly stagedBytes: number;
  /** Bytes of parcels begun in a day. */
  readonly dayBytes: number;
}

const mebibyte = 1024 * 1024;

/** A phone seals at most 8 MiB ahead and keeps two bags in flight; a courier's card and a shared token need more. */
export const usualLimits: AllowanceLimits = { bags: 32, stagedBytes: 512 * mebibyte, dayBytes: 64 * 1024 * mebibyte };

interface Spent {
  bags: number;
  stagedBytes: number;
  dayBytes: number;
}

export class Allowance {
  readonly #limits: AllowanceLimits;
  readonly #now: () => number;
  #day = -1;
  #spent = new Map<string, Spent>();

  constructor(limits: AllowanceLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** A bag begins. @returns what to call when it ended. @throws RelayError `RELAY_BUSY` */
  enter(token: string): () => void {
    const spent = this.#of(token);
    if (spent.bags >= this.#limits.bags) {
      throw new RelayError('RELAY_BUSY', 'Too many uploads at once with this invitation. What is held is safe. Wait for one to end.');
    }
    spent.bags += 1;
    return () => {
      spent.bags -= 1;
    };
  }

  /** A parcel begins. @throws RelayError `RELAY_TOO_MUCH` */
  begin(token: string, bytes: number): void {
    const spent = this.#of(token);
    if (spent.stagedBytes + bytes > this.#limits.stagedBytes || spent.dayBytes + bytes > this.#limits.dayBytes) {
      throw new RelayError(
        'RELAY_TOO_MUCH',
        'This invitation has used up what it may send today. What is held is safe. Finish the parcels that are begun, or go on after midnight UTC.',
      );
    }
    spent.stagedBytes += bytes;
    spent.dayBytes += bytes;
  }

  /** A parcel became whole; it may have been begun on another day or with another token. */
  whole(token: string, bytes: number): void {
    const spent = this.#of(token);
    spent.stagedBytes = Math.max(0, spent.stagedBytes - bytes);
  }

  #of(token: string): Spent {
    const day = Math.floor(this.#now() / 86_400_000);
    if (day !== this.#day) {
      this.#day = day;
      this.#spent = new Map([...this.#spent].filter(([, spent]) => spent.bags > 0));
      for (const spent of this.#spent.values()) spent.stagedBytes = spent.dayBytes = 0;
    }
    const spent = this.#spent.get(token) ?? { bags: 0, stagedBytes: 0, dayBytes: 0 };
    this.#spent.set(token, spent);
    return spent;
  }
}
