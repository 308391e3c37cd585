/** For journeys: a dispatch sealed for a real newsroom into a phone's state folder, and its pieces as bags. */
import { randomBytes } from 'node:crypto';
import { type Invitation, bagMagic, concatBytes, formatBagFrame, fromHex, piecesOf } from '@zajil/format';
import { FolderSpool, type SpooledParcel, announceDispatch, askAboutCards, fetchNewsroom, noteOnCard } from '@zajil/line';
import { DispatchSealer } from '@zajil/seal';

export interface SealedSpool {
  readonly spool: FolderSpool;
  readonly parcels: readonly SpooledParcel[];
  /** Pieces of all parcels together. */
  readonly pieces: number;
}

/** Seals words and one file; nothing of it leaves. */
export async function sealInto(folder: string, invitation: Invitation, original: Uint8Array, type: string): Promise<SealedSpool> {
  const spool = await FolderSpool.open(folder);
  const newsroom = await fetchNewsroom({ invitation, fetch, notes: spool });
  const begun = { key: 'one', id: new Uint8Array(randomBytes(16)), urgent: false, order: 1 };
  await announceDispatch(spool, { ...begun, wholes: [null] });
  const day = new Date().toISOString().slice(0, 10);
  const sealer = new DispatchSealer({
    dispatch: begun.id,
    words: {
      v: 1,
      text: 'What happened at the bridge',
      written: `${day}T00:00Z`,
      place: '',
      urgent: false,
      files: [{ kind: 'video', type, name: 'bridge', bytes: original.length }],
    },
    files: [
      {
        type,
        source: { bytes: original.length, read: async (offset, length) => original.slice(offset, offset + length) },
        async *make() {},
      },
    ],
    recipient: async (scope) => newsroom.intakeKey(scope, day),
    notes: spool,
    prefix: `seal/${begun.key}`,
  });
  for (let parcel = await sealer.next(); parcel; parcel = await sealer.next()) {
    const { name, head, bytes, layer, file, view, part } = parcel;
    const place = { dispatch: begun.key, urgent: false, order: 1, layer, file, view, part };
    await spool.put({ ...place, name: Buffer.from(name).toString('hex'), bytes: bytes.length }, head, bytes);
  }
  const parcels = await spool.list();
  return { spool, parcels, pieces: parcels.reduce((sum, { bytes }) => sum + piecesOf(bytes), 0) };
}

/** A bag of the pieces that are wanted of each parcel, the parcels in any order. @param shuffle - gives another order */
export async function bagOf(
  { spool, parcels }: SealedSpool,
  wants: (parcel: SpooledParcel, piece: number) => boolean,
  shuffle: <T>(list: readonly T[]) => T[] = (list) => [...list],
): Promise<Uint8Array> {
  const frames: Uint8Array[] = [bagMagic];
  for (const parcel of shuffle(parcels)) {
    const chosen = Array.from({ length: piecesOf(parcel.bytes) }, (_, i) => i).filter((piece) => wants(parcel, piece));
    const head = await spool.readHead(parcel.name);
    const pieces = await spool.readPieces(parcel.name, chosen);
    if (!head || !pieces) throw new Error('the spool has what it was given');
    frames.push(formatBagFrame({ kind: 'head', head }), formatBagFrame({ kind: 'name', name: fromHex(parcel.name) }));
    for (const i of shuffle(chosen.map((_, i) => i)))
      frames.push(formatBagFrame({ kind: 'piece', index: chosen[i] ?? 0, bytes: pieces[i] ?? new Uint8Array(0) }));
  }
  return concatBytes(...frames);
}

/** What went by other ways may have arrived: a sender that goes on with this spool asks this relay first. */
export async function askFirst({ spool, parcels }: SealedSpool, relay: string): Promise<void> {
  await noteOnCard(
    spool,
    parcels.map(({ name }) => name),
  );
  await askAboutCards(spool, [relay]);
}

/** The same numbers from 0 to below 1 each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
