/** What the sender's tests share: relays that are closed, a spool with one dispatch, options, a clock that runs fast. */
import { type Clock, platformClock } from './clock.ts';
import { announceDispatch } from './dispatch-record.ts';
import { MemorySpool } from './memory-spool.ts';
import type { LineCode, LineError } from './refusal.ts';
import { type SenderOptions, runSender } from './sender.ts';
import type { Snapshot } from './snapshot.ts';
import { TestNewsroom } from './test-newsroom.ts';
import { type TestParcel, makeParcel, numbersFrom } from './test-parcels.ts';
import { TestRelay } from './test-relay.ts';

/** Ten times faster than the wall clock: patience that a line deserves is too long for a test. */
export const fastClock: Clock = { now: () => 10 * performance.now(), sleep: (ms, signal) => platformClock.sleep(ms / 10, signal) };

const relays: TestRelay[] = [];
/** The dispatch's id, hex. */
export const id = '0a'.repeat(16);

export async function startRelay(name?: string, seed?: number): Promise<{ relay: TestRelay; base: string }> {
  const relay = new TestRelay(name, seed);
  relays.push(relay);
  return { relay, base: await relay.listen() };
}

/** Call after each test. */
export async function closeRelays(): Promise<void> {
  for (const relay of relays.splice(0)) await relay.close();
}

export async function spoolWith(parcels: readonly TestParcel[], files = 0): Promise<MemorySpool> {
  const spool = new MemorySpool();
  await announceDispatch(spool, {
    key: 'one',
    id: new Uint8Array(16).fill(10),
    urgent: false,
    order: 1,
    wholes: Array.from({ length: files }, () => null),
  });
  for (const { note, head, bytes } of parcels) await spool.put(note, head, bytes);
  return spool;
}

export function options(spool: MemorySpool, bases: readonly string[], more: Partial<SenderOptions> = {}): SenderOptions {
  return {
    invitation: { relays: bases, token: new Uint8Array(16), plain: false },
    roster: new TestNewsroom().roster,
    spool,
    fetch,
    random: numbersFrom(1),
    until: 'taken',
    timeoutMs: 30_000,
    pollMs: { first: 30, most: 200 },
    ...more,
  };
}

/** Runs until something is so; the time limit of the test is the only clock. */
export async function runUntil(given: SenderOptions, isSo: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  const stop = new AbortController();
  const onProgress = (snapshot: Snapshot): void => {
    if (isSo(snapshot)) stop.abort();
  };
  return runSender({ ...given, signal: stop.signal, onProgress });
}

/** Runs until this code is told; the time limit of the test is the only clock. */
export async function runUntilNamed(given: SenderOptions, code: LineCode): Promise<Snapshot> {
  const stop = new AbortController();
  const onTrouble = (error: LineError): void => {
    if (error.code === code) stop.abort();
  };
  return runSender({ ...given, signal: stop.signal, onTrouble });
}

/** One dispatch: words, a glance, a cut, a file of three parcels and its tally. */
export function dispatch(): TestParcel[] {
  return [
    makeParcel(7, 8192, { layer: 'tally' }),
    ...[2, 0, 1].map((part) => makeParcel(20 + part, 131_072, { layer: 'whole', part })),
    makeParcel(3, 65_536, { layer: 'cut' }),
    makeParcel(2, 16_384, { layer: 'glance' }),
    makeParcel(1, 8192, { layer: 'words' }),
  ];
}
