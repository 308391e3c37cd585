import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, parsePart, parseTally, type Words } from '@zajil/format';
import { expect, it } from 'vitest';
import { type DispatchFile, forgetProgress, OrderedSealer, type ProgressNotes } from './dispatch-sealer.ts';
import { footage, foundNewsroom, type Newsroom, openElsewhere } from './engine.contract.ts';
import { nodeEngine } from './engine.node.ts';
import type { SealedParcel } from './sealed-parcel.ts';

const original = footage(2_500_000);
const words: Words = { v: 1, text: 'the bridge', written: '2026-01-02T03:04Z', place: '', urgent: false, files: [] };

/** Notes as a spool keeps them, in memory. */
function notebook(): ProgressNotes & { readonly size: number } {
  const notes = new Map<string, string>();
  return {
    get size() {
      return notes.size;
    },
    getNote: async (key) => notes.get(key) ?? null,
    setNote: async (key, text) => void (text === null ? notes.delete(key) : notes.set(key, text)),
    listNotes: async (prefix) => [...notes.keys()].filter((key) => key.startsWith(prefix)),
  };
}

function film(isGone: () => boolean = () => false): DispatchFile {
  return {
    type: 'video/mp4',
    source: {
      bytes: original.length,
      read: async (offset, length) => {
        if (isGone()) throw new DOMException('gone', 'NotReadableError');
        return original.slice(offset, offset + length);
      },
    },
    async *make(layer) {
      yield { view: 0, type: 'image/jpeg', bytes: footage(layer === 'glance' ? 5000 : 60_000) };
    },
  };
}

function sealer(newsroom: Newsroom, notes: ProgressNotes, file: DispatchFile): OrderedSealer {
  const recipient = async () => newsroom.recipient;
  return new OrderedSealer(nodeEngine, { dispatch: footage(16, 4), words, files: [file], recipient, notes, prefix: 'd' });
}

async function openOriginal(parcels: readonly SealedParcel[], newsroom: Newsroom): Promise<{ joined: Uint8Array; said: Uint8Array }> {
  const contents = new Map<number, Uint8Array>();
  let said = new Uint8Array(0);
  for (const parcel of parcels) {
    const { head, content } = parsePart(await openElsewhere(parcel.bytes, newsroom));
    if (head.layer === 'whole') contents.set(head.part, content);
    if (head.layer === 'tally') said = Uint8Array.from(parseTally(content).sha256);
  }
  return { joined: concatBytes(...[0, 1, 2].map((part) => contents.get(part) ?? new Uint8Array(0))), said };
}

it('seals words, glance, cut, original and tally, in that order', async () => {
  const newsroom = await foundNewsroom();
  const notes = notebook();
  const one = sealer(newsroom, notes, film());
  const parcels: SealedParcel[] = [];
  for (let parcel = await one.next(); parcel; parcel = await one.next()) parcels.push(parcel);
  expect(parcels.map((parcel) => parcel.layer)).toEqual(['words', 'glance', 'cut', 'whole', 'whole', 'whole', 'tally']);
  const { joined, said } = await openOriginal(parcels, newsroom);
  expect(sha256(joined)).toEqual(sha256(original));
  expect(said).toEqual(sha256(original));
  await forgetProgress(notes, 'd');
  expect(notes.size).toBe(0);
});

it.each([1, 3, 4, 5, 6, 7])('goes on after the phone died with %i parcels stored', async (storedBefore) => {
  const newsroom = await foundNewsroom();
  const notes = notebook();
  const first = sealer(newsroom, notes, film());
  const parcels: SealedParcel[] = [];
  for (let i = 0; i < storedBefore; i += 1) parcels.push((await first.next()) as SealedParcel);
  const second = sealer(newsroom, notes, film());
  for (let parcel = await second.next(); parcel; parcel = await second.next()) parcels.push(parcel);
  // The last one stored was not yet noted, so it alone may come twice.
  expect(parcels.length).toBeLessThanOrEqual(8);
  const { joined, said } = await openOriginal(parcels, newsroom);
  expect(sha256(joined)).toEqual(sha256(original));
  expect(said).toEqual(sha256(original));
});

it('never says that all is sealed after a file could not be read, and goes on once it can', async () => {
  const newsroom = await foundNewsroom();
  let gone = false;
  const one = sealer(
    newsroom,
    notebook(),
    film(() => gone),
  );
  const parcels: SealedParcel[] = [];
  for (let i = 0; i < 4; i += 1) parcels.push((await one.next()) as SealedParcel);
  gone = true;
  for (let i = 0; i < 2; i += 1) await expect(one.next()).rejects.toMatchObject({ code: 'SEAL_SOURCE_GONE' });
  gone = false;
  for (let parcel = await one.next(); parcel; parcel = await one.next()) parcels.push(parcel);
  expect(parcels.map((parcel) => parcel.layer)).toEqual(['words', 'glance', 'cut', 'whole', 'whole', 'whole', 'tally']);
  expect((await openOriginal(parcels, newsroom)).said).toEqual(sha256(original));
});
