/** The desk as its server sees it: unfounded, locked or open; collecting by itself while open; telling who listens. */
import { randomBytes } from 'node:crypto';
import { foundNewsroom, isFounded, makePassphrase, passphraseEntropyBytes } from '@zajil/keys';
import { toHex } from '@zajil/format';
import type { CollectFigures, DeskEvent, DeskState, FoundAnswer, FoundRequest, PressAnswer } from '../api.ts';
import { type Newsroom, openNewsroom, openWithKeyring } from '../newsroom.ts';
import { DeskError } from '../refusal.ts';

/** How often the desk looks at its relays: soon after news, seldom when they do not answer. */
const collectMs = 3000;
const mostCollectMs = 60_000;

/** Builds the public site from what was cleared. */
export type PressSite = (newsroom: Newsroom) => Promise<PressAnswer>;

export interface DeskSettings {
  readonly folder: string;
  readonly suggestedRelay: string;
  readonly press: PressSite | null;
  readonly now: () => number;
}

export class Desk {
  readonly settings: DeskSettings;
  #newsroom: Newsroom | null = null;
  #busy = false;
  #timer: NodeJS.Timeout | null = null;
  #waitMs = collectMs;
  readonly #listeners = new Set<(event: DeskEvent) => void>();

  constructor(settings: DeskSettings) {
    this.settings = settings;
  }

  /** @throws DeskError `DESK_STATE` */
  get newsroom(): Newsroom {
    if (!this.#newsroom) throw new DeskError('DESK_STATE', 'The newsroom is locked. Nothing was changed. Unlock it and try again.');
    return this.#newsroom;
  }

  async state(session: boolean): Promise<DeskState> {
    if (this.#newsroom) return { state: 'open', session, newsroom: session ? this.#summary(this.#newsroom) : null };
    return { state: (await isFounded(this.settings.folder)) ? 'locked' : 'unfounded', session, newsroom: null };
  }

  #summary(newsroom: Newsroom): NonNullable<DeskState['newsroom']> {
    const { title, member, relays, damaged } = newsroom;
    const { suggestedRelay, press } = this.settings;
    return { title, member, name: toHex(newsroom.name), relays, suggestedRelay, canPress: press !== null, damaged };
  }

  /** Returns the passphrase when it was drawn here. */
  async found(request: FoundRequest): Promise<Omit<FoundAnswer, 'state'>> {
    return this.#alone(async () => {
      const drawn = request.passphrase === undefined ? makePassphrase(randomBytes(passphraseEntropyBytes)) : '';
      const passphrase = request.passphrase ?? drawn;
      const { folder, now } = this.settings;
      const keyring = await foundNewsroom({ folder, name: request.name, member: request.member, passphrase, now });
      this.#opened(await openWithKeyring(keyring, { folder, now }));
      return { passphrase: drawn };
    });
  }

  /** @throws DeskError `DESK_STATE` when it is open: nobody is let in by a passphrase that was not tried */
  async unlock(passphrase: string): Promise<void> {
    await this.#alone(async () => {
      const { folder, now } = this.settings;
      if (this.#newsroom) throw new DeskError('DESK_STATE', 'The desk is open already. Nothing was changed.');
      this.#opened(await openNewsroom({ folder, passphrase, now }));
    });
  }

  /** Guesses and foundings do not run beside each other: each takes 256 MiB. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new DeskError('DESK_STATE', 'The desk is opening already. Nothing was changed. Wait a moment.');
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }

  #opened(newsroom: Newsroom): void {
    this.#newsroom = newsroom;
    this.tell({ kind: 'state' });
    this.#schedule(0);
  }

  async lock(): Promise<void> {
    const newsroom = this.#newsroom;
    this.#newsroom = null;
    if (this.#timer) clearTimeout(this.#timer);
    await newsroom?.lock();
    this.tell({ kind: 'state' });
  }

  async collect(): Promise<CollectFigures> {
    const figures = await this.newsroom.collect({ onProgress: ({ exhibits }) => this.tell({ kind: 'exhibits', ids: exhibits }) });
    this.tell({ kind: 'collected', figures });
    return figures;
  }

  #schedule(waitMs: number): void {
    if (!this.#newsroom) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tick(), waitMs);
  }

  async #tick(): Promise<void> {
    try {
      const { relays } = await this.collect();
      const answers = relays.length === 0 || relays.some(({ state }) => state === 'reached');
      this.#waitMs = answers ? collectMs : Math.min(mostCollectMs, this.#waitMs * 2);
    } catch {
      // Said where a person asks: the next collect by hand gives the sentence.
      this.#waitMs = Math.min(mostCollectMs, this.#waitMs * 2);
    }
    this.#schedule(this.#waitMs);
  }

  /** Collects soon, e.g. after a new invitation. */
  nudge(): void {
    this.#waitMs = collectMs;
    this.#schedule(0);
  }

  /** @throws DeskError `DESK_NO_SITE`; what `press` refuses */
  async press(): Promise<PressAnswer> {
    const { press } = this.settings;
    if (!press)
      throw new DeskError(
        'DESK_NO_SITE',
        'The desk was started without a folder for the public site. Nothing was written. Start it with one.',
      );
    return press(this.newsroom);
  }

  listen(listener: (event: DeskEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: DeskEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
