/** Vectors of what travels: head of a parcel, piece, bag, have, held, promise. */
import { createHash } from 'node:crypto';
import {
  type BagFrame,
  Bitmap,
  bagMagic,
  concatBytes,
  formatBagFrame,
  formatHave,
  formatHeld,
  formatPromised,
  makeParcelHead,
} from '@zajil/format';
import { type Vector, filled, hex, ok, patch, refused } from '../vector.ts';

type Code = Parameters<typeof refused>[2];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const parcel = concatBytes(filled(4096, 1), filled(4096, 2));
const head = makeParcelHead(parcel);
const pieces = [parcel.subarray(0, 4096), parcel.subarray(4096)] as const;

export function parcelHeadVectors(): Vector[] {
  const fault = (name: string, expect: Code, comment: string, bytes: Uint8Array) =>
    refused('parcel-head', name, expect, comment, { hex: hex(bytes) });
  return [
    ok(
      'parcel-head',
      'smallest',
      'A parcel of 8 KiB: 4,096 bytes of 1, then of 2.',
      { hex: hex(head) },
      { name: sha256(head), bytes: 8192, pieces: pieces.map(sha256) },
    ),
    fault('wrong-magic', 'FORMAT_MAGIC', 'ZJH2 instead of ZJH1.', patch(head, 3, 0x32)),
    fault('length-is-no-bucket', 'FORMAT_RANGE', '12 KiB.', patch(head, 6, 0x30)),
    fault('length-zero', 'FORMAT_RANGE', 'A parcel of no bytes.', patch(head, 6, 0)),
    fault('truncated', 'FORMAT_TRUNCATED', 'One hash of two.', head.subarray(0, 40)),
    fault('trailing', 'FORMAT_TRAILING', 'A third hash.', concatBytes(head, filled(32, 0))),
  ];
}

export function pieceVectors(): Vector[] {
  const input = (index: number, piece: Uint8Array) => ({ head: hex(head), index, piece: hex(piece) });
  return [
    ok('piece', 'second', 'The second piece of the smallest parcel.', input(1, pieces[1]), sha256(pieces[1])),
    refused('piece', 'bit-turned', 'FORMAT_PIECE', 'The last bit is turned.', input(1, patch(pieces[1], 4095, 3))),
    refused('piece', 'of-another-place', 'FORMAT_PIECE', 'The first piece at the place of the second.', input(1, pieces[0])),
    refused('piece', 'too-short', 'FORMAT_PIECE', '4,095 bytes.', input(0, pieces[0].subarray(1))),
    refused('piece', 'beyond-the-end', 'FORMAT_RANGE', 'Piece 2 of a parcel of two.', input(2, pieces[0])),
  ];
}

const frames: readonly BagFrame[] = [
  { kind: 'head', head },
  { kind: 'piece', index: 0, bytes: pieces[0] },
  { kind: 'name', name: filled(32, 7) },
  { kind: 'piece', index: 255, bytes: pieces[1] },
];
const shown = [
  { kind: 'head', name: sha256(head) },
  { kind: 'piece', index: 0, sha256: sha256(pieces[0]) },
  { kind: 'name', name: filled(32, 7) },
  { kind: 'piece', index: 255, sha256: sha256(pieces[1]) },
];

function bag(...parts: readonly Uint8Array[]): { hex: string } {
  return { hex: hex(concatBytes(bagMagic, ...parts)) };
}

export function bagVectors(): Vector[] {
  const [headFrame, , nameFrame, piece] = frames.map(formatBagFrame) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const whole = concatBytes(bagMagic, ...frames.map(formatBagFrame));
  const fault = (name: string, expect: Code, comment: string, input: { hex: string }, before: number[] = []) =>
    refused(
      'bag',
      name,
      expect,
      comment,
      input,
      before.map((i) => shown[i]),
    );
  return [
    ok('bag', 'head-name-and-pieces', 'A head, its first piece, a name, and a piece of that parcel.', { hex: hex(whole) }, shown),
    ok(
      'bag',
      'cut-inside-a-piece',
      'What came before the cut counts.',
      { hex: hex(whole.subarray(0, whole.length - 1)) },
      shown.slice(0, 3),
    ),
    ok('bag', 'cut-inside-the-magic', 'Nothing was read, and nothing was wrong.', { hex: '5a4a' }, []),
    ok('bag', 'empty', 'A bag without frames.', bag(), []),
    fault('wrong-magic', 'FORMAT_MAGIC', 'ZJB2 instead of ZJB1.', { hex: hex(patch(whole, 3, 0x32)) }),
    fault('unknown-frame', 'FORMAT_RANGE', 'A frame of kind 4 after a name.', bag(nameFrame, Uint8Array.of(4)), [2]),
    fault(
      'piece-number-out-of-range',
      'FORMAT_RANGE',
      'Piece 256, refused before its bytes arrive.',
      bag(nameFrame, Uint8Array.of(3, 1, 0)),
      [2],
    ),
    fault('piece-of-no-parcel', 'FORMAT_ORDER', 'A piece before any head or name.', bag(piece)),
    fault('head-with-wrong-magic', 'FORMAT_MAGIC', 'The head in the frame is none.', bag(nameFrame, patch(headFrame, 1, 0)), [2]),
    fault(
      'head-of-no-bucket',
      'FORMAT_RANGE',
      'A head of a parcel of 12 KiB, refused at its ninth byte.',
      bag(patch(headFrame.subarray(0, 9), 7, 0x30)),
    ),
  ];
}

export function haveVectors(): Vector[] {
  const ids = [filled(32, 1), filled(32, 2)];
  const fault = (name: string, comment: string, bytes: number) =>
    refused('have', name, 'FORMAT_RANGE', comment, { hex: '00'.repeat(bytes) });
  return [
    ok('have', 'two-ids', 'Two ids, one after the other.', { hex: hex(formatHave(ids)) }, ids),
    fault('nothing-asked', 'No id.', 0),
    fault('seventeen-ids', 'One more than is allowed.', 17 * 32),
    fault('half-an-id', '48 bytes.', 48),
  ];
}

const promise = { salt: filled(16, 5), quarter: 1_972_000, signature: filled(64, 6) };

export function heldVectors(): Vector[] {
  const id = filled(32, 1);
  const partial = new Bitmap(2);
  partial.add(1);
  const entries = [
    { id, held: { state: 'unknown' } },
    { id, held: { state: 'partial', pieces: partial } },
    { id, held: { state: 'taken', promise, receipt: 'é' } },
    { id, held: { state: 'gone' } },
    { id, held: { state: 'expired' } },
    { id, held: { state: 'message', message: filled(512, 8) } },
  ] as const;
  const one = formatHeld([entries[1]]);
  const taken = formatHeld([entries[2]]);
  const fault = (name: string, expect: Code, comment: string, bytes: Uint8Array) =>
    refused('held', name, expect, comment, { hex: hex(bytes) });
  return [
    ok('held', 'one-of-each-state', 'The six states in the order of their numbers.', { hex: hex(formatHeld(entries)) }, entries),
    ok('held', 'nothing', 'An answer about nothing.', { hex: hex(formatHeld([])) }, []),
    fault('wrong-magic', 'FORMAT_MAGIC', 'ZJA2 instead of ZJA1.', patch(one, 3, 0x32)),
    fault('too-many-entries', 'FORMAT_RANGE', '4,097 entries announced.', patch(one, 4, 0x10, 0x01)),
    fault('fewer-entries-than-announced', 'FORMAT_TRUNCATED', 'Two announced, one is there.', patch(one, 5, 2)),
    fault('trailing', 'FORMAT_TRAILING', 'A byte after the last entry.', concatBytes(one, filled(1, 0))),
    fault('unknown-state', 'FORMAT_RANGE', 'State 6.', patch(one, 38, 6)),
    fault('pieces-of-no-bucket', 'FORMAT_RANGE', 'Three pieces; a parcel has 2, 4, 8 … 256.', patch(one, 40, 3)),
    fault('unused-bit-set', 'FORMAT_PADDING', 'Bit 2 of a parcel of two pieces.', patch(one, 41, 0x60)),
    fault('receipt-not-utf8', 'FORMAT_TEXT', 'A byte 0xff in the receipt.', patch(taken, taken.length - 1, 0xff)),
    fault('receipt-truncated', 'FORMAT_TRUNCATED', 'Two bytes announced, one is there.', taken.subarray(0, -1)),
  ];
}

export function promiseVectors(): Vector[] {
  const name = filled(32, 3);
  const leaf = createHash('sha256').update('zajil-leaf/1\n').update(promise.salt).update(name);
  const entry = leaf.update(Buffer.from('001e1720', 'hex')).digest('hex');
  const text = `zajil-promise/1\nrelay.example/1\n${hex(name)}\n${hex(promise.salt)}\n1972000\n`;
  return [
    ok(
      'promise',
      'text-and-leaf',
      'What a relay signs, and the entry that it promises.',
      { origin: 'relay.example/1', name: hex(name), promised: hex(formatPromised(promise)) },
      { ...promise, text, leaf: entry },
    ),
    refused('promise', 'truncated', 'FORMAT_TRUNCATED', '83 bytes of 84.', {
      origin: 'relay.example/1',
      name: hex(name),
      promised: hex(formatPromised(promise).subarray(1)),
    }),
  ];
}
