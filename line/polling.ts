/** When to ask for receipts and acknowledgements, and for which: in rounds, with pauses that grow until there is news. */
import { mostAsked } from '@zajil/format';

export interface PollPauses {
  readonly first: number;
  readonly most: number;
}

/** While there is something to send, a round asks three questions at most. */
const mostWhileSending = 3 * mostAsked;

export class Polling {
  readonly #pauses: PollPauses;
  #pauseMs: number;
  #leastPauseMs = 0;
  #begunAt = -Infinity;
  #queue: string[] = [];
  #turned = 0;
  #round = 0;

  constructor(pauses: PollPauses) {
    this.#pauses = pauses;
    this.#pauseMs = pauses.first;
  }

  /** How many rounds have begun. */
  get round(): number {
    return this.#round;
  }

  /** Milliseconds of the clock at which the next round begins; at once while a round goes on. */
  get dueAt(): number {
    return this.#queue.length > 0 ? -Infinity : this.#begunAt + Math.max(this.#pauseMs, this.#leastPauseMs);
  }

  /**
   * Begins a round if one is due.
   *
   * @param ids - what there is to ask. @param sending - keep it short. @param leastPauseMs - since the round before it, until it is told otherwise
   */
  begin(ids: () => readonly string[], sending: boolean, leastPauseMs: number, nowMs: number): void {
    this.#leastPauseMs = leastPauseMs;
    if (nowMs < this.dueAt || this.#queue.length > 0) return;
    const all = ids();
    const most = sending ? mostWhileSending : all.length;
    const start = all.length > most ? this.#turned % all.length : 0;
    this.#turned += most;
    this.#queue = [...all.slice(start), ...all.slice(0, start)].slice(0, most);
    this.#pauseMs = this.#begunAt === -Infinity ? this.#pauses.first : Math.min(this.#pauses.most, this.#pauseMs * 1.5);
    this.#begunAt = nowMs;
    this.#round += 1;
  }

  /** The line is gone: the next round comes when it would have come anyway. */
  postpone(nowMs: number): void {
    this.#queue = [];
    this.#begunAt = nowMs;
  }

  /** The next ids of the round, at most `most`. */
  take(most: number): string[] {
    return this.#queue.splice(0, Math.max(0, most));
  }

  /** Something changed: more may follow soon. */
  onNews(): void {
    this.#pauseMs = this.#pauses.first;
  }
}
