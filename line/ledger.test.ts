import { type Acknowledgement, type Wants, fromHex, messageAddress, toHex } from '@zajil/format';
import { type NoteSigner, createSigner, parseVkey } from '@zajil/log';
import { sealWants } from '@zajil/roster';
import { describe, expect, test } from 'vitest';
import { announceDispatch, listDispatches } from './dispatch-record.ts';
import { Ledger } from './ledger.ts';
import { emptyState, onParcels, onWants } from './machine.ts';
import { MemorySpool } from './memory-spool.ts';
import { TestNewsroom } from './test-newsroom.ts';
import { makeParcel } from './test-parcels.ts';
import { noWants } from './wants.ts';

const newsroom = new TestNewsroom();
const dispatchId = new Uint8Array(16).fill(10);
const id = toHex(dispatchId);
const device = parseVkey(newsroom.device.vkey).name;
const wantsAddress = toHex(messageAddress(dispatchId, device, 'wants'));
const acknowledgementAddress = toHex(messageAddress(dispatchId, device));
const carried = { vkey: '', salt: '', quarter: 1, signature: '', arrived: false };
const all: Acknowledgement = { sequence: 1, quarter: 5, words: true, files: [{ glance: true, cut: true, whole: true }] };

function want(more: Partial<Wants>, signer: NoteSigner = newsroom.device): Uint8Array {
  const entries = [{ action: 'enough', layer: 'whole', file: 0 }] as const;
  return sealWants(fromHex(id), { sequence: 1, quarter: 100, until: 110, entries, ...more }, signer, new Uint8Array(24).fill(4));
}

async function ledgerWith(...layers: readonly ('words' | 'glance' | 'whole' | 'tally')[]): Promise<{ spool: MemorySpool; ledger: Ledger }> {
  const spool = new MemorySpool();
  await announceDispatch(spool, { key: 'one', id: dispatchId, urgent: false, order: 1, wholes: [null] });
  for (const [i, layer] of layers.entries()) {
    const { note, head, bytes } = makeParcel(i + 1, 8192, { layer });
    await spool.put(note, head, bytes);
  }
  return { spool, ledger: await ledgerOver(spool) };
}

async function ledgerOver(spool: MemorySpool): Promise<Ledger> {
  const ledger = new Ledger(spool, newsroom.roster);
  await ledger.scan();
  return ledger;
}

describe('what the phone asks for', () => {
  test('are wants while more than words and glances wait, and acknowledgements once something was left with a relay', async () => {
    expect((await ledgerWith('words', 'glance')).ledger.pollIds()).toEqual([]);
    const { ledger } = await ledgerWith('words', 'whole', 'tally');
    expect(ledger.pollIds()).toEqual([wantsAddress]);
    const [words, whole, tally] = (['words', 'whole', 'tally'] as const).map((layer, i) => makeParcel(i + 1, 8192, { layer }).note.name);
    ledger.carry(new Map([[words ?? '', carried]]));
    expect(ledger.pollIds()).toEqual([wantsAddress, acknowledgementAddress, words]);
    ledger.carry(new Map([whole ?? '', tally ?? ''].map((name) => [name, { ...carried, arrived: true }])));
    expect(ledger.pollIds()).toEqual([acknowledgementAddress, words]);
  });
});

describe('wants that come in', () => {
  test('are in force until they lapse, also after a restart, and the view stays the same object meanwhile', async () => {
    const { spool, ledger } = await ledgerWith('whole');
    expect(ledger.wants(100)).toBe(noWants);
    expect(ledger.receive(wantsAddress, want({}))).toEqual({ kind: 'wants', sequence: 1, news: true });
    const view = ledger.wants(100);
    expect(view.get('one')).toEqual([[{ action: 'enough', layer: 'whole', file: 0 }]]);
    expect(ledger.wants(110)).toBe(view);
    expect(ledger.wants(111)).toBe(noWants);
    await ledger.settled();
    const again = await ledgerOver(spool);
    expect(again.wants(100)).toEqual(view);
    expect(again.receive(wantsAddress, want({}))).toEqual({ kind: 'wants', sequence: 1, news: false });
  });

  test('of a device that is in the roster no more are not in force', async () => {
    const { spool, ledger } = await ledgerWith('whole');
    ledger.receive(wantsAddress, want({}));
    await ledger.settled();
    const after = new Ledger(spool, new TestNewsroom(2).roster);
    await after.scan();
    expect((await ledgerOver(spool)).wants(100).size).toBe(1);
    expect(after.wants(100)).toBe(noWants);
  });

  test('of an older sequence change nothing, and say so to whoever holds relays to their word', async () => {
    const { ledger } = await ledgerWith('whole');
    ledger.receive(wantsAddress, want({ sequence: 7, entries: [] }));
    expect(ledger.receive(wantsAddress, want({ sequence: 6 }))).toEqual({ kind: 'wants', sequence: 6, news: false });
    expect(ledger.wants(100)).toBe(noWants);
  });

  test('by a stranger, about another dispatch, or altered are a lie; at an unknown address they are nothing', async () => {
    const { ledger } = await ledgerWith('whole');
    const stranger = createSigner(device, new Uint8Array(32).fill(77));
    const lie = expect.objectContaining({ code: 'LINE_FALSE_MESSAGE' });
    expect(() => ledger.receive(wantsAddress, want({}, stranger))).toThrow(lie);
    expect(() => ledger.receive(acknowledgementAddress, want({}))).toThrow(lie);
    expect(() => ledger.receive(wantsAddress, newsroom.acknowledge(id, all).message)).toThrow(lie);
    expect(ledger.receive('ff'.repeat(32), want({}))).toBeNull();
    expect(ledger.wants(100)).toBe(noWants);
  });

  test('make what waits enough and not stuck, never safe to erase, and go with the dispatch id', async () => {
    const { spool, ledger } = await ledgerWith('words', 'whole', 'tally');
    ledger.receive(wantsAddress, want({}));
    const state = onWants(onParcels(emptyState, await spool.list()), ledger.wants(100));
    const [progress] = ledger.progress(state);
    expect(progress).toMatchObject({ words: { enough: false }, files: [{ whole: { state: 'here', enough: true } }], safeToErase: false });
    expect(ledger.settle(state)).toEqual([]);
    expect(ledger.receive(acknowledgementAddress, newsroom.acknowledge(id, all).message)).toMatchObject({ news: true });
    expect(ledger.progress(state)[0]).toMatchObject({ files: [{ whole: { state: 'opened', enough: false } }], safeToErase: true });
    expect(ledger.settle(state)).toHaveLength(3);
    await ledger.settled();
    expect(await listDispatches(spool)).toMatchObject([{ id: null, wants: [], acknowledged: [] }]);
    expect(ledger.wants(100)).toBe(noWants);
  });
});
