/**
 * The newsroom's public files as its desk writes them on the same machine: `public/roster.txt`, `public/doors.txt` and
 * `public/keys/<hex>.key`. Read at the start, and again when they changed and a request needs them.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal, fromUtf8 } from '@zajil/format';
import { readOrNull } from '@zajil/log';
import { verifyRoster } from '@zajil/roster';
import { orNullWhenMissing } from './durable.ts';
import type { Newsroom } from './newsroom.ts';
import { RelayError } from './relay-error.ts';

/** How often at most the files are looked at without need. */
const lookMs = 1000;

export class NewsroomFolder {
  readonly #folder: string;
  readonly #newsroom: Newsroom;
  readonly #now: () => number;
  #seen = '';
  #lookedMs = Number.NEGATIVE_INFINITY;

  /** @param folder - the newsroom's folder; only its `public` is read */
  constructor(folder: string, newsroom: Newsroom, now: () => number) {
    this.#folder = join(folder, 'public');
    this.#newsroom = newsroom;
    this.#now = now;
  }

  /**
   * Looks whether the files changed and takes what is newer. Files that do not hold change nothing: what was known stays.
   *
   * @param needed - look even if that was done within the last second
   * @throws RelayError `RELAY_OTHER_NEWSROOM` when the folder is another newsroom's
   */
  async refresh(needed: boolean): Promise<void> {
    const now = this.#now();
    if (!needed && Math.abs(now - this.#lookedMs) < lookMs) return;
    this.#lookedMs = now;
    const marks = await this.#marks();
    if (marks === this.#seen) return;
    try {
      if (await this.#read()) this.#seen = marks;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'RELAY_OTHER_NEWSROOM') throw error;
    }
  }

  async #read(): Promise<boolean> {
    const roster = await this.#text('roster.txt');
    if (roster === '') return false;
    const keys = await this.#keys(roster);
    await this.#newsroom.accept({ roster, doors: await this.#text('doors.txt'), keys });
    return true;
  }

  /** The keys that the roster names, as far as their files are there. */
  async #keys(chain: string): Promise<Uint8Array[]> {
    try {
      const { intake } = verifyRoster(chain, null);
      const files = await Promise.all(intake.map(async ({ id }) => await readOrNull(join(this.#folder, 'keys', `${id}.key`))));
      return files.filter((file) => file !== null);
    } catch (cause) {
      throw new RelayError('RELAY_NEWSROOM', 'The roster in the folder does not hold. Nothing was changed.', cause);
    }
  }

  async #text(file: string): Promise<string> {
    const bytes = await readOrNull(join(this.#folder, file));
    return bytes ? fromUtf8(bytes) : '';
  }

  /** What tells a change: inode, size and time of the two files and of the folder of keys. */
  async #marks(): Promise<string> {
    const files = ['roster.txt', 'doors.txt', 'keys'].map((file) => join(this.#folder, file));
    const found = await Promise.all(files.map(async (file) => await orNullWhenMissing(stat(file, { bigint: true }))));
    return found.map((mark) => (mark ? `${mark.ino} ${mark.size} ${mark.mtimeNs}` : '-')).join('\n');
  }
}
