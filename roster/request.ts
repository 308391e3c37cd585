/**
 * Requests that a device of the newsroom signs: HTTP Message Signatures (RFC 9421) with Ed25519 and a Content-Digest
 * (RFC 9530), in one spelling only.
 *
 * `docs/protocol.md` section "Desk requests". Covered: method, path, query, digest of the body; with time and nonce.
 * Not covered: the host, since relays stand behind onions and proxies that rename it.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8 } from '@zajil/format';
import { fromBase64, LogError, type NoteSigner, parseVkey, toBase64, verifySignature } from '@zajil/log';
import { RosterError } from './refusal.ts';

/** A request may be this much older or newer than the relay's clock: milliseconds. Nonces are remembered for twice that. */
export const requestSkewMs = 300_000;

const label = 'zajil';
const covered = '("@method" "@path" "@query" "content-digest")';
/** Printable ASCII without the two characters that a structured string escapes (RFC 8941 section 3.3.3). */
const keyid = /^[!#-[\]-~]{1,100}$/;
const nonceShape = /^[A-Za-z0-9_-]{16,64}$/;
const input =
  /^zajil=(\("@method" "@path" "@query" "content-digest"\);created=(\d{1,12});keyid="([!#-[\]-~]{1,100})";nonce="([A-Za-z0-9_-]{16,64})";alg="ed25519")$/;

/**
 * The headers to send with a request.
 *
 * @param nonce - 16 to 64 characters of base64url, random, never used twice
 * @param nowMs - milliseconds since 1970
 * @throws RangeError for a nonce or key name that cannot travel in a header
 */
export function signRequest(request: {
  readonly method: string;
  readonly url: string | URL;
  readonly body: Uint8Array;
  readonly signer: NoteSigner;
  readonly nowMs: number;
  readonly nonce: string;
}): Record<string, string> {
  const { method, signer, nowMs, nonce } = request;
  const { name } = parseVkey(signer.vkey);
  if (!keyid.test(name) || !nonceShape.test(nonce)) throw new RangeError('key name or nonce cannot travel in a header');
  const { pathname, search } = new URL(request.url);
  const digest = contentDigest(request.body);
  const params = `${covered};created=${Math.floor(nowMs / 1000)};keyid="${name}";nonce="${nonce}";alg="ed25519"`;
  const signature = signer.sign(signatureBase({ method, path: pathname, query: search, digest, params }));
  return {
    'content-digest': digest,
    'signature-input': `${label}=${params}`,
    signature: `${label}=:${toBase64(signature)}:`,
  };
}

/** RFC 9530 section 2. */
function contentDigest(body: Uint8Array): string {
  return `sha-256=:${toBase64(sha256(body))}:`;
}

/** RFC 9421 section 2.5. A missing query is signed as a lone question mark (section 2.2.7). */
function signatureBase(part: { method: string; path: string; query: string; digest: string; params: string }): Uint8Array {
  const lines = [
    `"@method": ${part.method.toUpperCase()}`,
    `"@path": ${part.path}`,
    `"@query": ${part.query.startsWith('?') ? part.query : `?${part.query}`}`,
    `"content-digest": ${part.digest}`,
    `"@signature-params": ${part.params}`,
  ];
  return utf8(lines.join('\n'));
}

/**
 * Which device signed this request. The caller refuses a nonce that it has seen from that key within twice
 * `requestSkewMs`.
 *
 * @param path - as it stands in the request line, still percent-encoded
 * @param query - with or without its question mark; empty when there is none
 * @param vkeys - the devices in force
 * @throws RosterError `ROSTER_REQUEST`; `ROSTER_REQUEST_TIME` when signed rightly, but not within 300 s of now
 */
export function verifyRequest(request: {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly vkeys: readonly string[];
  readonly nowMs: number;
}): { vkey: string; nonce: string; createdMs: number } {
  const { method, path, query, headers } = request;
  const [, params = '', created = '', name = '', nonce = ''] = input.exec(headers.get('signature-input') ?? '') ?? [];
  const digest = contentDigest(request.body);
  if (params === '' || headers.get('content-digest') !== digest) throw refuse();
  const base = signatureBase({ method, path, query, digest, params });
  const signature = readSignature(headers.get('signature') ?? '');
  const vkey = request.vkeys.find((known) => parseVkey(known).name === name && isSigned(known, base, signature));
  if (vkey === undefined) throw refuse();
  const createdMs = Number(created) * 1000;
  if (Math.abs(request.nowMs - createdMs) > requestSkewMs)
    throw new RosterError('ROSTER_REQUEST_TIME', 'request was signed at another time; set the clock of this computer, then try again');
  return { vkey, nonce, createdMs };
}

function readSignature(header: string): Uint8Array {
  const [, base64] = /^zajil=:([A-Za-z0-9+/]{86}==):$/.exec(header) ?? [];
  if (base64 === undefined) throw refuse();
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw refuse(cause);
  }
}

function isSigned(vkey: string, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    verifySignature(vkey, message, signature);
    return true;
  } catch (error) {
    if (error instanceof LogError && error.code === 'LOG_SIGNATURE') return false;
    throw error;
  }
}

function refuse(cause?: unknown): RosterError {
  return new RosterError('ROSTER_REQUEST', 'request is not signed by a device of this newsroom, or was altered; nothing was done', cause);
}
