/**
 * Requests that a device of the newsroom signs: HTTP Message Signatures (RFC 9421) with Ed25519 and a Content-Digest
 * (RFC 9530), in one spelling only.
 *
 * `docs/protocol.md` section "Desk requests". Covered: method, path, query, digest of the body; with time, nonce and the
 * relay's verifier key as tag. Not covered: the host, since relays stand behind onions and proxies that rename it; the
 * tag keeps one relay from handing a request on to another.
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
/** The whole verifier key, not its name: a relay chooses its own name, and could choose another's. */
const tagShape = /^[!#-[\]-~]{1,200}$/;
const nonceShape = /^[A-Za-z0-9_-]{16,64}$/;
const input =
  /^zajil=(\("@method" "@path" "@query" "content-digest"\);created=(\d{1,12});keyid="([!#-[\]-~]{1,100})";nonce="([A-Za-z0-9_-]{16,64})";alg="ed25519";tag="([!#-[\]-~]{1,200})")$/;
const digestShape = /^sha-256=:[A-Za-z0-9+/]{43}=:$/;

/** Can a request be signed for a relay of this verifier key? */
export function isRequestTag(vkey: string): boolean {
  return tagShape.test(vkey);
}

/**
 * The headers to send with a request.
 *
 * @param relay - verifier key of the log of the relay that is asked: no other relay takes the request
 * @param nonce - 16 to 64 characters of base64url, random, never used twice
 * @param nowMs - milliseconds since 1970
 * @throws RangeError for a nonce, key name or relay that cannot travel in a header
 */
export function signRequest(request: {
  readonly method: string;
  readonly url: string | URL;
  readonly body: Uint8Array;
  readonly signer: NoteSigner;
  readonly relay: string;
  readonly nowMs: number;
  readonly nonce: string;
}): Record<string, string> {
  const { method, signer, relay, nowMs, nonce } = request;
  const { name } = parseVkey(signer.vkey);
  if (!keyid.test(name) || !nonceShape.test(nonce) || !isRequestTag(relay))
    throw new RangeError('key name, nonce or relay cannot travel in a header');
  const { pathname, search } = new URL(request.url);
  const digest = contentDigest(request.body);
  const params = `${covered};created=${Math.floor(nowMs / 1000)};keyid="${name}";nonce="${nonce}";alg="ed25519";tag="${relay}"`;
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

/** What the head of a request says, without its body. */
interface RequestHead {
  readonly method: string;
  /** As it stands in the request line, still percent-encoded. */
  readonly path: string;
  /** With or without its question mark; empty when there is none. */
  readonly query: string;
  readonly headers: Headers;
  /** The devices in force. */
  readonly vkeys: readonly string[];
  /** Verifier key of the relay that was asked. */
  readonly relay: string;
  readonly nowMs: number;
}

/** Who signed a request, and what its caller remembers. */
export interface SignedRequest {
  readonly vkey: string;
  readonly nonce: string;
  readonly createdMs: number;
}

/**
 * Which device signed this request. The caller refuses a nonce that it has seen from that key within twice
 * `requestSkewMs`.
 *
 * @throws RosterError `ROSTER_REQUEST`; `ROSTER_REQUEST_TIME` when signed rightly, but not within 300 s of now
 */
export function verifyRequest({ body, ...head }: RequestHead & { readonly body: Uint8Array }): SignedRequest {
  const signed = verifyRequestHead(head);
  if (head.headers.get('content-digest') !== contentDigest(body)) throw refuse();
  return signed;
}

/**
 * Whether a device signed for the body that this head announces: so that nobody else is listened to for megabytes. It
 * proves nothing of the body that comes: `verifyRequest` does, when it is there.
 *
 * @throws RosterError as `verifyRequest`
 */
export function verifyRequestHead(request: RequestHead): SignedRequest {
  const { method, path, query, headers } = request;
  const [, params = '', created = '', name = '', nonce = '', tag = ''] = input.exec(headers.get('signature-input') ?? '') ?? [];
  const digest = headers.get('content-digest') ?? '';
  if (params === '' || tag !== request.relay || !digestShape.test(digest)) throw refuse();
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
