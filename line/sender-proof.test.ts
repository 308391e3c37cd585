import { createSigner } from '@zajil/log';
import { afterEach, describe, expect, test } from 'vitest';
import { listDispatches } from './dispatch-record.ts';
import { runSender } from './sender.ts';
import type { Snapshot } from './snapshot.ts';
import { TestNewsroom } from './test-newsroom.ts';
import { makeParcel } from './test-parcels.ts';
import type { LineCode } from './refusal.ts';
import type { Fault } from './test-relay.ts';
import { closeRelays, dispatch, fastClock, id, options, runUntil, runUntilNamed, spoolWith, startRelay } from './test-sender.ts';

afterEach(closeRelays);

describe('what the sender believes', () => {
  test('a relay that lies is not believed, is named, and the next relay is used', async () => {
    const { relay: liar, base: first } = await startRelay();
    const { relay: honest, base: second } = await startRelay('other.test/log', 8);
    liar.fault = () => 'unsigned-promises';
    const newsroom = new TestNewsroom().addRelay(liar.signer.vkey).addRelay(honest.signer.vkey);
    const troubles: string[] = [];
    const end = await runSender(
      options(await spoolWith(dispatch(), 1), [first, second], {
        roster: newsroom.roster,
        onTrouble: (error) => troubles.push(error.code),
      }),
    );
    expect(troubles).toContain('LINE_FALSE_PROMISE');
    expect(end.state).toBe('done');
    expect(honest.taken).toHaveLength(7);
    expect(end.relays).toMatchObject([
      { state: 'lying', pinned: 'roster' },
      { state: 'working', pinned: 'roster' },
    ]);
  });

  test('a lie without another relay leaves everything here', async () => {
    const { relay, base } = await startRelay();
    relay.fault = () => 'unsigned-promises';
    const parcels = dispatch();
    const spool = await spoolWith(parcels, 1);
    const end = await runUntilNamed(options(spool, [base]), 'LINE_FALSE_PROMISE');
    expect(end).toMatchObject({ state: 'waiting', trouble: { code: 'LINE_FALSE_PROMISE' } });
    for (const { note } of parcels) expect(await spool.readHead(note.name)).not.toBeNull();
  });

  test('a relay whose key changed after it was pinned is not believed', async () => {
    const { relay, base } = await startRelay();
    const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
    await runSender(options(spool, [base]));
    const other = makeParcel(2, 8192, { layer: 'words' });
    await spool.put(other.note, other.head, other.bytes);
    const impostor = createSigner('relay.test/log', new Uint8Array(32).fill(55));
    Object.assign(relay, { signer: impostor });
    relay.files.set('/v1/relay', impostor.vkey);
    const end = await runUntilNamed(options(spool, [base]), 'LINE_FALSE_PROMISE');
    expect(end.trouble?.code).toBe('LINE_FALSE_PROMISE');
  });

  test('arrives by a verified receipt, and is safe to erase only by a verified acknowledgement of every layer', async () => {
    const { relay, base } = await startRelay();
    const newsroom = new TestNewsroom().addRelay(relay.signer.vkey);
    const spool = await spoolWith(dispatch(), 1);
    const states: Snapshot[] = [];
    const onProgress = (snapshot: Snapshot): void => void states.push(snapshot);
    relay.receipts = true;
    const arrived = await runSender(options(spool, [base], { roster: newsroom.roster, until: 'arrived' }));
    expect(arrived.dispatches[0]).toMatchObject({
      words: { state: 'arrived' },
      files: [{ whole: { state: 'arrived' } }],
      safeToErase: false,
    });

    const part = newsroom.acknowledge(id, { sequence: 1, quarter: 5, words: true, files: [{ glance: true, cut: false, whole: true }] });
    relay.messages.set(part.address, part.message);
    const partly = await runUntil(
      options(spool, [base], { roster: newsroom.roster, until: 'opened' }),
      ({ dispatches }) => dispatches[0]?.words.state === 'opened',
    );
    expect(partly.dispatches[0]).toMatchObject({ words: { state: 'opened' }, copies: 0, safeToErase: false });
    expect((await listDispatches(spool))[0]?.id).toBe(id);

    const all = newsroom.acknowledge(id, { sequence: 2, quarter: 6, words: true, files: [{ glance: true, cut: true, whole: true }] });
    relay.messages.set(all.address, all.message);
    const opened = await runSender(options(spool, [base], { roster: newsroom.roster, until: 'opened', onProgress }));
    expect(opened.dispatches[0]).toMatchObject({ files: [{ whole: { state: 'opened' } }], copies: 1, safeToErase: true });
    expect(await spool.list()).toEqual([]);
    expect((await listDispatches(spool))[0]?.id).toBeNull();
  });

  test.each([
    { bag: 'other-bitmap', have: null, code: 'LINE_FALSE_PIECES' },
    { bag: 'all-pieces', have: 'all-pieces', code: 'LINE_FALSE_PIECES' },
    { bag: 'keeps-nothing', have: null, code: 'LINE_FALSE_PIECES' },
    { bag: 'cut', have: 'forgets', code: 'LINE_FALSE_PIECES' },
    { bag: 'answer-lost', have: 'silent', code: 'LINE_BAD_ANSWER' },
    { bag: 'unasked', have: 'unasked', code: 'LINE_BAD_ANSWER' },
  ] satisfies { bag: Fault; have: Fault; code: LineCode }[])(
    'a bag is answered by $bag, a question by $have: $code is named, nothing is taken, and everything is still here',
    async ({ bag, have, code }) => {
      const { relay, base } = await startRelay();
      relay.fault = (path) => (path === '/v1/bag' ? bag : path === '/v1/have' ? have : null);
      const whole = makeParcel(1, 131_072, { layer: 'whole' });
      const spool = await spoolWith([whole], 1);
      const end = await runUntilNamed(options(spool, [base], { clock: fastClock, timeoutMs: 600_000 }), code);
      expect(end.trouble?.code).toBe(code);
      expect(end.dispatches[0]?.files[0]?.whole.state).not.toMatch(/taken|arrived|opened/);
      expect(await spool.readHead(whole.note.name)).not.toBeNull();
    },
  );

  test.each(['breaks-promises', 'promises-twice'] satisfies Fault[])(
    '%s: named as a false promise, also by a later run, and the first promise is kept',
    async (fault) => {
      const { relay, base } = await startRelay();
      const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
      await runSender(options(spool, [base]));
      const before = await spool.list();
      relay.fault = () => fault;
      const end = await runUntilNamed(options(spool, [base], { until: 'opened' }), 'LINE_FALSE_PROMISE');
      expect(end.dispatches[0]).toMatchObject({ words: { state: 'taken' }, safeToErase: false });
      expect(await spool.list()).toEqual(before);
    },
  );

  test('an acknowledgement by a stranger counts for nothing, and is named', async () => {
    const { relay, base } = await startRelay();
    const newsroom = new TestNewsroom().addRelay(relay.signer.vkey);
    const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
    const stranger = createSigner('desk-one.test', new Uint8Array(32).fill(77));
    const forged = newsroom.acknowledge(id, { sequence: 9, quarter: 5, words: true, files: [] }, stranger);
    relay.messages.set(forged.address, forged.message);
    const end = await runUntilNamed(options(spool, [base], { roster: newsroom.roster, until: 'opened' }), 'LINE_FALSE_MESSAGE');
    expect(end.dispatches[0]?.safeToErase).toBe(false);
  });

  test('a receipt for another parcel counts for nothing, and is named', async () => {
    const { relay, base } = await startRelay();
    const newsroom = new TestNewsroom().addRelay(relay.signer.vkey);
    const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
    await runSender(options(spool, [base], { roster: newsroom.roster }));
    relay.receipts = true;
    relay.taken.splice(0, 1, 'ff'.repeat(32), relay.taken[0] ?? '');
    Object.assign(relay.taken, { indexOf: () => 0 });
    const end = await runUntilNamed(options(spool, [base], { roster: newsroom.roster, until: 'arrived' }), 'LINE_FALSE_RECEIPT');
    expect(end.dispatches[0]).toMatchObject({ words: { state: 'taken' }, safeToErase: false });
  });

  test('a log with two faces of one size is named, also when a later run sees the second', async () => {
    const { relay, base } = await startRelay();
    const newsroom = new TestNewsroom().addRelay(relay.signer.vkey);
    const more = { roster: newsroom.roster, until: 'arrived' as const };
    const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
    relay.receipts = true;
    await runSender(options(spool, [base], more));
    // The log begins anew: one entry again, but another one.
    relay.taken.length = 0;
    const second = makeParcel(2, 8192, { layer: 'words' });
    await spool.put(second.note, second.head, second.bytes);
    const end = await runUntilNamed(options(spool, [base], more), 'LINE_FALSE_RECEIPT');
    expect(end.dispatches[0]?.words.state).toBe('taken');
  });

  test('an acknowledgement that is older than the one which this relay showed is named, also by a later run', async () => {
    const { relay, base } = await startRelay();
    const newsroom = new TestNewsroom().addRelay(relay.signer.vkey);
    const spool = await spoolWith(dispatch(), 1);
    const held = { quarter: 5, words: true, files: [{ glance: true, cut: false, whole: false }] };
    const [old, newer] = [1, 2].map((sequence) => newsroom.acknowledge(id, { ...held, sequence }));
    const more = { roster: newsroom.roster, until: 'opened' as const };
    const isOpened = ({ dispatches }: Snapshot): boolean => dispatches[0]?.words.state === 'opened';
    relay.messages.set(newer?.address ?? '', newer?.message ?? new Uint8Array());
    await runUntil(options(spool, [base], more), isOpened);
    relay.messages.set(old?.address ?? '', old?.message ?? new Uint8Array());
    const end = await runUntilNamed(options(spool, [base], more), 'LINE_STALE_ACKNOWLEDGEMENT');
    expect(end.dispatches[0]).toMatchObject({ words: { state: 'opened' }, safeToErase: false });
  });

  test('what a relay let go stays here until it is acknowledged', async () => {
    const { relay, base } = await startRelay();
    const words = makeParcel(1, 8192, { layer: 'words' });
    const spool = await spoolWith([words]);
    relay.let.set(words.note.name, 'gone');
    const end = await runSender(options(spool, [base], { timeoutMs: 2000 }));
    expect(end.dispatches[0]?.words.state).not.toBe('taken');
    expect(await spool.readHead(words.note.name)).not.toBeNull();
  });

  test.each(['taken', 'arrived'] as const)('a relay that only says it let all go makes nothing %s', async (until) => {
    const { relay, base } = await startRelay();
    const words = makeParcel(1, 8192, { layer: 'words' });
    relay.let.set(words.note.name, 'gone');
    const end = await runSender(options(await spoolWith([words]), [base], { until, timeoutMs: 2000 }));
    expect(end.state).toBe('waiting');
  });

  test('nothing arrives by the log of a relay whose key was only pinned, until the newsroom names it', async () => {
    const { relay, base } = await startRelay();
    relay.receipts = true;
    const spool = await spoolWith([makeParcel(1, 8192, { layer: 'words' })]);
    const pinned = await runSender(options(spool, [base], { until: 'arrived', timeoutMs: 3000 }));
    expect(pinned).toMatchObject({ state: 'going', dispatches: [{ words: { state: 'taken' } }] });
    const roster = new TestNewsroom().addRelay(relay.signer.vkey).roster;
    const named = await runSender(options(spool, [base], { roster, until: 'arrived' }));
    expect(named).toMatchObject({ state: 'done', dispatches: [{ words: { state: 'arrived' } }] });
  });

  test('what was damaged on this device is named, and the rest goes on', async () => {
    const { relay, base } = await startRelay();
    const good = makeParcel(2, 8192, { layer: 'glance' });
    const bad = makeParcel(1, 8192, { layer: 'words' });
    bad.bytes[5] = (bad.bytes[5] ?? 0) ^ 1;
    bad.bytes[5000] = (bad.bytes[5000] ?? 0) ^ 1;
    const codes: string[] = [];
    await runSender(options(await spoolWith([bad, good], 1), [base], { timeoutMs: 5000, onTrouble: (error) => codes.push(error.code) }));
    expect(codes).toContain('LINE_DAMAGED');
    expect(relay.taken).toEqual([good.note.name]);
  });

  test('refuses plain http beyond this machine, with a sentence', async () => {
    const spool = await spoolWith(dispatch(), 1);
    await expect(runSender(options(spool, ['http://relay.example']))).rejects.toMatchObject({
      code: 'LINE_NOT_SAFE',
      message: /nothing was sent/,
    });
  });
});
