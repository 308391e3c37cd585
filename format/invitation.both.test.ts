import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, codeOf, endsInValueOrRefusal, spoiledText } from './hostile.ts';
import { type Invitation, formatInvitation, isSafeTransport, parseInvitation, relayBase } from './index.ts';

const relays = fc.constantFrom(
  'https://relay.example',
  'http://127.0.0.1:8080',
  'https://a.example/under/way',
  'http://abcdefgh.onion',
  'http://[::1]:9',
);
const invitations: fc.Arbitrary<Invitation> = fc.record({
  relays: fc.array(relays, { minLength: 1, maxLength: 8 }),
  newsroom: bytesOf(32),
  token: bytesOf(16),
  plain: fc.boolean(),
});

test('an invitation is read as it was written, also with space around it or a slash lost', () => {
  always(invitations, (invitation) => {
    const text = formatInvitation(invitation);
    expect(parseInvitation(text)).toEqual(invitation);
    expect(parseInvitation(`\n ${text}\t`)).toEqual(invitation);
    expect(parseInvitation(text.replace('/#', '#'))).toEqual(invitation);
  });
});

test('an invitation cut short is refused at every length', () => {
  always(fc.tuple(invitations, fc.double({ min: 0, max: 0.999, noNaN: true })), ([invitation, end]) => {
    const text = formatInvitation(invitation);
    expect(codeOf(() => parseInvitation(text.slice(0, Math.floor(end * text.length))))).toMatch(/FORMAT_(TEXT|CHECKSUM)/);
  });
});

test('an invitation with one character altered is refused', () => {
  const text = formatInvitation({
    relays: ['https://relay.example'],
    newsroom: new Uint8Array(32),
    token: new Uint8Array(16),
    plain: false,
  });
  for (let at = text.indexOf('#') + 1; at < text.length; at += 1) {
    const other = text[at] === 'A' ? 'B' : 'A';
    expect(
      codeOf(() => parseInvitation(text.slice(0, at) + other + text.slice(at + 1))),
      String(at),
    ).toMatch(/FORMAT_(TEXT|CHECKSUM)/);
  }
  expect(codeOf(() => parseInvitation(text.replace('relay', 'delay')))).toBe('FORMAT_CHECKSUM');
});

test('parseInvitation() and relayBase() end in a value or a refusal', () => {
  endsInValueOrRefusal(spoiledText(invitations.map(formatInvitation)), parseInvitation);
  endsInValueOrRefusal(
    fc.oneof(fc.webUrl({ size: 'xsmall', withFragments: true, withQueryParameters: true }), spoiledText(relays)),
    (text) => {
      const base = relayBase(text);
      expect(relayBase(base)).toBe(base);
      expect(typeof isSafeTransport(base, false)).toBe('boolean');
    },
  );
});

test('a relay address has one spelling', () => {
  expect(relayBase('HTTPS://Relay.Example:443/x//')).toBe('https://relay.example/x');
  for (const text of ['ftp://a.example', 'https://u:p@a.example', 'https://a.example/?q', 'https://a.example/#f', 'relay.example', ''])
    expect(
      codeOf(() => relayBase(text)),
      text,
    ).toBe('FORMAT_TEXT');
});

test('only TLS, loopback and onion are safe unless the invitation says plain', () => {
  const safe = ['https://a.example', 'http://127.0.0.1', 'http://127.9.9.9:80', 'http://localhost:1', 'http://[::1]', 'http://x.onion'];
  for (const relay of safe) expect(isSafeTransport(relay, false), relay).toBe(true);
  for (const relay of ['http://a.example', 'http://127.0.0.1.example', 'http://localhost.example', 'http://onion', 'http://10.0.0.1']) {
    expect(isSafeTransport(relay, false), relay).toBe(false);
    expect(isSafeTransport(relay, true), relay).toBe(true);
  }
  expect(codeOf(() => isSafeTransport('no url', true))).toBe('FORMAT_TEXT');
});

test('what could not be read back is not written', () => {
  const invitation: Invitation = {
    relays: ['https://relay.example'],
    newsroom: new Uint8Array(32),
    token: new Uint8Array(16),
    plain: false,
  };
  const changes = [{ relays: [] }, { relays: Array.from({ length: 9 }, () => 'https://a.example') }, { newsroom: new Uint8Array(31) }];
  for (const change of [...changes, { token: new Uint8Array(17) }, { relays: [`https://a.example/${'x'.repeat(250)}`] }])
    expect(() => formatInvitation({ ...invitation, ...change })).toThrow(RangeError);
});
