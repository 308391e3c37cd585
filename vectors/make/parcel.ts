/**
 * Vectors of whole parcels. Sealing draws random keys, so those that were sealed (with typage) are sealed once and then
 * read from their own files; those that were tampered with are made from them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, identityToRecipient } from 'age-encryption';
import { type PartHead, formatPart, hybridHeaderBytes, parcelPlainBytes, utf8, wordsType } from '@zajil/format';
import { type Vector, filled, hex, patch, toPlain } from '../vector.ts';

/** Bytes 1 to 32, and what age's tools take for them. */
export const identitySeed = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
export const identity = 'AGE-SECRET-KEY-PQ-1QYPQXPQ9QCRSSZG2PVXQ6RS0ZQG3YYC5Z5TPWXQERGD3C8G7RUSQJ0Q9H3';
/** 32 bytes of 0x22. */
export const otherIdentity = 'AGE-SECRET-KEY-PQ-1YG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3ZYG3Q4CAKNM';
/** 32 bytes of 0x33: a kind of identity that no parcel is sealed to. */
const curveIdentity = 'AGE-SECRET-KEY-1XVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVENXVES5R36HA';

const bytes = 8192;
const head: PartHead = { dispatch: filled(16, 0xd1), layer: 'words', file: 0, view: 0, part: 0, parts: 1, offset: 0, type: wordsType };
const content = utf8('{"v":1,"text":"زاجل","written":"2026-03-01T09:30Z","place":"","urgent":false,"files":[]}');
const part = formatPart(head, content, parcelPlainBytes(bytes));

interface Sealed {
  readonly name: string;
  readonly comment: string;
  readonly expect: Vector['expect'];
  readonly plain: Uint8Array;
  readonly to?: readonly string[];
}

export const sealed: readonly Sealed[] = [
  { name: 'words', comment: 'Words in the smallest bucket.', expect: 'ok', plain: part },
  { name: 'part-magic-wrong', comment: 'Rightly sealed, but no part is inside.', expect: 'FORMAT_MAGIC', plain: patch(part, 0, 0) },
  {
    name: 'part-padding-not-zero',
    comment: 'Rightly sealed, but the last byte inside is 1.',
    expect: 'FORMAT_PADDING',
    plain: patch(part, part.length - 1, 1),
  },
  { name: 'to-another-identity', comment: 'Sealed to 32 bytes of 0x22.', expect: 'refused', plain: part, to: [otherIdentity] },
  { name: 'two-stanzas', comment: 'A parcel has exactly one.', expect: 'refused', plain: part, to: [identity, otherIdentity] },
  {
    name: 'stanza-of-another-kind',
    comment: 'An X25519 stanza beside the hybrid one: not safe from a quantum computer.',
    expect: 'refused',
    plain: part,
    to: [identity, curveIdentity],
  },
];

/** Seals one. A header with more than one stanza is longer, which only sealing tells: the padding makes up for it. */
export async function seal(one: Sealed): Promise<Vector> {
  const encrypter = new Encrypter();
  for (const to of one.to ?? [identity]) encrypter.addRecipient(await identityToRecipient(to));
  const over = (await encrypter.encrypt(one.plain)).length - bytes;
  const parcel = await encrypter.encrypt(one.plain.subarray(0, one.plain.length - over));
  return vectorOf(one.name, one.comment, one.expect, parcel);
}

function vectorOf(name: string, comment: string, expect: Vector['expect'], parcel: Uint8Array): Vector {
  const input = { identitySeed: hex(identitySeed), base64: Buffer.from(parcel).toString('base64') };
  const vector = { rule: 'parcel', name, comment, expect, input };
  return expect === 'ok' ? { ...vector, value: toPlain({ head, content }) } : vector;
}

/** @param folder - of the parcels that are sealed; missing ones are not made here */
export function parcelVectors(folder: string): Vector[] {
  const kept = sealed.filter(({ name }) => existsSync(join(folder, `${name}.json`)));
  const vectors = kept.map(({ name, comment, expect }) => vectorOf(name, comment, expect, readSealed(folder, name)));
  return [...vectors, ...tampered(readSealed(folder, 'words'))];
}

function readSealed(folder: string, name: string): Uint8Array {
  const file = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as { input: { base64: string } };
  return Buffer.from(file.input.base64, 'base64');
}

function tampered(parcel: Uint8Array): Vector[] {
  const turned = (at: number): Uint8Array => patch(parcel, at, (parcel[at] ?? 0) ^ 1);
  const fault = (name: string, comment: string, bytes: Uint8Array): Vector => vectorOf(name, comment, 'refused', bytes);
  return [
    fault('version-line-altered', 'age-encryption.org/v2.', patch(parcel, 20, 0x32)),
    fault('kind-of-stanza-altered', 'mlkem768x25518.', patch(parcel, 38, 0x38)),
    fault('encapsulated-key-altered', 'One character of the stanza is another.', patch(parcel, 100, parcel[100] === 0x41 ? 0x42 : 0x41)),
    fault('sealed-file-key-altered', 'One character of the body is another.', patch(parcel, 1540, parcel[1540] === 0x41 ? 0x42 : 0x41)),
    fault('mac-altered', 'One character of the header MAC is another.', patch(parcel, 1600, parcel[1600] === 0x41 ? 0x42 : 0x41)),
    fault('payload-nonce-altered', 'A bit of the 16-byte nonce is turned.', turned(hybridHeaderBytes)),
    fault('payload-altered', 'A bit of the content is turned.', turned(4000)),
    fault('tag-altered', 'The last bit is turned.', turned(bytes - 1)),
    fault('truncated', 'The last byte is lost.', parcel.subarray(0, -1)),
    fault('grown', '8 KiB of zeros follow: still the size of a bucket.', Buffer.concat([parcel, new Uint8Array(bytes)])),
  ];
}
