/**
 * One run over all relays: tell each who the newsroom is, fetch what is new, file it, commit to originals that became
 * complete, and acknowledge; then make the pieces of what is whole nowhere add up. And one pass over cards. A relay that does not answer is named; the others go on.
 */
import { commitmentEntry } from '@zajil/format';
import type { Keyring, Random } from '@zajil/keys';
import type { CollectFigures, RelaySummary } from '../api.ts';
import type { Exhibit } from '../exhibit/exhibit.ts';
import { DeskError } from '../refusal.ts';
import { type Card, type CardFigures, readCards } from '../tray/card-reading.ts';
import type { Due } from '../tray/due.ts';
import type { Tray } from '../tray/tray.ts';
import { Uniter } from '../tray/uniter.ts';
import type { PublicLog } from '../vault/public-log.ts';
import type { Vault } from '../vault/vault.ts';
import { sendClaims } from './acknowledge.ts';
import { type Filed, Filing } from './filing.ts';
import { Intake } from './intake.ts';
import { RelayClient } from './relay-client.ts';
import { RelayReading } from './relay-reading.ts';
import { Uniting } from './uniting.ts';

export interface Progress {
  readonly filed: number;
  readonly filedBytes: number;
  /** Exhibits that changed and are saved, since the last call. */
  readonly exhibits: readonly string[];
}

export interface CollectorOptions {
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly log: PublicLog;
  readonly tray: Tray;
  readonly due: Due;
  readonly now: () => number;
  readonly random: Random;
  readonly fetch: typeof fetch;
}

type Counts = { -readonly [Key in Exclude<keyof CollectFigures, 'relays'>]: number };

export class Collector {
  readonly #options: CollectorOptions;
  /** What each relay was told last, so that it is not told again every few seconds. */
  readonly #told = new Map<string, string>();
  readonly #stop = new AbortController();
  /** After a start, an entry may be in the log without its record knowing. */
  #lookInLog = true;
  /** What was filed before a kill may have been settled by nobody yet. */
  #isFirst = true;
  #committing: Promise<unknown> = Promise.resolve();

  readonly #uniting: Uniting;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#uniting = new Uniting(options);
  }

  client(base: string): RelayClient {
    const { keyring, now, fetch } = this.#options;
    return new RelayClient({ base, signer: keyring.device, now, fetch, signal: this.#stop.signal });
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stop.abort();
  }

  /** @throws DeskError `DESK_DISK` */
  async run(onProgress: (progress: Progress) => void = () => {}): Promise<CollectFigures> {
    const run = this.#begin(onProgress);
    const { vault, keyring } = this.#options;
    if (this.#isFirst) for (const exhibit of vault.exhibits.values()) if (isUndecided(exhibit)) run.filing.touch(exhibit);
    this.#isFirst = false;
    const bases = keyring.relays.map((relay) => relay.base);
    for (;;) {
      const turns = await this.#readAll(bases, run);
      await this.#save(run);
      if (turns.some(({ more }) => more)) continue;
      await this.#unite(
        turns.flatMap(({ client }) => client ?? []),
        run,
      );
      return { ...run.counts, relays: turns.map(({ relay }) => relay) };
    }
  }

  /**
   * Takes what these cards hold. What is not whole yet stays in the tray; relays are left to the next run.
   *
   * @throws DeskError `DESK_DISK`, and what reading the cards throws; what came before is kept
   */
  async takeCards(cards: readonly Card[], onProgress: (progress: Progress) => void = () => {}): Promise<CardsTaken> {
    const exhibits = new Set<string>();
    const run = this.#begin((progress) => {
      for (const id of progress.exhibits) exhibits.add(id);
      onProgress(progress);
    });
    const { tray } = this.#options;
    const uniter = this.#uniter(run);
    let figures: CardFigures[];
    try {
      figures = await readCards(cards, { tray, uniter });
    } finally {
      await uniter.settle();
    }
    const { filed, filedBytes, foreign, refused, completed } = run.counts;
    return { cards: figures, filed, filedBytes, foreign, refused, completed, exhibits: [...exhibits] };
  }

  #begin(onProgress: (progress: Progress) => void): Run {
    const { keyring, vault, random, now } = this.#options;
    const counts: Counts = {
      filed: 0,
      filedBytes: 0,
      known: 0,
      foreign: 0,
      refused: 0,
      owed: 0,
      completed: 0,
      acknowledged: 0,
      united: 0,
      handed: 0,
    };
    const relays = keyring.relays.map((relay) => relay.base);
    return { filing: new Filing({ vault, intake: new Intake(keyring.intakeSeeds()), random, now, relays }), counts, onProgress };
  }

  #uniter(run: Run): Uniter {
    const onFiled = (result: Filed, bytes: number): void => {
      run.counts.united += 1;
      count(run.counts, result, bytes);
    };
    return new Uniter({ ...this.#options, filing: run.filing, onFiled, save: async () => this.#save(run) });
  }

  async #unite(clients: readonly RelayClient[], run: Run): Promise<void> {
    const before = run.counts.filed;
    run.counts.handed += await this.#uniting.run(clients, this.#uniter(run));
    if (run.counts.filed === before) return;
    for (const client of clients) {
      try {
        run.counts.acknowledged += await this.#acknowledge(client, run.filing);
      } catch (error) {
        // What is unsent is said in the next run.
        if (!(error instanceof DeskError) || !error.code.startsWith('DESK_RELAY_')) throw error;
      }
    }
    await this.#save(run);
  }

  /** One turn for each relay. All are let end before a full disk is told, so that nothing goes on behind the caller's back. */
  async #readAll(bases: readonly string[], run: Run): Promise<Turn[]> {
    const results = await Promise.allSettled(bases.map(async (base) => this.#readRelay(base, run)));
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  }

  async #readRelay(base: string, run: Run): Promise<Turn> {
    try {
      const client = this.client(base);
      const vkey = await client.vkey();
      await this.#expectKey(base, vkey);
      await this.tell(client);
      const more = await this.#read(client, vkey, run);
      run.counts.acknowledged += await this.#acknowledge(client, run.filing);
      return { relay: { base, state: 'reached', message: '' }, client, more };
    } catch (error) {
      if (!(error instanceof DeskError) || !error.code.startsWith('DESK_RELAY_')) throw error;
      const state = error.code === 'DESK_RELAY_UNREACHABLE' ? 'unreachable' : 'refused';
      return { relay: { base, state, message: error.message }, client: null, more: false };
    }
  }

  async #read(client: RelayClient, vkey: string, run: Run): Promise<boolean> {
    const { vault, now } = this.#options;
    const save = async () => {
      await this.#save(run);
      run.counts.acknowledged += await this.#acknowledge(client, run.filing);
    };
    const onFiled = (result: Filed | 'owed', bytes: number) => count(run.counts, result, bytes);
    const reading = new RelayReading({ client, vkey, vault, filing: run.filing, now, onFiled, save });
    try {
      return await reading.run();
    } finally {
      await this.#save(run);
    }
  }

  /** A relay that shows another key than before is another relay, until the newsroom invites through it anew. */
  async #expectKey(base: string, vkey: string): Promise<void> {
    const known = this.#options.keyring.relays.find((relay) => relay.base === base)?.vkey ?? '';
    if (known !== '' && known !== vkey)
      throw new DeskError(
        'DESK_RELAY_ANSWER',
        'This relay shows another key than before: it was set up anew, or somebody stands in between. Nothing was fetched from it. Ask its operator; if it is right, make a new invitation through it.',
      );
    await this.#options.keyring.learnRelay(base, vkey, this.#options.now());
  }

  /** Tells a relay who the newsroom is, when that changed. @throws DeskError `DESK_RELAY_…` */
  async tell(client: RelayClient): Promise<void> {
    const { keyring } = this.#options;
    const { text } = keyring.roster;
    const { doors } = keyring;
    if (this.#told.get(client.base) === text + doors) return;
    await client.pushNewsroom({ roster: text, keys: keyring.publicKeys.values(), doors });
    this.#told.set(client.base, text + doors);
  }

  async #save({ filing, counts, onProgress }: Run): Promise<void> {
    const { saved, completed } = await filing.save();
    counts.completed += completed;
    await this.#commit();
    if (saved.length > 0) onProgress({ filed: counts.filed, filedBytes: counts.filedBytes, exhibits: saved.map(({ id }) => id) });
  }

  /** Puts into the newsroom's log what records say is to stand there. */
  async #commit(): Promise<void> {
    const work = async () => this.#commitNow();
    const result = this.#committing.then(work, work);
    this.#committing = result.catch(() => undefined);
    await result;
  }

  async #commitNow(): Promise<void> {
    const { vault, log } = this.#options;
    const open = [...vault.exhibits.values()].flatMap((exhibit) =>
      [...exhibit.originals.values()].flatMap((original) =>
        original.commitment?.index === -1 ? [{ exhibit, original, commitment: original.commitment }] : [],
      ),
    );
    if (open.length === 0) return;
    const entries = open.map(({ commitment }) => commitmentEntry(commitment.day, commitment.hash));
    const indexes = await log.include(entries, this.#lookInLog);
    this.#lookInLog = false;
    for (const [i, { exhibit, original, commitment }] of open.entries())
      exhibit.originals.set(original.file, { ...original, commitment: { ...commitment, index: indexes[i] ?? -1 } });
    const changed = new Set<Exhibit>(open.map(({ exhibit }) => exhibit));
    for (const exhibit of changed) await vault.saveExhibit(exhibit);
  }

  async #acknowledge(client: RelayClient, filing: Filing): Promise<number> {
    const { keyring, vault, random, now } = this.#options;
    const sent = await sendClaims(vault.exhibits.values(), { client, keyring, random, nowMs: now() });
    for (const exhibit of sent) filing.touch(exhibit);
    return sent.length;
  }
}

interface Run {
  readonly filing: Filing;
  readonly counts: Counts;
  readonly onProgress: (progress: Progress) => void;
}

/** What came of one relay, and whether it has more. */
interface Turn {
  readonly relay: RelaySummary;
  /** Null when it did not answer to the end. */
  readonly client: RelayClient | null;
  readonly more: boolean;
}

/** What came of cards, one by one and together. */
export interface CardsTaken extends Pick<CollectFigures, 'filed' | 'filedBytes' | 'foreign' | 'refused' | 'completed'> {
  readonly cards: readonly CardFigures[];
  /** Exhibits to which something was added. */
  readonly exhibits: readonly string[];
}

function count(counts: Counts, result: Filed | 'owed', bytes: number): void {
  if (result === 'other-bytes') return;
  counts[result] += 1;
  if (result === 'filed') counts.filedBytes += bytes;
}

function isUndecided(exhibit: Exhibit): boolean {
  return [...exhibit.streams.values()].some(({ layer, file }) => layer === 'tally' && !exhibit.originals.has(file));
}
