/**
 * An invitation: one URL that carries everything a phone needs. Its fragment never reaches a server.
 *
 * `docs/protocol.md` section "Invitation". The newsroom's name is the SHA-256 of its founding statement, so nobody can
 * be given another newsroom's keys. A checksum over the whole tells a truncated or mistyped one before anything is sent.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { Cursor, Writer } from './cursor.ts';
import { equalBytes, fromBase64Url, fromUtf8, toBase64Url, utf8 } from './encoding.ts';
import { FormatError } from './refusal.ts';

export const tokenBytes = 16;
const version = 1;
const plainFlag = 1;
const checksumBytes = 4;
const mostRelays = 8;
const newsroomBytes = 32;
/** A normalised address is ASCII, so these are bytes too. */
const mostRelayCharacters = 255;
const mostCharacters = 3300;

export interface Invitation {
  /** Base addresses of relays without trailing slash, the first being where the invitation points; at most 8. */
  readonly relays: readonly string[];
  /** SHA-256 of the founding statement's text: 32 bytes. */
  readonly newsroom: Uint8Array;
  /** Bearer of this may leave parcels: 16 random bytes. */
  readonly token: Uint8Array;
  /** HTTP without TLS is allowed beyond loopback and onion addresses. */
  readonly plain: boolean;
}

export function formatInvitation(invitation: Invitation): string {
  const [first, ...others] = invitation.relays.map(relayBase);
  if (first === undefined || others.length >= mostRelays) throw new RangeError('an invitation names 1 to 8 relays');
  if (first.length > mostRelayCharacters || others.some((relay) => relay.length > mostRelayCharacters))
    throw new RangeError('a relay address has at most 255 characters');
  if (invitation.newsroom.length !== newsroomBytes || invitation.token.length !== tokenBytes)
    throw new RangeError('newsroom and token have 32 and 16 bytes');
  const writer = new Writer()
    .u8(version)
    .u8(invitation.plain ? plainFlag : 0)
    .put(invitation.newsroom)
    .put(invitation.token)
    .u8(others.length);
  for (const relay of others) writer.u8(utf8(relay).length).put(utf8(relay));
  const body = writer.bytes();
  return `${first}/#${toBase64Url(new Writer().put(body).put(checksum(first, body)).bytes())}`;
}

/** @throws FormatError `FORMAT_TEXT` no invitation, `FORMAT_CHECKSUM` truncated or altered, `FORMAT_VERSION` a newer one */
export function parseInvitation(text: string): Invitation {
  const match = text.length > mostCharacters ? null : /^(https?:\/\/[^\s#]{1,255}?)\/?#([A-Za-z0-9_-]{60,3000})$/.exec(text.trim());
  if (!match?.[1] || !match[2]) throw new FormatError('FORMAT_TEXT', 'this is not an invitation');
  const first = relayBase(match[1]);
  const bytes = fragmentBytes(match[2]);
  const body = bytes.subarray(0, Math.max(0, bytes.length - checksumBytes));
  if (!equalBytes(checksum(first, body), bytes.subarray(body.length)))
    throw new FormatError('FORMAT_CHECKSUM', 'invitation was truncated or altered');
  const cursor = new Cursor(body);
  if (cursor.u8() !== version) throw new FormatError('FORMAT_VERSION', 'invitation is of a newer kind');
  const flags = cursor.u8();
  if (flags > plainFlag) throw new FormatError('FORMAT_VERSION', 'invitation is of a newer kind');
  const newsroom = cursor.take(newsroomBytes).slice();
  const token = cursor.take(tokenBytes).slice();
  const count = cursor.u8();
  if (count >= mostRelays) throw new FormatError('FORMAT_RANGE', 'invitation names too many relays');
  const others = Array.from({ length: count }, () => exactRelay(fromUtf8(cursor.take(cursor.u8()))));
  cursor.end();
  return { relays: [first, ...others], newsroom, token, plain: flags === plainFlag };
}

/** Its characters are of the alphabet; what is left to be wrong is where it ends. */
function fragmentBytes(text: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch (cause) {
    throw new FormatError('FORMAT_CHECKSUM', 'invitation was truncated or altered', cause);
  }
}

/** The one spelling of a relay's address: scheme, host, port, path without a trailing slash. @throws FormatError `FORMAT_TEXT` */
export function relayBase(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new FormatError('FORMAT_TEXT', 'relay address is no URL', cause);
  }
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password || url.search || url.hash) {
    throw new FormatError('FORMAT_TEXT', 'relay address is not a plain http or https URL');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Inside the checksum nothing was typed by hand, so only the one spelling is right. */
function exactRelay(text: string): string {
  if (relayBase(text) !== text) throw new FormatError('FORMAT_TEXT', 'relay address is not in its one spelling');
  return text;
}

/** May this relay be spoken to without TLS? Loopback never leaves the machine; an onion address brings its own encryption. @throws FormatError */
export function isSafeTransport(relay: string, plain: boolean): boolean {
  const url = new URL(relayBase(relay));
  if (url.protocol === 'https:' || plain) return true;
  return /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])$/.test(url.hostname) || url.hostname.endsWith('.onion');
}

function checksum(first: string, body: Uint8Array): Uint8Array {
  return sha256(
    new Writer()
      .put(utf8(`zajil-invitation/1\n${first}\n`))
      .put(body)
      .bytes(),
  ).subarray(0, checksumBytes);
}
