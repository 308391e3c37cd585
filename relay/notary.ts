/**
 * The notary: signs a promise for every parcel at once, and enters their leaves into the public log in batches of a
 * fixed size, filled up with leaves drawn from a seed, so that the log is no record of traffic.
 * `docs/protocol.md` sections "Promise" and "Relay's log".
 *
 * A batch is planned in the index before the log grows, and the plan alone says what its leaves are; so a kill between
 * the two is healed by entering the same batch again, and the log never forks.
 */
import { randomBytes } from 'node:crypto';
import { type Promised, concatBytes, leafEntry, promiseText, quarterOf, saltBytes, toHex, utf8 } from '@zajil/format';
import { LogError, type NoteSigner, type TileLog, parseVkey } from '@zajil/log';
import { RelayError } from './relay-error.ts';
import type { Batch, ParcelRow, RelayIndex } from './relay-index.ts';
import { fastSha256 } from './staging.ts';

export interface NotaryParts {
  readonly index: RelayIndex;
  readonly log: TileLog;
  readonly signer: NoteSigner;
  /** Every batch has a multiple of this many leaves. */
  readonly batchLeaves: number;
}

export class Notary {
  readonly #parts: NotaryParts;
  readonly #origin: string;
  #publishing: Promise<void> = Promise.resolve();

  private constructor(parts: NotaryParts) {
    this.#parts = parts;
    this.#origin = parseVkey(parts.signer.vkey).name;
  }

  /** Finishes a batch that was planned and did not reach the log. @throws RelayError `RELAY_LOG_DIVERGED` */
  static async open(parts: NotaryParts): Promise<Notary> {
    const notary = new Notary(parts);
    await notary.#heal();
    return notary;
  }

  /** A promise of inclusion for a parcel that is durable. @param name - 32 bytes @param nowMs - rounded down to a quarter hour */
  promise(name: Uint8Array, nowMs: number): Promised {
    const salt = Uint8Array.from(randomBytes(saltBytes));
    const quarter = quarterOf(nowMs);
    return { salt, quarter, signature: this.#parts.signer.sign(utf8(promiseText(this.#origin, name, salt, quarter))) };
  }

  /** Enters one batch, also when nothing waits. One at a time. */
  async publish(): Promise<void> {
    const work = this.#publishing.then(async () => await this.#publish());
    this.#publishing = work.catch(() => {});
    await work;
  }

  /** The C2SP tlog-proof of a parcel's leaf, or '' while it is not public. A log in trouble takes no promise back. */
  async receipt(row: ParcelRow): Promise<string> {
    const { log } = this.#parts;
    try {
      return row.leaf === null || row.leaf >= log.size ? '' : await log.receipt(row.leaf);
    } catch (error) {
      if (error instanceof LogError) return '';
      throw error;
    }
  }

  async #publish(): Promise<void> {
    const { index, log, batchLeaves } = this.#parts;
    await this.#heal();
    const waiting = await index.waiting();
    const size = Math.max(1, Math.ceil(waiting.length / batchLeaves)) * batchLeaves;
    const batch = { first: log.size, size, seed: Uint8Array.from(randomBytes(16)) };
    const places = new Map(batchEntries(batch, waiting).map((entry, place) => [toHex(entry), batch.first + place]));
    const leaves = waiting.map((row) => ({ name: row.name, leaf: places.get(toHex(entryOf(row))) ?? Number.NaN }));
    await index.plan(batch, leaves);
    await log.append(batchEntries(batch, waiting));
  }

  async #heal(): Promise<void> {
    const { index, log } = this.#parts;
    const last = await index.lastBatch();
    const planned = last ? last.first + last.size : 0;
    // An empty append looks again at what a failed one left.
    await log.append([]);
    const { size } = log;
    if (size === planned) return;
    if (!last || size !== last.first) {
      throw new RelayError(
        'RELAY_LOG_DIVERGED',
        'The log and the index do not belong together, as after restoring a backup. Nothing was changed. Restore both from one moment, or begin a new relay.',
      );
    }
    await log.append(batchEntries(last, await index.leavesBetween(last.first, planned)));
  }
}

function entryOf(row: ParcelRow): Uint8Array {
  return leafEntry(row.promised.salt, row.name, row.promised.quarter);
}

/** A leaf that is no parcel's. Whoever is told the seed can open it as that. @param seed - 16 bytes @param number - 0 to 2^32 - 1 */
export function fillerEntry(seed: Uint8Array, number: number): Uint8Array {
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, number);
  return fastSha256(concatBytes(utf8('zajil-filler/1\n'), seed, count));
}

/** All entries of a batch, sorted by their bytes, so that a leaf's place tells nothing. */
function batchEntries(batch: Batch, rows: readonly ParcelRow[]): Uint8Array[] {
  const fillers = Array.from({ length: batch.size - rows.length }, (_, number) => fillerEntry(batch.seed, number));
  return [...rows.map(entryOf), ...fillers].sort((a, b) => Buffer.compare(a, b));
}
