/**
 * The newsroom in exile, unlocked: everything the desk can do, without its screen. One at a time over a folder.
 *
 * `docs/protocol.md` sections "Vault", "Collect", "Release". Plaintext leaves it in three places only: `readLayer`
 * for the screen on this machine, `export` where a person asks for it, and `siteInput` for what was cleared.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Layer, type Plaintext, formatInvitation } from '@zajil/format';
import { type Keyring, type Random, isFounded, unlock } from '@zajil/keys';
import { type FolderLock, signNote } from '@zajil/log';
import type {
  Exhibit as ApiExhibit,
  CollectFigures,
  ExhibitSummary,
  InvitationSummary,
  InviteAnswer,
  InviteRequest,
  RelaySummary,
  ReleaseRequest,
  ReleaseSummary,
} from './api.ts';
import { type CardsTaken, type Progress, Collector } from './collect/collect.ts';
import { type Exported, exportExhibit } from './exhibit/export.ts';
import type { Stream } from './exhibit/exhibit.ts';
import { type ByteSpan, readStream, readableBytes } from './exhibit/read-layer.ts';
import { detail, summarize } from './exhibit/summary.ts';
import { introduce } from './introduce.ts';
import { DeskError } from './refusal.ts';
import { readBase } from './relay-address.ts';
import { type ForPress, forPress, openReleased } from './release/cleared.ts';
import type { ReleasedMedium } from './release/release-record.ts';
import { healReleases, releaseExhibit, releaseOf, summarizeRelease } from './release/releasing.ts';
import type { Card } from './tray/card-reading.ts';
import { Due } from './tray/due.ts';
import { Tray } from './tray/tray.ts';
import { Turns } from './turns.ts';
import { PublicLog } from './vault/public-log.ts';
import { Vault } from './vault/vault.ts';
import { type Told, Asking } from './wants/asking.ts';
import type { WantRequest } from './wants/note-wants.ts';

export interface NewsroomOptions {
  readonly folder: string;
  readonly passphrase: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly random?: Random;
  readonly fetch?: typeof fetch;
}

export interface LayerContent {
  readonly type: string;
  /** Bytes that can be read: what is here from the start without a gap. */
  readonly bytes: number;
  read(span: ByteSpan): AsyncIterable<Plaintext>;
}

export interface ReleasedContent {
  readonly type: string;
  readonly bytes: number;
  read(span: ByteSpan): AsyncIterable<Uint8Array>;
}

/**
 * So many days longer a due intake key is kept while what was sealed to it may wait at a relay that does not answer: a
 * desk that was shut for weeks fetches first, and destroys after.
 */
const spareDays = 14;

export type Invited = Omit<InviteAnswer, 'qr'>;

interface Parts {
  readonly folder: string;
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly log: PublicLog;
  readonly now: () => number;
  readonly random: Random;
  readonly collector: Collector;
}

/** @throws KeysError, DeskError `DESK_IN_USE`, `DESK_DISK` */
export async function openNewsroom(options: NewsroomOptions): Promise<Newsroom> {
  const random = options.random ?? ((bytes: number) => new Uint8Array(randomBytes(bytes)));
  const { folder, passphrase } = options;
  // Unlocking writes the public files anew: beside a desk that is open, it would write older ones over its own.
  const lock = (await isFounded(folder)) ? await Vault.lock(join(folder, 'vault')) : undefined;
  try {
    const keyring = await unlock({ folder, passphrase, random });
    return await openWithKeyring(keyring, { ...options, random, ...(lock && { lock }) });
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** For a keyring that is open already, as after founding. It is locked when this throws. */
export async function openWithKeyring(
  keyring: Keyring,
  options: Omit<NewsroomOptions, 'passphrase'> & { readonly lock?: FolderLock },
): Promise<Newsroom> {
  const { folder, now = Date.now, random = (bytes: number) => new Uint8Array(randomBytes(bytes)), fetch = globalThis.fetch } = options;
  const key = keyring.vaultKey();
  try {
    const lock = options.lock ?? (await Vault.lock(join(folder, 'vault')));
    const vault = await Vault.open({ folder: join(folder, 'vault'), key, random, lock });
    try {
      await keyring.renewIntake(now(), spareDays);
      const log = await PublicLog.open(folder, keyring.log);
      await healReleases(vault, log);
      const tray = await Tray.open({ folder: join(folder, 'tray'), now });
      const due = await Due.open(join(folder, 'tray'));
      const collector = new Collector({ keyring, vault, log, tray, due, now, random, fetch });
      return new Newsroom({ folder, keyring, vault, log, now, random, collector });
    } catch (error) {
      vault.close();
      throw error;
    }
  } catch (error) {
    keyring.lock();
    throw error;
  }
}

export class Newsroom {
  readonly #parts: Parts;
  readonly #asking: Asking;
  #relays = new Map<string, RelaySummary>();
  #collecting: Promise<CollectFigures> | null = null;
  /** Relays and cards take turns: both file into the same records. */
  readonly #filing = new Turns();
  readonly #releasing = new Turns();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#asking = new Asking(parts);
  }

  get title(): string {
    return this.#parts.keyring.title;
  }

  get member(): string {
    return this.#parts.keyring.member;
  }

  /** 32 bytes. */
  get name(): Uint8Array {
    return this.#parts.keyring.newsroom;
  }

  /** The roster chain. */
  get roster(): string {
    return this.#parts.keyring.roster.text;
  }

  get relays(): RelaySummary[] {
    return this.#parts.keyring.relays.map(({ base }) => this.#relays.get(base) ?? { base, state: 'new', message: '' });
  }

  get invitations(): InvitationSummary[] {
    return this.#parts.keyring.invitations.map(({ label, relay, made }) => ({ label, relay, made }));
  }

  /** Records of the vault that could not be read. */
  get damaged(): number {
    return this.#parts.vault.damaged;
  }

  /** Parcels that were refused since the founding. */
  get refused(): number {
    return this.#parts.vault.desk.refusedCount;
  }

  /**
   * Makes an invitation, and tells the relay when it answers; when it does not, that is said and done later.
   *
   * @throws DeskError `DESK_ADDRESS`, `DESK_PLAIN_HTTP`
   */
  async invite(request: InviteRequest): Promise<Invited> {
    const { keyring, now } = this.#parts;
    const base = readBase(request);
    const invitation = await keyring.addInvitation({ label: request.label, relays: [base], plain: request.plain, nowMs: now() });
    const url = formatInvitation(invitation);
    const summary = await introduce(base, this.#parts);
    this.#relays.set(base, summary);
    return { url, reached: summary.state === 'reached', message: summary.message };
  }

  /** Fetches and files what is new from every relay, and acknowledges it. One run at a time. @throws DeskError `DESK_DISK` */
  async collect({ onProgress }: { onProgress?: (progress: Progress) => void } = {}): Promise<CollectFigures> {
    this.#collecting ??= this.#filing.take(async () => this.#collect(onProgress)).finally(() => (this.#collecting = null));
    return this.#collecting;
  }

  /** Takes what cards hold, without asking any relay. @throws DeskError `DESK_DISK`, and what reading the cards throws */
  async takeCards(cards: readonly Card[], onProgress?: (progress: Progress) => void): Promise<CardsTaken> {
    return this.#filing.take(async () => this.#parts.collector.takeCards(cards, onProgress));
  }

  async #collect(onProgress?: (progress: Progress) => void): Promise<CollectFigures> {
    const { keyring, collector, now } = this.#parts;
    await keyring.renewIntake(now(), spareDays);
    const figures = await collector.run(onProgress);
    for (const relay of figures.relays) this.#relays.set(relay.base, relay);
    if (figures.relays.every(({ state }) => state === 'reached')) await keyring.renewIntake(now());
    await this.#asking.tell();
    return figures;
  }

  /** Asks a phone for parts first, for pieces, or for no more. @throws DeskError `DESK_NO_EXHIBIT`, `DESK_REQUEST`, `DESK_DISK` */
  async want(request: WantRequest): Promise<Told> {
    return this.#asking.want(request);
  }

  /** Newest arrival first. */
  async exhibits(): Promise<ExhibitSummary[]> {
    return [...this.#parts.vault.exhibits.values()].map(summarize).sort((a, b) => b.latest - a.latest || (a.id < b.id ? -1 : 1));
  }

  /** @throws DeskError `DESK_NO_EXHIBIT` */
  exhibit(id: string): ApiExhibit {
    return detail(this.#parts.vault.exhibit(id));
  }

  /** @throws DeskError `DESK_NO_EXHIBIT`, `DESK_NO_LAYER` */
  layer(exhibit: string, file: number, layer: Layer, view = 0): LayerContent {
    const { vault } = this.#parts;
    const stream: Stream | null = vault.exhibit(exhibit).stream({ layer, file, view });
    if (!stream)
      throw new DeskError('DESK_NO_LAYER', 'Nothing of this layer has arrived yet. What is here can be seen; the rest is still to come.');
    return { type: stream.type, bytes: readableBytes(stream), read: (span) => readStream(vault.parcels, stream, span) };
  }

  /** A stretch of a layer, chunk by chunk. @throws DeskError `DESK_NO_EXHIBIT`, `DESK_NO_LAYER`, `DESK_RANGE`, `DESK_VANISHED` */
  readLayer(exhibit: string, file: number, layer: Layer, view = 0, range?: ByteSpan): AsyncIterable<Plaintext> {
    const content = this.layer(exhibit, file, layer, view);
    return content.read(range ?? { from: 0, to: content.bytes });
  }

  /** Writes the evidence package, unsealed. @throws DeskError `DESK_EXISTS`, `DESK_DISK`, `DESK_NO_EXHIBIT`, `DESK_VANISHED` */
  async export({ exhibit, out }: { exhibit: string; out: string }): Promise<Exported> {
    const { vault, log } = this.#parts;
    const newsroom = Buffer.from(this.name).toString('hex');
    return exportExhibit({ exhibit: vault.exhibit(exhibit), out, parcels: vault.parcels, log, newsroom, roster: this.roster });
  }

  /** Makes and signs a release; one at a time. Returns its id. @throws DeskError as `releaseExhibit` */
  async release(request: ReleaseRequest, onProgress: (step: string, done: number, of: number) => void = () => {}): Promise<string> {
    return this.#releasing.take(async () => releaseOf(await releaseExhibit(request, { ...this.#parts, onProgress })).id);
  }

  /** Newest first. */
  releases(): ReleaseSummary[] {
    const records = [...this.#parts.vault.releases.values()].sort((a, b) => b.index - a.index);
    return records.map(summarizeRelease);
  }

  /** @param n - which medium, from 0. @throws DeskError `DESK_NO_RELEASE` */
  released(id: string, n: number): ReleasedContent {
    const { vault } = this.#parts;
    for (const record of vault.releases.values()) {
      const release = releaseOf(record);
      const medium: ReleasedMedium | undefined = release.id === id ? record.media[n] : undefined;
      const type = release.media[n]?.type;
      if (medium && type) return { type, bytes: medium.bytes, read: ({ from, to }) => openReleased(vault, medium, from, to) };
    }
    throw new DeskError('DESK_NO_RELEASE', 'There is no such release in this vault. Nothing was changed.');
  }

  /** Everything that was cleared, as `press` takes it: its `SiteInput` but for the checking page. */
  async siteInput(): Promise<ForPress> {
    const { keyring, vault, log, now } = this.#parts;
    return forPress({ keyring, vault, log, nowMs: now() });
  }

  async cleared(): Promise<ForPress['cleared']> {
    return (await this.siteInput()).cleared;
  }

  /** Signs the statement over the site. */
  signSite(text: string): string {
    return signNote(text, this.#parts.keyring.device);
  }

  /** Waits for what is being written, and forgets the keys. */
  async lock(): Promise<void> {
    const { collector, vault, keyring } = this.#parts;
    collector.stop();
    await this.#filing.settled();
    await this.#releasing.settled();
    vault.close();
    keyring.lock();
  }
}
