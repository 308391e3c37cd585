/** The lies of a hostile relay, by name. Some need the relay's own key: a relay that lies has it. */
import {
  Bitmap,
  type Held,
  type HeldEntry,
  type NameHex,
  type Promised,
  fromHex,
  leafEntry,
  nameToHex,
  promiseText,
  utf8,
} from '@zajil/format';
import {
  type NoteSigner,
  formatCheckpoint,
  formatTlogProof,
  inclusionProof,
  leafHash,
  parseTlogProof,
  parseVkey,
  signNote,
  treeRoot,
} from '@zajil/log';
import type { Lie, Truth } from './hostile-relay-proxy.ts';

type Taken = Held & { state: 'taken' };

/** Says something else of every parcel that is held for good, and the truth of the rest. */
function ofTaken(say: (held: Taken, entry: HeldEntry, truth: Truth) => Held): Lie {
  return (truth) =>
    truth.entries.map((entry) => (entry.held.state === 'taken' ? { id: entry.id, held: say(entry.held, entry, truth) } : entry));
}

function bitmap(size: number, pieces: Iterable<number>): Bitmap {
  const held = new Bitmap(size);
  for (const piece of pieces) held.add(piece);
  return held;
}

/** Of every parcel that came with a bag; asked about them, it tells the truth. */
function ofCame(say: (name: NameHex, pieces: readonly number[], size: number) => Bitmap): Lie {
  return ({ door, entries, came, sizes }) =>
    door === 'have'
      ? entries
      : [...came].map(([name, pieces]) => ({
          id: fromHex(name),
          held: { state: 'partial', pieces: say(name, pieces, sizes.get(name) ?? 2) },
        }));
}

/** It says that it has every piece, and never promises. */
export const everyPiece: Lie = (truth) =>
  truth.entries.map((entry) => {
    const size = truth.sizes.get(nameToHex(entry.id));
    return size === undefined ? entry : { id: entry.id, held: { state: 'partial', pieces: bitmap(size, Array(size).keys()) } };
  });

/** Bitmaps of twice the length. */
export const otherBitmap: Lie = ({ entries, sizes }) =>
  entries.map(({ id, held }) => {
    const size = sizes.get(nameToHex(id));
    return size === undefined || size > 128 ? { id, held } : { id, held: { state: 'partial', pieces: new Bitmap(2 * size) } };
  });

/** With `swallows`: it knows every head and keeps no piece. */
export const keepsNothing: Lie = ofCame((_, __, size) => new Bitmap(size));

/** With `swallows`: it lists what came with this bag, and has forgotten what came before. */
export const forgets: Lie = ofCame((_, pieces, size) => bitmap(size, pieces.slice(0, size - 1)));

export const forgedPromise: Lie = ofTaken((held) => {
  const signature = held.promise.signature.slice();
  signature[5] = (signature[5] ?? 0) ^ 1;
  return { ...held, promise: { ...held.promise, signature } };
});

/** Signed by somebody under the relay's own name. */
export function strangersPromise(stranger: NoteSigner): Lie {
  return ofTaken((held, { id }) => ({ ...held, promise: promise(stranger, id, held.promise.quarter) }));
}

/** The promise that holds for the first parcel, for every other one too. */
export function promiseOfAnother(): Lie {
  let first: { name: NameHex; held: Taken } | null = null;
  return ofTaken((held, { id }) => {
    first ??= { name: nameToHex(id), held };
    return { ...held, promise: first.held.promise };
  });
}

/** True promises at first; then it knows nothing of them. */
export function breaksPromises(): Lie {
  const promised = new Set<NameHex>();
  return ofTaken((held, { id }) => {
    if (promised.has(nameToHex(id))) return { state: 'unknown' };
    promised.add(nameToHex(id));
    return { ...held, receipt: '' };
  });
}

/** A true promise at first, then another one for an earlier day. */
export function backDates(relay: NoteSigner): Lie {
  const promised = new Set<NameHex>();
  return ofTaken((held, { id }) => {
    const before = promised.has(nameToHex(id));
    promised.add(nameToHex(id));
    return before ? { ...held, promise: promise(relay, id, held.promise.quarter - 96), receipt: '' } : { ...held, receipt: '' };
  });
}

function promise(signer: NoteSigner, name: Uint8Array, quarter: number): Promised {
  const salt = new Uint8Array(16).fill(9);
  return { salt, quarter, signature: signer.sign(utf8(promiseText(parseVkey(signer.vkey).name, name, salt, quarter))) };
}

/** The true proof with one bit of its path turned, or one leaf further. */
export const forgedReceipt: Lie = ofTaken((held) => {
  if (held.receipt === '') return held;
  const { index, hashes, checkpoint } = parseTlogProof(held.receipt);
  return { ...held, receipt: formatTlogProof({ index: index ^ 1, hashes, checkpoint }) };
});

/** The receipt that is true for the first parcel, for every other one too; no other is given. */
export function receiptOfAnother(): Lie {
  let first: { name: NameHex; receipt: string } | null = null;
  return ofTaken((held, { id }) => {
    if (held.receipt !== '') first ??= { name: nameToHex(id), receipt: held.receipt };
    return { ...held, receipt: first && first.name !== nameToHex(id) ? first.receipt : '' };
  });
}

/** Every parcel stands in a log of its own, all of one size and signed by the relay's key. */
export function twoFaces(relay: NoteSigner): Lie {
  return ofTaken((held, { id }) => {
    const filler = Array.from({ length: 3 }, (_, i) => leafHash(new Uint8Array(32).fill(i)));
    const leaves = [leafHash(leafEntry(held.promise.salt, id, held.promise.quarter)), ...filler];
    const checkpoint = signNote(formatCheckpoint({ origin: parseVkey(relay.vkey).name, size: 4, root: treeRoot(leaves) }), relay);
    return { ...held, receipt: formatTlogProof({ index: 0, hashes: inclusionProof(leaves, 0), checkpoint }) };
  });
}

/** It tells of a parcel that nobody asked about. */
export const unasked: Lie = ({ entries }) => [...entries, { id: new Uint8Array(32).fill(1), held: { state: 'unknown' } }];

/** It hands out a message that nobody asked for. */
export function unaskedMessage(message: Uint8Array): Lie {
  return ({ door, entries }) =>
    door === 'have' ? [...entries, { id: new Uint8Array(32).fill(1), held: { state: 'message', message } }] : entries;
}

/** Shows what waits at an address so many times, and something else ever after. */
export function thenInstead(address: string, message: Uint8Array, times = 3): Lie {
  let shown = 0;
  return ({ entries }) =>
    entries.map((entry) => {
      if (nameToHex(entry.id) !== address || entry.held.state !== 'message') return entry;
      shown += 1;
      return shown <= times ? entry : { id: entry.id, held: { state: 'message', message } };
    });
}
