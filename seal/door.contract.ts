/** What the doors of `seal` promise, as a suite run against both: `index.ts` and `index.node.ts`. */
import { sha256 } from '@noble/hashes/sha2.js';
import { makeParcelHead, parcelName, parsePart, parseTally, type TallyPart, tallyType, utf8, concatBytes } from '@zajil/format';
import { describe, expect, it } from 'vitest';
import { footage, foundNewsroom, type Newsroom, openElsewhere, watchRandomness } from './engine.contract.ts';
import type * as door from './index.ts';

export type Door = Pick<typeof door, 'sealBytes' | 'WholeSealer'>;

const stream: door.StreamHead = { dispatch: footage(16, 9), layer: 'words', file: 0, view: 0, type: 'text/plain' };
const whole: door.StreamHead = { ...stream, layer: 'whole', file: 3, type: 'video/mp4' };
const threeParts = footage(2_500_000);

/** A file in memory that counts how much is asked for at once. */
export class Film implements door.Source {
  readonly bytes: number;
  largestRead = 0;
  readonly #content: Uint8Array;

  constructor(content: Uint8Array, bytes = content.length) {
    this.#content = content;
    this.bytes = bytes;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.largestRead = Math.max(this.largestRead, length);
    return this.#content.slice(offset, offset + length);
  }
}

async function openParts(parcels: readonly door.SealedParcel[], newsroom: Newsroom) {
  return await Promise.all(parcels.map(async (parcel) => parsePart(await openElsewhere(parcel.bytes, newsroom))));
}

async function sealAll(sealer: door.WholeSealer): Promise<door.SealedParcel[]> {
  const parcels: door.SealedParcel[] = [];
  for (let parcel = await sealer.next(); parcel; parcel = await sealer.next()) parcels.push(parcel);
  return parcels;
}

export function doorContract(name: string, { sealBytes, WholeSealer }: Door): void {
  describe(`${name}: sealBytes`, () => {
    it('puts words into the smallest parcel, whose head and name are those of the format', async () => {
      const newsroom = await foundNewsroom();
      const [parcel, ...others] = await sealBytes(stream, utf8('the bridge is closed'), newsroom.recipient);
      if (!parcel) throw new Error('no parcel');
      expect(others).toEqual([]);
      expect(parcel.bytes.length).toBe(8192);
      expect(parcel.head).toEqual(makeParcelHead(parcel.bytes));
      expect(parcel.name).toEqual(parcelName(parcel.head));
      const [part] = await openParts([parcel], newsroom);
      expect(part?.head).toEqual({ ...stream, part: 0, parts: 1, offset: 0 });
      expect(part?.content).toEqual(utf8('the bridge is closed'));
    });

    it('cuts what is larger into counted parts that join to the same bytes', async () => {
      const newsroom = await foundNewsroom();
      const content = footage(1_200_000);
      const parcels = await sealBytes({ ...stream, layer: 'cut', view: 2 }, content, newsroom.recipient);
      const parts = await openParts(parcels, newsroom);
      expect(parts.map(({ head }) => [head.part, head.parts, head.view])).toEqual([
        [0, 2, 2],
        [1, 2, 2],
      ]);
      expect(parcels.map((parcel) => parcel.contentBytes)).toEqual(parts.map((part) => part.content.length));
      expect(sha256(concatBytes(...parts.map((part) => part.content)))).toEqual(sha256(content));
    });

    it('refuses a file number that an acknowledgement could not name', async () => {
      const { recipient } = await foundNewsroom();
      await expect(sealBytes({ ...stream, file: 255 }, footage(1), recipient)).rejects.toThrow(RangeError);
    });

    it('leaves nothing in the spool that opens it: no file key, no ephemeral key, no word', async () => {
      const newsroom = await foundNewsroom();
      const canary = utf8('CANARY-the-baker-of-the-third-street');
      const { result: parcels, drawn } = await watchRandomness(() => sealBytes(stream, canary, newsroom.recipient));
      const spool = concatBytes(...parcels.flatMap((parcel) => [parcel.bytes, parcel.head, parcel.name]), newsroom.recipient);
      const leaked = (secret: Uint8Array) => forms(secret).filter((form) => indexOf(spool, form) >= 0).length;
      expect(leaked(newsroom.recipient)).toBeGreaterThan(0);
      expect(leaked(canary)).toBe(0);
      expect(drawn[0]?.was.length).toBe(16);
      const nonce = parcels[0]?.bytes.subarray(1627, 1643) ?? new Uint8Array(0);
      for (const { was } of drawn) if (sha256(was).join() !== sha256(nonce).join()) expect(leaked(was)).toBe(0);
    });
  });

  describe(`${name}: WholeSealer`, () => {
    it('seals an original part by part, in flat memory, and closes it with a tally', async () => {
      const newsroom = await foundNewsroom();
      const film = new Film(threeParts);
      const sealer = new WholeSealer({ stream: whole, source: film, recipient: newsroom.recipient });
      expect(sealer.parts).toBe(3);
      const parcels = await sealAll(sealer);
      expect(parcels.map((parcel) => parcel.bytes.length)).toEqual([1 << 20, 1 << 20, 1 << 19]);
      expect(film.largestRead).toBeLessThan(1 << 20);
      const parts = await openParts(parcels, newsroom);
      expect(sha256(concatBytes(...parts.map((part) => part.content)))).toEqual(sha256(threeParts));
      expect(parts.every(({ head }) => head.parts === 3 && head.file === 3 && head.layer === 'whole')).toBe(true);
      const [tally] = await openParts(await sealer.tally(), newsroom);
      expect(tally?.head).toMatchObject({ layer: 'tally', file: 3, type: tallyType });
      expect(parseTally(tally?.content ?? footage(0))).toEqual({
        bytes: threeParts.length,
        sha256: sha256(threeParts),
        parts: sealer.done,
      });
      expect(sealer.done.map((part) => part.name)).toEqual(parcels.map((parcel) => parcel.name));
    });

    it.each([0, 1, 2, 3])('goes on after the phone died with %i parts sealed', async (sealedBefore) => {
      const newsroom = await foundNewsroom();
      const first = new WholeSealer({ stream: whole, source: new Film(threeParts), recipient: newsroom.recipient });
      const before: door.SealedParcel[] = [];
      for (let i = 0; i < sealedBefore; i += 1) before.push((await first.next()) as door.SealedParcel);
      const kept: TallyPart[] = structuredClone(first.done);
      const second = new WholeSealer({ stream: whole, source: new Film(threeParts), recipient: newsroom.recipient, done: kept });
      const parts = await openParts([...before, ...(await sealAll(second))], newsroom);
      expect(sha256(concatBytes(...parts.map((part) => part.content)))).toEqual(sha256(threeParts));
      const [tally] = await openParts(await second.tally(), newsroom);
      expect(parseTally(tally?.content ?? footage(0)).sha256).toEqual(sha256(threeParts));
    });

    it('answers calls that overlap one after the other', async () => {
      const { recipient } = await foundNewsroom();
      const sealer = new WholeSealer({ stream: whole, source: new Film(threeParts), recipient });
      const parcels = await Promise.all([sealer.next(), sealer.next(), sealer.next(), sealer.next()]);
      expect(parcels.map((parcel) => parcel?.part)).toEqual([0, 1, 2, undefined]);
    });

    it('seals an empty file as one empty part', async () => {
      const newsroom = await foundNewsroom();
      const sealer = new WholeSealer({ stream: whole, source: new Film(footage(0)), recipient: newsroom.recipient });
      const [part] = await openParts(await sealAll(sealer), newsroom);
      expect(part?.content.length).toBe(0);
      const [tally] = await openParts(await sealer.tally(), newsroom);
      expect(parseTally(tally?.content ?? footage(0))).toMatchObject({ bytes: 0, sha256: sha256(footage(0)) });
    });

    it('refuses to go on with a file of another size', async () => {
      const { recipient } = await foundNewsroom();
      const sealer = new WholeSealer({ stream: whole, source: new Film(threeParts), recipient });
      await sealAll(sealer);
      for (const content of [footage(2_000_000), footage(3_000_000), footage(100)]) {
        const again = () => new WholeSealer({ stream: whole, source: new Film(content), recipient, done: sealer.done });
        expect(again).toThrow(expect.objectContaining({ code: 'SEAL_SOURCE_CHANGED' }));
      }
    });

    it('refuses a file that has become shorter, keeps what was sealed, and says so', async () => {
      const { recipient } = await foundNewsroom();
      const sealer = new WholeSealer({ stream: whole, source: new Film(threeParts.subarray(0, 1_500_000), threeParts.length), recipient });
      await sealer.next();
      await expect(sealer.next()).rejects.toMatchObject({
        code: 'SEAL_SOURCE_CHANGED',
        message: expect.stringContaining('is safe') as string,
      });
      expect(sealer.done).toHaveLength(1);
    });

    it('says when the file is gone, and goes on when it is back', async () => {
      const newsroom = await foundNewsroom();
      const film = new Film(threeParts);
      let gone = false;
      const source: door.Source = {
        bytes: film.bytes,
        read: async (offset, length) => {
          if (gone) throw new DOMException('The requested file could not be read', 'NotReadableError');
          return await film.read(offset, length);
        },
      };
      const sealer = new WholeSealer({ stream: whole, source, recipient: newsroom.recipient });
      const first = await sealer.next();
      gone = true;
      await expect(sealer.next()).rejects.toMatchObject({ code: 'SEAL_SOURCE_GONE' });
      gone = false;
      const parts = await openParts([first as door.SealedParcel, ...(await sealAll(sealer))], newsroom);
      expect(sha256(concatBytes(...parts.map((part) => part.content)))).toEqual(sha256(threeParts));
    });

    it('makes no tally before the last part, and takes no other layer', async () => {
      const { recipient } = await foundNewsroom();
      const sealer = new WholeSealer({ stream: whole, source: new Film(threeParts), recipient });
      await expect(sealer.tally()).rejects.toThrow(RangeError);
      expect(() => new WholeSealer({ stream, source: new Film(threeParts), recipient })).toThrow(RangeError);
    });
  });
}

/** A secret as found in a dump: raw, hex in both cases, base64 at each of its three alignments. */
function forms(secret: Uint8Array): Uint8Array[] {
  const hex = Array.from(secret, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((skip) => btoa(String.fromCharCode(...secret.subarray(skip))).replace(/.{0,2}=*$/, ''));
  return [secret, ...[hex, hex.toUpperCase(), ...base64].map(utf8)];
}

function indexOf(haystack: Uint8Array, needle: Uint8Array): number {
  for (let at = haystack.indexOf(needle[0] ?? 0); at >= 0; at = haystack.indexOf(needle[0] ?? 0, at + 1))
    if (needle.every((byte, i) => haystack[at + i] === byte)) return at;
  return -1;
}
