/** The newsroom asks for the end of a film before its middle, then has enough: over a slow line, by the real commands. */
import { randomBytes } from 'node:crypto';
import { BadLine } from '@zajil/cli';
import { type Words, formatWords, nameToHex, parseInvitation, quarterOf, wordsType } from '@zajil/format';
import { Bell, MemorySpool, type SenderOptions, type Snapshot, announceDispatch, fetchNewsroom, runSender } from '@zajil/line';
import { type SealedParcel, type StreamHead, WholeSealer, sealBytes } from '@zajil/seal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from './zajil.ts';

const filmBytes = 9_000_000;
/** Parts of 1 MiB, as they are sealed. */
const parts = 9;

/** A spool that remembers which parcels were let go, in that order. */
class WatchedSpool extends MemorySpool {
  readonly taken: string[] = [];

  override async keep(...kept: Parameters<MemorySpool['keep']>): Promise<void> {
    await super.keep(...kept);
    this.taken.push(kept[0]);
  }
}

let world: World;
const closers: (() => Promise<void>)[] = [];

beforeAll(() => {
  world = new World('wants');
});
afterAll(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await world.end();
});

/** The newsroom's side, by hand. */
class DeskByHand {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async collect(): Promise<string> {
    await world.must('collect', '--dir', this.#folder);
    const { lines } = await world.must('exhibits', '--dir', this.#folder, '--json');
    return String(lines.find((line) => line['event'] === 'exhibit')?.['id']);
  }

  async want(exhibit: string, ...words: readonly string[]): Promise<void> {
    const { lines } = await world.must('want', exhibit, '--newsroom', this.#folder, ...words, '--json');
    expect(lines).toMatchObject([{ event: 'wanted', took: 1, of: 1 }]);
  }
}

/** The phone's side: real parcels in a spool, and a run that goes on until it is told to end. */
class Phone {
  readonly spool = new WatchedSpool();
  readonly #options: Omit<SenderOptions, 'spool'>;
  readonly #bell = new Bell();
  readonly #key: (scope: 'day' | 'month') => Promise<Uint8Array>;
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  now: Snapshot | null = null;
  readonly film: string[] = [];

  private constructor(options: Omit<SenderOptions, 'spool'>, key: (scope: 'day' | 'month') => Promise<Uint8Array>) {
    this.#options = options;
    this.#key = key;
  }

  static async with(invite: string, base: string): Promise<Phone> {
    const invitation = { ...parseInvitation(invite), relays: [base] };
    const newsroom = await fetchNewsroom({ invitation, fetch, notes: new MemorySpool() });
    const options = { invitation, roster: newsroom.roster, fetch, random: Math.random, until: 'opened' as const };
    const day = new Date().toISOString().slice(0, 10);
    return new Phone({ ...options, pollMs: { first: 200, most: 500 } }, (scope) => newsroom.intakeKey(scope, day));
  }

  async seal(key: string, order: number, film: Uint8Array | null): Promise<void> {
    const dispatch = new Uint8Array(randomBytes(16));
    await announceDispatch(this.spool, { key, id: dispatch, urgent: false, order, wholes: film ? [null] : [] });
    const files = film ? [{ kind: 'video' as const, type: 'video/mp4', name: 'film.mp4', bytes: film.length }] : [];
    const words: Words = { v: 1, text: `Words ${order}`, written: '2026-11-20T10:00Z', place: '', urgent: false, files };
    const head: StreamHead = { dispatch, layer: 'words', file: 0, view: 0, type: wordsType };
    for (const [part, parcel] of (await sealBytes(head, formatWords(words), await this.#key('day'))).entries())
      await this.#put(parcel, { dispatch: key, order, layer: 'words', part });
    if (film) await this.#sealFilm(film, dispatch, { dispatch: key, order });
  }

  async #sealFilm(film: Uint8Array, dispatch: Uint8Array, place: { dispatch: string; order: number }): Promise<void> {
    const sealer = new WholeSealer({
      stream: { dispatch, layer: 'whole', file: 0, view: 0, type: 'video/mp4' },
      source: { bytes: film.length, read: async (offset, length) => film.subarray(offset, offset + length) },
      recipient: await this.#key('month'),
    });
    for (let part = 0, parcel = await sealer.next(); parcel; part += 1, parcel = await sealer.next())
      this.film.push(await this.#put(parcel, { ...place, layer: 'whole', part }));
    for (const [part, parcel] of (await sealer.tally()).entries()) await this.#put(parcel, { ...place, layer: 'tally', part });
  }

  async #put(
    { name, head, bytes }: SealedParcel,
    place: { dispatch: string; order: number; layer: 'words' | 'whole' | 'tally'; part: number },
  ): Promise<string> {
    const note = { ...place, name: nameToHex(name), urgent: false, file: 0, view: 0, bytes: bytes.length };
    await this.spool.put(note, head, bytes);
    return note.name;
  }

  /** @param quartersLater - how far this phone's calendar is ahead of the newsroom's */
  start(quartersLater = 0): void {
    this.#stop = new AbortController();
    const calendar = { quarter: () => quarterOf(Date.now()) + quartersLater };
    const onProgress = (snapshot: Snapshot): void => void (this.now = snapshot);
    this.#running = runSender({
      ...this.#options,
      spool: this.spool,
      bell: this.#bell,
      signal: this.#stop.signal,
      onProgress,
      ...calendar,
    });
  }

  ring(): void {
    this.#bell.ring();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Numbers of the film's parts, in the order in which they were taken. */
  get taken(): number[] {
    return this.spool.taken.map((name) => this.film.indexOf(name)).filter((part) => part >= 0);
  }
}

async function until(what: string, isSo: () => boolean, mostMs = 120_000): Promise<void> {
  const end = performance.now() + mostMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it never came so far: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('the end before the middle, then enough, then words all the same, and all of it once the newsroom’s word has lapsed', async () => {
  const { desk: folder, relay, invite } = await world.newsroom();
  const line = new BadLine(relay.url);
  const phone = await Phone.with(invite, await line.listen());
  closers.push(
    () => line.close(),
    () => phone.stop(),
  );
  const desk = new DeskByHand(folder);
  await phone.seal('one', 1, new Uint8Array(randomBytes(filmBytes)));
  expect(phone.film).toHaveLength(parts);
  // So slow that little of it is gone before somebody has looked at the words.
  line.shape({ upBytesPerSecond: 60_000, delayMs: 30 });
  phone.start();
  await until('the words were taken', () => phone.now?.dispatches[0]?.words.state === 'taken');

  const exhibit = await desk.collect();
  await desk.want(exhibit, '--file', '1', '--first', `${parts}-,${parts - 1}`);
  line.shape({ upBytesPerSecond: 400_000 });
  await until('the last part was taken', () => phone.taken.includes(parts - 1) && phone.taken.includes(parts - 2));
  // What was begun when the phone heard of it is no reason to send what follows it: the middle waits.
  expect(phone.taken.filter((part) => part >= parts - 2)).toEqual([parts - 1, parts - 2]);
  const begun = phone.taken.filter((part) => part < parts - 2);
  expect(begun.toSorted((a, b) => a - b)).toEqual([...begun.keys()]);
  expect(begun.length).toBeLessThan(parts - 4);

  await desk.want(exhibit, '--enough');
  await until('the phone heard that it is enough', () => phone.now?.dispatches[0]?.files[0]?.whole.enough === true);
  // What was under way comes to its end.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const takenBefore = phone.taken.length;
  const sentBefore = line.stats.bytesUp;
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(phone.taken.length).toBe(takenBefore);
  expect(line.stats.bytesUp - sentBefore).toBeLessThan(40_000);
  expect(takenBefore).toBeLessThan(parts);

  await phone.seal('two', 2, null);
  phone.ring();
  await until('new words were taken', () => phone.now?.dispatches[1]?.words.state === 'taken');
  expect(phone.taken.length).toBe(takenBefore);
  await desk.collect();
  const waiting = (await phone.spool.list()).filter(({ carried }) => !carried).map(({ name }) => name);
  expect(new Set(waiting)).toEqual(new Set(phone.film.filter((_, part) => !phone.taken.includes(part))));
  for (const name of waiting) expect(await phone.spool.readHead(name)).not.toBeNull();
  expect(phone.now?.dispatches[0]).toMatchObject({ safeToErase: false, files: [{ whole: { state: 'going', enough: true } }] });
  await phone.stop();

  line.shape({ upBytesPerSecond: 4_000_000 });
  const daysLater = 15;
  phone.start(daysLater * 96);
  await until('all of it was taken', () => phone.taken.length === parts);
  await until('the tally was taken', () => phone.now?.dispatches[0]?.files[0]?.whole.state === 'taken');
  expect(phone.now?.dispatches[0]?.files[0]?.whole.enough).toBe(false);
  await phone.stop();
});
