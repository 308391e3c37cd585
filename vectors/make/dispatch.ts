/** Vectors of what a phone seals: part, tally, words, bucket. */
import {
  type PartHead,
  type Words,
  formatPart,
  formatTally,
  formatWords,
  parcelPlainBytes,
  bucketBytes,
  tallyType,
  utf8,
  wordsType,
} from '@zajil/format';
import { type Vector, filled, hex, ok, patch, refused } from '../vector.ts';

const head: PartHead = {
  dispatch: filled(16, 0xd1),
  layer: 'whole',
  file: 2,
  view: 0,
  part: 1,
  parts: 3,
  offset: 70_000,
  type: 'video/mp4',
};
const content = utf8('zajil');
const part = formatPart(head, content, 80);

function partFault(name: string, expect: Parameters<typeof refused>[2], comment: string, bytes: Uint8Array): Vector {
  return refused('part', name, expect, comment, { hex: hex(bytes) });
}

export function partVectors(): Vector[] {
  const words: PartHead = { ...head, layer: 'words', file: 0, part: 0, parts: 1, offset: 0, type: wordsType };
  const open: PartHead = {
    ...head,
    layer: 'tally',
    file: 254,
    view: 255,
    part: 0xffff_ffff,
    parts: 0,
    offset: 2 ** 53 - 1,
    type: tallyType,
  };
  return [
    ok('part', 'second-of-three', 'Part 1 of 3 of the whole of file 2.', { hex: hex(part) }, { head, content }),
    ok('part', 'words', 'The only part of the words.', { hex: hex(formatPart(words, content, 100)) }, { head: words, content }),
    ok(
      'part',
      'largest-numbers',
      'Every number at its largest; the number of parts is not known yet.',
      { hex: hex(formatPart(open, filled(0, 0), 100)) },
      { head: open, content: '' },
    ),
    ok('part', 'no-padding', 'Head and content fill the bytes exactly.', { hex: hex(part.subarray(0, 59)) }, { head, content }),
    partFault('wrong-magic', 'FORMAT_MAGIC', 'ZJP2 instead of ZJP1.', patch(part, 3, 0x32)),
    partFault('truncated-head', 'FORMAT_TRUNCATED', 'The head ends inside the offset.', part.subarray(0, 35)),
    partFault('truncated-content', 'FORMAT_TRUNCATED', 'Five bytes announced, four are there.', part.subarray(0, 58)),
    partFault('unknown-layer', 'FORMAT_RANGE', 'Layer 5.', patch(part, 20, 5)),
    partFault('file-number-out-of-range', 'FORMAT_RANGE', 'File 255, which no acknowledgement could name.', patch(part, 21, 255)),
    partFault('reserved-byte-not-zero', 'FORMAT_VERSION', 'A later version may use the byte.', patch(part, 23, 1)),
    partFault('part-number-not-below-parts', 'FORMAT_RANGE', 'Part 3 of 3.', patch(part, 27, 3)),
    partFault('offset-too-large', 'FORMAT_RANGE', 'Offset 2^53.', patch(part, 32, 0, 0x20, 0, 0, 0, 0, 0, 0)),
    partFault(
      'content-ends-too-far',
      'FORMAT_RANGE',
      'Offset 2^53 - 1 and five bytes of content.',
      patch(part, 32, 0, 0x1f, 255, 255, 255, 255, 255, 255),
    ),
    partFault('media-type-malformed', 'FORMAT_TEXT', 'Video/mp4 with a capital letter.', patch(part, 45, 0x56)),
    partFault('media-type-not-utf8', 'FORMAT_TEXT', 'A byte 0xff in the media type.', patch(part, 45, 0xff)),
    partFault('padding-not-zero', 'FORMAT_PADDING', 'The last byte is 1.', patch(part, 79, 1)),
    partFault('padding-not-zero-at-once', 'FORMAT_PADDING', 'The first byte after the content is 1.', patch(part, 59, 1)),
  ];
}

export function tallyVectors(): Vector[] {
  const tally = {
    bytes: 1_000_005,
    sha256: filled(32, 0xaa),
    parts: [
      { length: 1_000_000, name: filled(32, 1) },
      { length: 5, name: filled(32, 2) },
    ],
  };
  const empty = { bytes: 0, sha256: filled(32, 0xe3), parts: [] };
  const bytes = formatTally(tally);
  const long = {
    ...tally,
    bytes: 1_048_581,
    parts: [
      { length: 1_048_576, name: filled(32, 1) },
      { length: 5, name: filled(32, 2) },
    ],
  };
  const fault = (name: string, expect: Parameters<typeof refused>[2], comment: string, input: Uint8Array) =>
    refused('tally', name, expect, comment, { hex: hex(input) });
  return [
    ok('tally', 'two-parts', 'An original of 1,000,005 bytes in two parts.', { hex: hex(bytes) }, tally),
    ok('tally', 'empty-original', 'An original of no bytes.', { hex: hex(formatTally(empty)) }, empty),
    fault('wrong-magic', 'FORMAT_MAGIC', 'ZJT2 instead of ZJT1.', patch(bytes, 3, 0x32)),
    fault('truncated', 'FORMAT_TRUNCATED', 'Ends inside the hash.', bytes.subarray(0, 20)),
    fault('size-too-large', 'FORMAT_RANGE', 'An original of 2^53 bytes.', patch(bytes, 4, 0, 0x20, 0, 0, 0, 0, 0, 0)),
    fault('fewer-parts-than-announced', 'FORMAT_RANGE', 'Three announced, two are there.', patch(bytes, 47, 3)),
    fault('more-parts-than-announced', 'FORMAT_RANGE', 'One announced, two are there.', patch(bytes, 47, 1)),
    fault(
      'lengths-do-not-add-up',
      'FORMAT_RANGE',
      'The second part is one byte longer than the original has room for.',
      patch(bytes, 87, 6),
    ),
    fault('part-longer-than-a-parcel', 'FORMAT_RANGE', 'A part of 1 MiB: its parcel would have to hold its header too.', formatTally(long)),
  ];
}

const words: Words = {
  v: 1,
  text: 'قصف على السوق. two \u{1F691}',
  written: '2026-03-01T09:30Z',
  place: 'السوق',
  urgent: true,
  files: [{ kind: 'video', type: 'video/mp4', name: 'VID_0001.mp4', bytes: 1_000_005 }],
};

export function wordsVectors(): Vector[] {
  const text = JSON.stringify(words);
  const plain = JSON.stringify({ ...words, text: '', place: '', files: [] });
  const fault = (name: string, comment: string, input: string) => refused('words', name, 'FORMAT_JSON', comment, { text: input });
  return [
    ok(
      'words',
      'arabic-with-one-video',
      'Right-to-left text, a character beyond the basic plane, one file.',
      { hex: hex(formatWords(words)) },
      words,
    ),
    ok('words', 'empty', 'The least that words can say.', { text: plain }, { ...words, text: '', place: '', files: [] }),
    refused('words', 'not-utf8', 'FORMAT_TEXT', 'A byte 0xff.', { hex: hex(patch(utf8(text), 15, 0xff)) }),
    fault('white-space', 'A second spelling of the same value.', plain.replace(':1,', ': 1,')),
    fault('escaped-letter', 'A second spelling of the same value.', plain.replace('2026', '\\u0032026')),
    fault('keys-in-another-order', 'A second spelling of the same value.', `${plain.slice(0, -1).replace('"v":1,', '')},"v":1}`),
    fault('doubled-key', 'Two values for one key.', plain.replace('"v":1,', '"v":1,"v":1,')),
    fault('unknown-field', 'A field that version 1 does not have.', `${plain.slice(0, -1)},"sender":""}`),
    fault('missing-field', 'No place, not even an empty one.', plain.replace('"place":"",', '')),
    fault('half-a-character', 'A lone surrogate, which UTF-8 cannot carry.', plain.replace('"text":""', '"text":"\\ud83d"')),
    fault('text-too-long', '6,001 UTF-16 code units.', plain.replace('"text":""', `"text":"${'x'.repeat(6001)}"`)),
    fault('day-that-is-none', '29 February 2026.', plain.replace('03-01', '02-29')),
    fault('hour-that-is-none', '24:30.', plain.replace('T09', 'T24')),
    fault('version-2', 'A version that is not specified.', plain.replace('"v":1', '"v":2')),
    fault('fraction', 'Half a byte.', text.replace('1000005', '0.5')),
  ];
}

export function bucketVectors(): Vector[] {
  return bucketBytes.map((bytes) =>
    ok(
      'bucket',
      `${bytes / 1024}-kib`,
      'The most plaintext that this bucket takes, head of the part included.',
      { plainBytes: parcelPlainBytes(bytes) },
      bytes,
    ),
  );
}
