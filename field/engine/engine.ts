/**
 * What works behind the page: seals words at once, makes the small layers, seals originals ahead of the line, and keeps
 * the sender running while the page is open. Whatever tells most is sealed, and leaves, first.
 *
 * `docs/protocol.md` sections "Layers", "Sending". Plaintext stays in this memory until it is sealed, and nowhere else.
 */
import { dispatchIdBytes, type Invitation, parseInvitation } from '@zajil/format';
import {
  askAboutCards,
  Bell,
  type Fetch,
  forgetDispatch,
  LineError,
  listDispatches,
  type Newsroom,
  type Snapshot,
  type Spool,
  type SuppliedParcel,
} from '@zajil/line';
import { readInvitation } from '../arrival.ts';
import { Carrying } from './carrying.ts';
import { Dispatching, type Words } from './dispatching.ts';
import { durableSupply } from './durable-supply.ts';
import { itemOf, lineStateOf, troubleOf, unsealedItem } from './items.ts';
import { watchNewsroom } from './newsroom-watch.ts';
import type { FilmedLayers, FromEngine, Item, ToEngine } from './protocol.ts';
import { keepSending } from './sending.ts';

export interface EngineOptions {
  readonly spool: Spool;
  /** Does the spool outlive the page? */
  readonly storage: boolean;
  readonly tell: (message: FromEngine) => void;
  readonly fetch: Fetch;
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** What a person handed over and no key was there for yet. */
interface Waiting {
  readonly key: string;
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly order: number;
  readonly words: Words;
}

const invitationNote = 'invitation';

export class Engine {
  readonly #options: EngineOptions;
  readonly #bell = new Bell();
  readonly #wakes = new Set<() => void>();
  readonly #films = new Map<number, (layers: FilmedLayers) => void>();
  readonly #dispatching: Dispatching;
  readonly #carrying: Carrying;
  readonly #supply: () => Promise<SuppliedParcel | null>;
  readonly #cleared = new Set<string>();
  #waiting: Waiting[] = [];
  /** Items that the sender has not told of yet. */
  #handed: Item[] = [];
  #nextOrder = 1;
  #invitation: string | null = null;
  #newsroom: Newsroom | null = null;
  #snapshot: Snapshot | null = null;
  #sentBefore = 0;
  #stopSending: AbortController | null = null;
  #sealing: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#dispatching = new Dispatching({
      spool: options.spool,
      bell: this.#bell,
      nowMs: options.nowMs,
      newsroom: () => this.#newsroom,
      film: (video) => this.#film(video),
      onChange: () => this.#show(),
      onFault: (error) => this.#onFault(error),
    });
    this.#supply = durableSupply(options.spool, () => this.#dispatching.supply());
    this.#carrying = new Carrying({
      spool: options.spool,
      fetch: options.fetch,
      random: options.random,
      tell: options.tell,
      supply: this.#supply,
      way: () => this.#way(),
      pause: (ms) => this.#pause(ms),
      onFault: (error) => this.#onFault(error),
    });
  }

  async hear(message: ToEngine): Promise<void> {
    switch (message.kind) {
      case 'open':
        return await this.#open(message.message);
      case 'send':
        return this.#send(message);
      case 'choose':
        return await this.#dispatching.choose(message.item, message.file, message.chosen);
      case 'clear':
        return await this.#clear(message.item);
      case 'film':
        this.#films.get(message.call)?.(message.layers);
        this.#films.delete(message.call);
        return;
      case 'carry':
        return await this.#carrying.forward(message.files);
      case 'save':
        return await this.#save(message.fillBytes);
      case 'save-next':
        return this.#carrying.next();
      case 'save-stop':
        return this.#carrying.stop();
      case 'wake':
        this.#wake();
    }
  }

  async #open(message: string | null): Promise<void> {
    const { spool, storage, tell } = this.#options;
    const arrival = message === null ? null : readInvitation(message);
    const refused = arrival && 'trouble' in arrival ? arrival.trouble : null;
    // One that was kept from before still counts when another is refused.
    const invitation = arrival && 'text' in arrival ? arrival.text : await spool.getNote(invitationNote);
    tell({ kind: 'opened', invited: invitation !== null, storage, refused });
    if (invitation === null || invitation === this.#invitation) return;
    const begun = this.#invitation !== null;
    this.#invitation = invitation;
    await spool.setNote(invitationNote, invitation);
    if (begun) return;
    const records = await listDispatches(spool);
    this.#nextOrder = Math.max(0, ...records.map((record) => record.order)) + 1;
    await this.#dispatching.recall(records);
    await this.#begin(parseInvitation(invitation));
  }

  async #begin(invitation: ReturnType<typeof parseInvitation>): Promise<void> {
    const { spool, fetch, nowMs } = this.#options;
    await watchNewsroom({
      invitation,
      notes: spool,
      fetch,
      nowMs,
      pause: (ms) => this.#pause(ms),
      onNewsroom: (newsroom) => {
        const first = this.#newsroom === null;
        const turned = this.#newsroom?.roster.seq !== newsroom.roster.seq;
        this.#newsroom = newsroom;
        this.#options.tell({ kind: 'trouble', trouble: null });
        this.#sealWaiting();
        if (first) void this.#keepSending(invitation);
        else if (turned) this.#stopSending?.abort();
        else this.#bell.ring();
      },
      onTrouble: (error) => {
        this.#options.tell({ kind: 'line', line: 'waiting', sentBytes: 0 });
        const trouble = error.code === 'LINE_WAITING' && this.#waiting.length > 0 ? 'newsroom' : troubleOf(error);
        this.#options.tell({ kind: 'trouble', trouble });
      },
    });
  }

  #keepSending(invitation: ReturnType<typeof parseInvitation>): Promise<void> {
    const { spool, fetch, random } = this.#options;
    return keepSending({
      invitation,
      spool,
      fetch,
      random,
      bell: this.#bell,
      roster: () => this.#newsroom?.roster ?? null,
      supply: this.#supply,
      recover: () => this.#dispatching.reset(),
      prepare: () => askAboutCards(spool, invitation.relays),
      begin: () => (this.#stopSending = new AbortController()).signal,
      pause: (ms) => this.#pause(ms),
      onProgress: (snapshot) => this.#onProgress(snapshot),
      onFault: (error) => this.#onFault(error),
    });
  }

  async #save(fillBytes: number): Promise<void> {
    await this.#carrying.save(fillBytes);
    // The run that is under way does not know what may now arrive by hand.
    this.#stopSending?.abort();
    this.#bell.ring();
  }

  #way(): { invitation: Invitation; newsroom: Newsroom } | null {
    if (this.#invitation === null || this.#newsroom === null) return null;
    return { invitation: parseInvitation(this.#invitation), newsroom: this.#newsroom };
  }

  #send({ text, place, urgent, files }: Extract<ToEngine, { kind: 'send' }>): void {
    const order = this.#nextOrder++;
    const words = { text, place, urgent, files: files.filter((file) => file.size > 0), writtenMs: this.#options.nowMs() };
    const key = newKey();
    this.#waiting.push({ key, id: crypto.getRandomValues(new Uint8Array(dispatchIdBytes)), order, words });
    this.#handed.push(unsealedItem(key, order, words.files));
    this.#show();
    this.#sealWaiting();
  }

  /** Seals what waits as soon as there is a key to seal to; what was handed over first is sealed first. */
  #sealWaiting(): void {
    this.#sealing = this.#sealing.then(() => this.#sealAll()).catch((error: unknown) => this.#onFault(error));
  }

  async #sealAll(): Promise<void> {
    for (let next = this.#waiting[0]; next && this.#newsroom; next = this.#waiting[0]) {
      await this.#dispatching.begin(next.key, next.id, next.order, next.words);
      this.#waiting.shift();
    }
    if (this.#waiting.length > 0) this.#options.tell({ kind: 'trouble', trouble: 'newsroom' });
  }

  async #clear(key: string): Promise<void> {
    const { spool } = this.#options;
    this.#cleared.add(key);
    for (const parcel of await spool.list()) if (parcel.dispatch === key) await spool.remove(parcel.name);
    await this.#dispatching.forget(key);
    await forgetDispatch(spool, key);
    // The run that is under way still knows it.
    this.#stopSending?.abort();
    this.#show();
  }

  #onProgress(snapshot: Snapshot): void {
    // Each run counts from nothing.
    if (snapshot.bytesSent < (this.#snapshot?.bytesSent ?? 0)) this.#sentBefore += this.#snapshot?.bytesSent ?? 0;
    this.#snapshot = snapshot;
    this.#options.tell({ kind: 'line', line: lineStateOf(snapshot), sentBytes: this.#sentBefore + snapshot.bytesSent });
    this.#options.tell({ kind: 'trouble', trouble: snapshot.trouble ? troubleOf(snapshot.trouble) : null });
    for (const progress of snapshot.dispatches) if (progress.safeToErase) void this.#dispatching.forget(progress.key);
    this.#show();
  }

  #show(): void {
    const sealed = (this.#snapshot?.dispatches ?? []).filter((progress) => !this.#cleared.has(progress.key));
    const known = new Set(sealed.map((progress) => progress.key));
    this.#handed = this.#handed.filter((item) => !known.has(item.id));
    const items = sealed.map((progress) => itemOf(progress, this.#dispatching.making(progress.key)));
    this.#options.tell({ kind: 'items', items: [...items, ...this.#handed].sort((a, b) => a.number - b.number) });
  }

  #film(video: Blob): Promise<FilmedLayers> {
    const call = this.#films.size + Math.floor(this.#options.random() * 2 ** 30);
    return new Promise((resolve) => {
      this.#films.set(call, resolve);
      this.#options.tell({ kind: 'film', call, video });
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wakes.add(end);
    });
  }

  #wake(): void {
    for (const end of this.#wakes) end();
    this.#bell.ring();
    if (this.#waiting.length > 0) this.#sealWaiting();
  }

  #onFault(error: unknown): void {
    this.#options.tell({ kind: 'trouble', trouble: error instanceof LineError ? troubleOf(error) : 'broken' });
  }
}

/** Opaque, local, and no time. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => (byte % 36).toString(36)).join('');
}
