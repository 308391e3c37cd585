import { afterEach, describe, expect, test } from 'vitest';
import { Bell } from './bell.ts';
import { type Clock, platformClock } from './clock.ts';
import type { LineError } from './refusal.ts';
import { type SuppliedParcel, runSender, spoolAheadBytes } from './sender.ts';
import { makeParcel } from './test-parcels.ts';
import type { Fault } from './test-relay.ts';
import { closeRelays, dispatch, fastClock, options, spoolWith, startRelay } from './test-sender.ts';

afterEach(closeRelays);

describe('the sender', () => {
  test('carries a dispatch in the order in which it tells, once, and lets its bytes go', async () => {
    const { relay, base } = await startRelay();
    const parcels = dispatch();
    const spool = await spoolWith(parcels, 1);
    const end = await runSender(options(spool, [base]));
    const wanted = [1, 2, 3].map((seed) => parcels.find((parcel) => parcel.note.layer === ['', 'words', 'glance', 'cut'][seed])?.note.name);
    expect(relay.taken.slice(0, 3)).toEqual(wanted);
    expect(relay.taken).toHaveLength(7);
    expect(relay.repeated).toBe(0);
    expect(end).toMatchObject({
      state: 'done',
      trouble: null,
      bytesWaiting: 0,
      relays: [{ relay: base, state: 'working', pinned: 'first-use' }],
    });
    expect(end.dispatches[0]).toMatchObject({ words: { state: 'taken' }, files: [{ whole: { state: 'taken' } }], safeToErase: false });
    for (const { note } of parcels) expect(await spool.readHead(note.name)).toBeNull();
  });

  test('sends the words in the first bag', async () => {
    const { relay, base } = await startRelay();
    relay.fault = () => (relay.bags >= 1 ? 'black-holed' : null);
    await runSender(
      options(await spoolWith([...dispatch().slice(0, 6), makeParcel(1, 32_768, { layer: 'words' })], 1), [base], { timeoutMs: 1500 }),
    );
    expect(relay.taken).toEqual([makeParcel(1, 32_768, { layer: 'words' }).note.name]);
  });

  test.each(['answer-lost', 'cut', 'sign-in-page', 'black-holed'] satisfies Fault[])(
    '%s: nothing is lost and nothing is sent twice',
    async (fault) => {
      const { relay, base } = await startRelay();
      let requests = 0;
      relay.fault = (path) => (path !== '/v1/relay' && [0, 2, 5].includes(requests++) ? fault : null);
      relay.cutAfterBytes = 20_000;
      const troubles: LineError[] = [];
      const end = await runSender(
        options(await spoolWith(dispatch(), 1), [base], {
          clock: fastClock,
          timeoutMs: 300_000,
          onTrouble: (error) => troubles.push(error),
        }),
      );
      expect(end.state).toBe('done');
      expect(relay.taken).toHaveLength(7);
      expect(relay.repeated).toBe(0);
      expect(troubles.length).toBeGreaterThan(0);
    },
  );

  test('a door that is closed, or a relay that is not there, sends it on to the next one', async () => {
    const { relay: closed, base: first } = await startRelay();
    closed.fault = () => 'closed-door';
    const { relay: gone, base: second } = await startRelay();
    await gone.close();
    const { relay, base: third } = await startRelay();
    const spool = await spoolWith(dispatch(), 1);
    const end = await runSender(options(spool, [first, second, third]));
    expect(end.state).toBe('done');
    expect(relay.taken).toHaveLength(7);
    expect(end.relays[0]?.state).toBe('closed');
    const words = makeParcel(50, 8192, { layer: 'words' });
    await spool.put(words.note, words.head, words.bytes);
    const bagsBefore = closed.bags;
    await runSender(options(spool, [first, second, third]));
    expect([closed.bags, relay.taken.length]).toEqual([bagsBefore, 8]);
  });

  test('a run that is cut off is taken up by the next, without sending anything twice', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith(dispatch(), 1);
    for (let run = 0; run < 4; run += 1) {
      relay.fault = (path) => (path === '/v1/bag' && relay.bags > run ? 'black-holed' : null);
      await runSender(options(spool, [base], { timeoutMs: 250 }));
    }
    relay.fault = () => null;
    const end = await runSender(options(spool, [base]));
    expect(end.state).toBe('done');
    expect(relay.repeated).toBe(0);
  });

  test('a pause that ends just while it is looked at is not slept through', async () => {
    const { relay, base } = await startRelay();
    let requests = 0;
    relay.fault = () => (requests++ < 15 ? 'cut' : null);
    let looks = 0;
    const jumping: Clock = { now: () => performance.now() + 25 * (looks += 1), sleep: (ms, signal) => platformClock.sleep(ms, signal) };
    const pollMs = { first: 1e9, most: 1e9 };
    const end = await runSender(options(await spoolWith(dispatch(), 1), [base], { clock: jumping, pollMs, timeoutMs: 300_000 }));
    expect(end.state).toBe('done');
  });

  test('new words overtake a whole that is on its way', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith(
      Array.from({ length: 20 }, (_, part) => makeParcel(100 + part, 1_048_576, { layer: 'whole', part })),
      1,
    );
    const bell = new Bell();
    const words = makeParcel(1, 8192, { layer: 'words', order: 2 });
    let put = false;
    const onProgress = (): void => {
      if (put || relay.taken.length < 1) return;
      put = true;
      void spool.put(words.note, words.head, words.bytes).then(() => bell.ring());
    };
    await runSender(options(spool, [base], { bell, onProgress }));
    expect(relay.taken).toHaveLength(21);
    expect(relay.taken.indexOf(words.note.name)).toBeLessThan(20);
  });

  test('asks supply for more only while little waits, and only after storing what it gave', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith([], 1);
    let part = 0;
    let most = 0;
    const supply = async (): Promise<SuppliedParcel | null> => {
      if (part === 24) return null;
      const stored = await spool.list();
      expect(stored).toHaveLength(part);
      most = Math.max(
        most,
        stored.filter((one) => !one.carried).reduce((bytes, one) => bytes + one.bytes, 0),
      );
      const { note, name, head, bytes } = makeParcel(200 + part, 1_048_576, { layer: 'whole', part: part++ });
      return { ...note, name, head, bytes };
    };
    const end = await runSender(options(spool, [base], { supply }));
    expect(end.state).toBe('done');
    expect(relay.taken).toHaveLength(24);
    expect(most).toBeLessThanOrEqual(spoolAheadBytes);
  });

  test('ends when it is told to, and an error of supply is passed on', async () => {
    const { relay, base } = await startRelay();
    relay.fault = () => 'black-holed';
    const stop = new AbortController();
    const running = runSender(options(await spoolWith(dispatch(), 1), [base], { signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    expect((await running).bytesWaiting).toBeGreaterThan(0);
    const supply = async (): Promise<never> => Promise.reject(new Error('no more disk'));
    await expect(runSender(options(await spoolWith([], 1), [base], { supply }))).rejects.toThrow('no more disk');
  });
});
