/** Vectors of what desk and phone tell each other: message, acknowledgement, wants, invitation. */
import { createHash, hkdfSync } from 'node:crypto';
import {
  type Acknowledgement,
  Bitmap,
  type Wants,
  acknowledgementText,
  concatBytes,
  formatAcknowledgement,
  formatInvitation,
  formatWants,
  sealMessage,
  toTheEnd,
  utf8,
  wantsText,
} from '@zajil/format';
import { type Vector, filled, hex, ok, patch, refused } from '../vector.ts';

type Code = Parameters<typeof refused>[2];

const dispatch = filled(16, 0xd1);
const device = 'desk.example/one';

export function messageVectors(): Vector[] {
  const body = Uint8Array.from({ length: 472 }, (_, i) => i & 255);
  const message = sealMessage(dispatch, device, body, filled(24, 4));
  const address = new Uint8Array(hkdfSync('sha256', dispatch, device, 'zajil/1 message address', 32));
  const input = (message: Uint8Array, from = device) => ({ dispatch: hex(dispatch), device: from, message: hex(message) });
  const wants = sealMessage(dispatch, device, body, filled(24, 4), 'wants');
  const wantsAddress = new Uint8Array(hkdfSync('sha256', dispatch, device, 'zajil/1 wants address', 32));
  return [
    ok('message', 'sealed', 'A message, and the address at which it waits.', input(message), { address, body }),
    ok(
      'message',
      'sealed-as-wants',
      'The same body as wants, and their address.',
      { ...input(wants), purpose: 'wants' },
      {
        address: wantsAddress,
        body,
      },
    ),
    refused('message', 'of-another-purpose', 'FORMAT_SEALED', 'It was sealed as wants.', input(wants)),
    refused(
      'message',
      'bit-turned',
      'FORMAT_SEALED',
      'The last bit of the tag is turned.',
      input(patch(message, 511, (message[511] ?? 0) ^ 1)),
    ),
    refused('message', 'nonce-altered', 'FORMAT_SEALED', 'The first byte of the nonce is 5.', input(patch(message, 0, 5))),
    refused('message', 'of-another-device', 'FORMAT_SEALED', 'It was sealed by another device.', input(message, 'desk.example/two')),
    refused('message', 'too-short', 'FORMAT_RANGE', '511 bytes.', input(message.subarray(1))),
  ];
}

export function acknowledgementVectors(): Vector[] {
  const files = [
    { glance: true, cut: false, whole: false },
    { glance: true, cut: true, whole: true },
  ];
  const claims: Acknowledgement = { sequence: 3, quarter: 1_972_000, words: true, files };
  const signature = filled(64, 9);
  const body = formatAcknowledgement(claims, signature);
  const text = acknowledgementText(filled(32, 2), claims);
  const most: Acknowledgement = {
    sequence: 0xffff_ffff,
    quarter: 0xffff_ffff,
    words: false,
    files: Array.from({ length: 255 }, () => ({ glance: false, cut: false, whole: true })),
  };
  const input = (body: Uint8Array) => ({ address: '02'.repeat(32), body: hex(body) });
  const fault = (name: string, expect: Code, comment: string, body: Uint8Array) =>
    refused('acknowledgement', name, expect, comment, input(body));
  return [
    ok('acknowledgement', 'words-and-two-files', 'The words, a glance of one file, all of another; and what is signed.', input(body), {
      claims,
      signature,
      text,
    }),
    ok('acknowledgement', 'most-files', '255 files, and every number at its largest.', input(formatAcknowledgement(most, signature)), {
      claims: most,
      signature,
      text: acknowledgementText(filled(32, 2), most),
    }),
    fault('unknown-kind', 'FORMAT_VERSION', 'Kind 2.', patch(body, 0, 2)),
    fault('unknown-flag-of-words', 'FORMAT_RANGE', 'Words 2.', patch(body, 9, 2)),
    fault('unknown-flag-of-a-file', 'FORMAT_RANGE', 'Bit 3 of the first file.', patch(body, 11, 8)),
    fault('padding-not-zero', 'FORMAT_PADDING', 'The last byte is 1.', patch(body, 471, 1)),
    fault('another-length', 'FORMAT_RANGE', '471 bytes.', body.subarray(0, 471)),
  ];
}

export function wantsVectors(): Vector[] {
  const missing = new Bitmap(256);
  for (const piece of [1, 3, 255]) missing.add(piece);
  const wants: Wants = {
    sequence: 3,
    quarter: 1_972_000,
    until: 1_972_672,
    entries: [
      { action: 'first', layer: 'whole', file: 0, from: 4, to: 5 },
      { action: 'first', layer: 'cut', file: 1, from: 7, to: toTheEnd },
      { action: 'pieces', layer: 'whole', file: 0, part: 2, missing },
      { action: 'enough', layer: 'whole', file: 254 },
    ],
  };
  const signature = filled(64, 9);
  const body = formatWants(wants, signature);
  const nothing: Wants = { sequence: 0xffff_ffff, quarter: 0xffff_ffff, until: 0xffff_ffff, entries: [] };
  const most: Wants = { ...wants, entries: Array.from({ length: 131 }, (_, file) => ({ action: 'enough', layer: 'whole', file })) };
  const input = (body: Uint8Array) => ({ address: '02'.repeat(32), body: hex(body) });
  const shown = (wants: Wants) => ({
    wants: {
      ...wants,
      entries: wants.entries.map((entry) => (entry.action === 'pieces' ? { ...entry, missing: entry.missing.bytes } : entry)),
    },
    signature,
    text: wantsText(filled(32, 2), wants),
  });
  const read = (name: string, comment: string, wants: Wants) =>
    ok('wants', name, comment, input(formatWants(wants, signature)), shown(wants));
  const fault = (name: string, expect: Code, comment: string, body: Uint8Array) => refused('wants', name, expect, comment, input(body));
  const overfull = Uint8Array.from({ length: 472 }, (_, at) => (at < 14 ? (body[at] ?? 0) : ([3, 3, 0][(at - 14) % 3] ?? 0)));
  return [
    read('one-of-each-action', 'Two ranges, one without an end; a bitmap; enough of a file.', wants),
    read('nothing', 'Nothing is wanted any more, and every number is at its largest.', nothing),
    read('most-entries', 'Enough of 131 files.', most),
    fault('unknown-kind', 'FORMAT_VERSION', 'Kind 1.', patch(body, 0, 1)),
    fault('lapses-before-it-was-said', 'FORMAT_RANGE', 'The quarter before.', patch(body, 9, 0, 0x1e, 0x17, 0x1f)),
    fault('unknown-action', 'FORMAT_RANGE', 'Action 4.', patch(body, 14, 4)),
    fault('words-wanted', 'FORMAT_RANGE', 'Layer 0.', patch(body, 15, 0)),
    fault('unknown-layer', 'FORMAT_RANGE', 'Layer 5.', patch(body, 15, 5)),
    fault('file-number-out-of-range', 'FORMAT_RANGE', 'File 255.', patch(body, 16, 255)),
    fault('range-ends-before-it-begins', 'FORMAT_RANGE', 'Parts 4 to 3.', patch(body, 24, 3)),
    fault('more-entries-than-fit', 'FORMAT_TRUNCATED', '255 announced, the last is cut off.', patch(overfull, 13, 255)),
    fault('padding-not-zero', 'FORMAT_PADDING', 'The last byte is 1.', patch(body, 471, 1)),
    fault('another-length', 'FORMAT_RANGE', '471 bytes.', body.subarray(0, 471)),
  ];
}

/** An invitation whose checksum is right, whatever its body says. */
function rawInvitation(first: string, body: Uint8Array): string {
  const sum = createHash('sha256').update(`zajil-invitation/1\n${first}\n`).update(body).digest().subarray(0, 4);
  return `${first}/#${Buffer.concat([body, sum]).toString('base64url')}`;
}

export function invitationVectors(): Vector[] {
  const first = 'https://relay.example';
  const invitation = {
    relays: [first, 'http://abcdefghijklmnop.onion'],
    newsroom: filled(32, 0xa1),
    token: filled(16, 0xb2),
    plain: false,
  };
  const text = formatInvitation(invitation);
  const plain = { relays: ['http://192.0.2.1:8080/way'], newsroom: filled(32, 1), token: filled(16, 2), plain: true };
  const body = concatBytes(Uint8Array.of(1, 0), filled(32, 0xa1), filled(16, 0xb2), Uint8Array.of(0));
  const other = (address: string) => concatBytes(patch(body, 50, 1), Uint8Array.of(address.length), utf8(address));
  const fault = (name: string, expect: Code, comment: string, text: string) => refused('invitation', name, expect, comment, { text });
  return [
    ok('invitation', 'two-relays', 'A relay, and an onion address of another.', { text }, invitation),
    ok('invitation', 'plain', 'HTTP without TLS is allowed, as in tests and closed networks.', { text: formatInvitation(plain) }, plain),
    ok(
      'invitation',
      'typed-carelessly',
      'Space around it, capitals in the host, the slash before # lost.',
      { text: ` ${text.replace('relay.example/', 'Relay.Example')}\n` },
      invitation,
    ),
    fault('altered-character', 'FORMAT_CHECKSUM', 'One character of the fragment is another.', text.replace('#AQCh', '#AQCi')),
    fault('altered-relay', 'FORMAT_CHECKSUM', 'The address before the fragment is another.', text.replace('relay', 'delay')),
    fault('truncated', 'FORMAT_CHECKSUM', 'The last four characters are lost.', text.slice(0, -4)),
    fault('cut-after-the-address', 'FORMAT_TEXT', 'No fragment.', `${first}/#`),
    fault('not-base64url', 'FORMAT_TEXT', 'A character that the alphabet does not have.', `${text.slice(0, -1)}=`),
    fault('not-http', 'FORMAT_TEXT', 'An address that no relay has.', text.replace('https', 'ftp')),
    fault('with-a-query', 'FORMAT_TEXT', 'A relay address has no query.', rawInvitation(`${first}/?a`, body)),
    fault('newer-version', 'FORMAT_VERSION', 'Version 2.', rawInvitation(first, patch(body, 0, 2))),
    fault('unknown-flag', 'FORMAT_VERSION', 'Flag 2.', rawInvitation(first, patch(body, 1, 2))),
    fault('too-many-relays', 'FORMAT_RANGE', 'Eight beside the first.', rawInvitation(first, patch(body, 50, 8))),
    fault('fewer-relays-than-announced', 'FORMAT_TRUNCATED', 'One announced, none is there.', rawInvitation(first, patch(body, 50, 1))),
    fault(
      'relay-not-in-its-one-spelling',
      'FORMAT_TEXT',
      'A trailing slash inside the fragment.',
      rawInvitation(first, other('https://b.example/')),
    ),
    fault('trailing', 'FORMAT_TRAILING', 'A byte after the last relay.', rawInvitation(first, concatBytes(body, filled(1, 0)))),
  ];
}
