import { utf8 } from '@zajil/format';
import { createSigner } from '@zajil/log';
import { expect, test } from 'vitest';
import { device, stranger } from './newsroom.fixture.ts';
import { requestSkewMs, signRequest, verifyRequest, verifyRequestHead } from './request.ts';

const nowMs = 1_772_000_000_000;
const nonce = 'abcdefghijklmnop_-01';
const body = utf8('{"doors":1}');
const url = 'https://relay.example/v1/desk/parcels%20x?after=5&b=%C3%A9';
const relay = createSigner('relay.one', new Uint8Array(32).fill(4)).vkey;
const headers = () => signRequest({ method: 'POST', url, body, signer: device, relay, nowMs, nonce });
const good = () => ({
  method: 'POST',
  path: '/v1/desk/parcels%20x',
  query: '?after=5&b=%C3%A9',
  headers: new Headers(headers()),
  body,
  vkeys: [stranger.vkey, device.vkey],
  relay,
  nowMs,
});
const refused = expect.objectContaining({ code: 'ROSTER_REQUEST' });

test('a signed request says who sent it, and gives the nonce to remember', () => {
  expect(verifyRequest(good())).toEqual({ vkey: device.vkey, nonce, createdMs: nowMs });
});

test('the headers are those of RFC 9421 and RFC 9530, and the signature covers the base that they spell', () => {
  const sent = headers();
  expect(sent['signature-input']).toBe(
    `zajil=("@method" "@path" "@query" "content-digest");created=1772000000;keyid="desk-1.newsroom";nonce="${nonce}";alg="ed25519";tag="${relay}"`,
  );
  const base = [
    '"@method": POST',
    '"@path": /v1/desk/parcels%20x',
    '"@query": ?after=5&b=%C3%A9',
    `"content-digest": ${sent['content-digest']}`,
    `"@signature-params": ${sent['signature-input']?.slice('zajil='.length)}`,
  ].join('\n');
  const made = btoa(String.fromCharCode(...device.sign(utf8(base))));
  expect(sent['signature']).toBe(`zajil=:${made}:`);
});

test('the digest of a body is that of RFC 9530, appendix D', () => {
  const sent = signRequest({ method: 'PUT', url, body: utf8('{"hello": "world"}'), signer: device, relay, nowMs, nonce });
  expect(sent['content-digest']).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
});

test('a request without query or body is signed too, and the question mark is optional', () => {
  const headers = new Headers(
    signRequest({ method: 'get', url: 'http://127.0.0.1:8080/v1/x', body: utf8(''), signer: device, relay, nowMs, nonce }),
  );
  for (const query of ['', '?'])
    expect(verifyRequest({ ...good(), method: 'GET', path: '/v1/x', query, headers, body: utf8('') }).nonce).toBe(nonce);
});

test.each([
  ['method', { method: 'PUT' }],
  ['path', { path: '/v1/desk/parcels x' }],
  ['path', { path: '/v1/desk/newsroom' }],
  ['query', { query: '?after=6&b=%C3%A9' }],
  ['query', { query: '' }],
  ['body', { body: utf8('{"doors":2}') }],
  ['body', { body: utf8('') }],
  ['devices in force', { vkeys: [stranger.vkey] }],
  ['devices in force', { vkeys: [] }],
  ['relay', { relay: createSigner('relay.two', new Uint8Array(32).fill(4)).vkey }],
  ['relay that took the name of the one asked', { relay: createSigner('relay.one', new Uint8Array(32).fill(5)).vkey }],
  ['key under the same name', { vkeys: [createSigner('desk-1.newsroom', new Uint8Array(32).fill(9)).vkey] }],
])('an altered %s is refused', (_, change) => {
  expect(() => verifyRequest({ ...good(), ...change })).toThrow(refused);
});

test.each([
  ['a later time', 'signature-input', /created=\d+/, 'created=1772000001'],
  ['another nonce', 'signature-input', nonce, 'abcdefghijklmnop_-02'],
  ['another key', 'signature-input', 'desk-1', 'desk-2'],
  ['another relay', 'signature-input', 'relay.one', 'relay.two'],
  ['fewer parts covered', 'signature-input', ' "@query"', ''],
  ['a second spelling', 'signature-input', '" "', '"  "'],
  ['another label', 'signature', 'zajil=', 'other='],
  ['a changed signature', 'signature', /:(.)/, ':/'],
  ['a cut signature', 'signature', '==:', '=:'],
  ['another digest', 'content-digest', 'sha-256', 'sha-512'],
] as const)('%s in the headers is refused', (_, name, from, to) => {
  const headers = new Headers(good().headers);
  const value = headers.get(name) ?? '';
  headers.set(name, value.replace(from, to));
  expect(headers.get(name)).not.toBe(value);
  expect(() => verifyRequest({ ...good(), headers })).toThrow(refused);
});

test.each(['signature-input', 'signature', 'content-digest'])('a missing or doubled %s is refused', (name) => {
  const missing = new Headers(good().headers);
  missing.delete(name);
  expect(() => verifyRequest({ ...good(), headers: missing })).toThrow(refused);
  const doubled = new Headers(good().headers);
  doubled.append(name, doubled.get(name) ?? '');
  expect(() => verifyRequest({ ...good(), headers: doubled })).toThrow(refused);
});

test('a request from another time is refused, and told apart', () => {
  for (const skew of [-requestSkewMs, requestSkewMs]) expect(verifyRequest({ ...good(), nowMs: nowMs + skew }).createdMs).toBe(nowMs);
  for (const skew of [-requestSkewMs - 1, requestSkewMs + 1])
    expect(() => verifyRequest({ ...good(), nowMs: nowMs + skew })).toThrow(expect.objectContaining({ code: 'ROSTER_REQUEST_TIME' }));
});

test('a replayed request verifies to the same key, nonce and time: that is what the relay remembers', () => {
  expect(verifyRequest({ ...good(), nowMs: nowMs + 1000 })).toEqual(verifyRequest(good()));
});

test('nonces and names that cannot travel in a header are our own mistake', () => {
  const request = { method: 'GET', url, body, signer: device, relay, nowMs };
  for (const nonce of ['short', 'x'.repeat(65), 'with"quotation-marks'])
    expect(() => signRequest({ ...request, nonce })).toThrow(RangeError);
  const signer = createSigner('مكتب', new Uint8Array(32));
  expect(() => signRequest({ ...request, signer, nonce })).toThrow(RangeError);
  expect(() => signRequest({ ...request, relay: createSigner('بريد', new Uint8Array(32)).vkey, nonce })).toThrow(RangeError);
});

test('the head alone tells whether a device signed, before any body is there', () => {
  const { body: _, ...head } = good();
  expect(verifyRequestHead(head)).toEqual(verifyRequest(good()));
  expect(() => verifyRequestHead({ ...head, vkeys: [stranger.vkey] })).toThrow(refused);
});
