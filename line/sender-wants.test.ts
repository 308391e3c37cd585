/** The sender while the newsroom asks for things, against a small real relay. */
import { type Wants, type WantsEntry, fromHex, messageAddress, quarterOf, toHex, toTheEnd } from '@zajil/format';
import { parseVkey } from '@zajil/log';
import { sealWants } from '@zajil/roster';
import { afterEach, describe, expect, test } from 'vitest';
import { type SuppliedParcel, runSender, spoolAheadBytes } from './sender.ts';
import { TestNewsroom } from './test-newsroom.ts';
import { makeParcel } from './test-parcels.ts';
import type { TestRelay } from './test-relay.ts';
import { closeRelays, id, options, runUntil, spoolWith, startRelay } from './test-sender.ts';

afterEach(closeRelays);

const newsroom = new TestNewsroom();
const quarter = quarterOf(Date.now());
const enough: WantsEntry = { action: 'enough', layer: 'whole', file: 0 };

function leave(relay: TestRelay, entries: readonly WantsEntry[], more: Partial<Wants> = {}): void {
  const wants = { sequence: 1, quarter: quarter - 10, until: quarter + 10, entries, ...more };
  const address = toHex(messageAddress(fromHex(id), parseVkey(newsroom.device.vkey).name, 'wants'));
  relay.messages.set(address, sealWants(fromHex(id), wants, newsroom.device, new Uint8Array(24).fill(5)));
}

const film = (parts: number) => Array.from({ length: parts }, (_, part) => makeParcel(50 + part, 1_048_576, { layer: 'whole', part }));

describe('the sender, when the newsroom asks', () => {
  test('sends the end of a film before its middle, and each piece once', async () => {
    const { relay, base } = await startRelay();
    const parts = film(12);
    leave(relay, [{ action: 'first', layer: 'whole', file: 0, from: 11, to: toTheEnd }]);
    const end = await runSender(options(await spoolWith(parts, 1), [base], { roster: newsroom.roster }));
    expect(end.state).toBe('done');
    const last = relay.taken.indexOf(parts.at(-1)?.note.name ?? '');
    expect(last).toBeGreaterThanOrEqual(0);
    expect(last).toBeLessThan(11);
    expect(relay.repeated).toBe(0);
  });

  test('has nothing to send of what is enough, keeps its bytes, remembers it, and goes on once it lapsed', async () => {
    const { relay, base } = await startRelay();
    const parts = film(12);
    const spool = await spoolWith(parts, 1);
    leave(relay, [enough]);
    const given = options(spool, [base], { roster: newsroom.roster, until: 'opened' });
    const stopped = await runUntil(given, ({ dispatches }) => dispatches[0]?.files[0]?.whole.enough === true);
    expect(stopped.dispatches[0]).toMatchObject({ safeToErase: false });
    relay.messages.clear();
    const before = relay.taken.length;
    // What was in the air when it was told to stop may still have landed.
    const again = await runSender(options(spool, [base], { roster: newsroom.roster }));
    expect(again).toMatchObject({ state: 'waiting', trouble: null });
    expect(relay.taken.length).toBe(before);
    const waiting = (await spool.list()).filter(({ carried }) => !carried);
    expect(waiting.length).toBeGreaterThan(0);
    for (const { name } of waiting) expect(await spool.readHead(name)).not.toBeNull();
    const later = { quarter: () => quarter + 11 };
    expect((await runSender({ ...options(spool, [base], { roster: newsroom.roster }), ...later })).state).toBe('done');
    expect(relay.repeated).toBe(0);
  });

  test('seals and sends new words though more than is sealed ahead is enough', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith(film(Math.ceil(spoolAheadBytes / 1_048_576) + 1), 1);
    leave(relay, [enough]);
    await runUntil(
      options(spool, [base], { roster: newsroom.roster, until: 'opened' }),
      ({ dispatches }) => dispatches[0]?.files[0]?.whole.enough === true,
    );
    const words = makeParcel(1, 8192, { layer: 'words', order: 2, dispatch: 'two' });
    const whole = makeParcel(2, 8192, { layer: 'whole', order: 2, dispatch: 'two' });
    const queue = [words, whole];
    const supply = async (): Promise<SuppliedParcel | null> => {
      const next = queue.shift();
      return next ? { ...next.note, name: next.name, head: next.head, bytes: next.bytes } : null;
    };
    await runSender(options(spool, [base], { roster: newsroom.roster, supply }));
    expect(relay.taken).toEqual(expect.arrayContaining([words.note.name, whole.note.name]));
  });

  test('seals no more than is sealed ahead of a film of which it is told that it is enough', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith([], 1);
    leave(relay, [enough]);
    let part = 0;
    const supply = async (): Promise<SuppliedParcel | null> => {
      if (part === 40) return null;
      const { note, name, head, bytes } = makeParcel(200 + part, 1_048_576, { layer: 'whole', part: part++ });
      return { ...note, name, head, bytes };
    };
    const told = options(spool, [base], { roster: newsroom.roster, supply, until: 'opened', timeoutMs: 4000 });
    await runSender(told);
    const waiting = (await spool.list()).filter(({ carried }) => !carried);
    expect(waiting.reduce((bytes, parcel) => bytes + parcel.bytes, 0)).toBeLessThanOrEqual(spoolAheadBytes + 1_048_576);
    expect(part).toBeLessThan(40);
  });
});
