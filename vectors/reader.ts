/**
 * A second, plain reader of parcels, so that nothing is lost if Zajil vanishes: written on `node:crypto` alone, from
 * C2SP age.md (age-encryption.org/v1), RFC 9180 (HPKE), the X-Wing draft, and `docs/protocol.md` sections "Parcel" and
 * "Part". It shares no code with the rest of the project, which is tested against it.
 *
 *     node vectors/reader.ts IDENTITY_SEED_HEX PARCEL_FILE > content      (the part's head goes to standard error)
 */
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  hkdfSync,
} from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface ReadHead {
  /** 16 bytes, hex. */
  readonly dispatch: string;
  readonly layer: 'words' | 'glance' | 'cut' | 'whole' | 'tally';
  readonly file: number;
  readonly view: number;
  readonly part: number;
  readonly parts: number;
  readonly offset: number;
  readonly type: string;
}

/**
 * Opens one parcel. @param identitySeed - 32 bytes, what `AGE-SECRET-KEY-PQ-1…` encodes
 *
 * @throws Error on anything that is not one whole, unaltered parcel for this identity; nothing of it is returned then
 */
export function readParcel(parcel: Uint8Array, identitySeed: Uint8Array): { head: ReadHead; content: Uint8Array } {
  const file = Buffer.from(parcel.buffer, parcel.byteOffset, parcel.byteLength);
  check(isBucket(file.length), 'length is no bucket');
  const header = readHeader(file);
  const fileKey = openStanza(header.enc, header.body, identitySeed);
  const mac = createHmac('sha256', hkdf(fileKey, '', 'header'))
    .update(header.covered)
    .digest();
  check(mac.equals(header.mac), 'header was altered');
  return readPart(openPayload(file.subarray(header.length), fileKey));
}

function check(condition: boolean, refusal: string): asserts condition {
  if (!condition) throw new Error(`This is not a whole parcel for this identity: ${refusal}.`);
}

/** 8 KiB to 1 MiB, each twice the one before. */
function isBucket(bytes: number): boolean {
  return [8, 16, 32, 64, 128, 256, 512, 1024].includes(bytes / 1024);
}

// --- age header: C2SP age.md, "Header" -----------------------------------------------------------------------------

interface Header {
  /** The stanza's encapsulated key: 1,120 bytes. */
  readonly enc: Buffer;
  /** The stanza's body: the sealed file key, 32 bytes. */
  readonly body: Buffer;
  readonly mac: Buffer;
  /** What the MAC covers: the header up to and with `---`. */
  readonly covered: Buffer;
  readonly length: number;
}

/** A parcel has exactly one stanza, so exactly these four lines, and every parcel's header has the same length. */
function readHeader(file: Buffer): Header {
  const length = 1627;
  const text = file.subarray(0, length).toString('latin1');
  const match = /^age-encryption\.org\/v1\n-> mlkem768x25519 ([A-Za-z0-9+/]{1494})\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n$/.exec(
    text,
  );
  const [, enc, body, mac] = match ?? [];
  check(enc !== undefined && body !== undefined && mac !== undefined, 'header is not that of a parcel');
  const covered = file.subarray(0, length - 45);
  return { enc: fromBase64(enc), body: fromBase64(body), mac: fromBase64(mac), covered, length };
}

/** Unpadded, and canonical: the unused bits of the last character are zero. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  check(bytes.toString('base64').replaceAll('=', '') === text, 'base64 is not canonical');
  return bytes;
}

// --- The file key: HPKE OpenBase with MLKEM768-X25519, HKDF-SHA256, ChaCha20Poly1305 -------------------------------

function openStanza(enc: Buffer, body: Buffer, identitySeed: Uint8Array): Buffer {
  const info = Buffer.from('age-encryption.org/mlkem768x25519');
  const { key, nonce } = keySchedule(openKem(enc, identitySeed), info);
  return openSealed(key, nonce, body, 'it was sealed to another identity');
}

/** X-Wing's decapsulation: SHA3-256 over both shared secrets, the X25519 ciphertext and public key, and a label. */
function openKem(enc: Buffer, identitySeed: Uint8Array): Buffer {
  check(identitySeed.length === 32, 'the identity has no 32 bytes');
  const expanded = createHash('shake256', { outputLength: 96 }).update(identitySeed).digest();
  const kemKey = createPrivateKey({ key: expanded.subarray(0, 64), format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
  const curveKey = createPrivateKey({ key: expanded.subarray(64), format: 'raw-private', asymmetricKeyType: 'x25519' });
  const share = enc.subarray(1088);
  const curveShare = createPublicKey({ key: share, format: 'raw-public', asymmetricKeyType: 'x25519' });
  return createHash('sha3-256')
    .update(decapsulate(kemKey, enc.subarray(0, 1088)))
    .update(diffieHellman({ privateKey: curveKey, publicKey: curveShare }))
    .update(share)
    .update(createPublicKey(curveKey).export({ format: 'raw-public' }))
    .update('\\.//^\\')
    .digest();
}

/** RFC 9180 section 5.1, mode base. */
function keySchedule(sharedSecret: Buffer, info: Buffer): { key: Buffer; nonce: Buffer } {
  const empty = Buffer.alloc(0);
  const context = Buffer.concat([Buffer.of(0), labeledExtract(empty, 'psk_id_hash', empty), labeledExtract(empty, 'info_hash', info)]);
  const secret = labeledExtract(sharedSecret, 'secret', empty);
  return { key: labeledExpand(secret, 'key', context, 32), nonce: labeledExpand(secret, 'base_nonce', context, 12) };
}

/** "HPKE", KEM 0x647a, KDF 0x0001, AEAD 0x0003. */
const suite = Buffer.from('48504b45647a00010003', 'hex');

function labeledExtract(salt: Buffer, label: string, ikm: Buffer): Buffer {
  return createHmac('sha256', salt).update('HPKE-v1').update(suite).update(label).update(ikm).digest();
}

/** One block of HKDF-Expand (RFC 5869 section 2.3): no more than 32 bytes are ever wanted here. */
function labeledExpand(secret: Buffer, label: string, context: Buffer, bytes: number): Buffer {
  const hmac = createHmac('sha256', secret).update(Buffer.of(0, bytes)).update('HPKE-v1').update(suite).update(label);
  return hmac.update(context).update(Buffer.of(1)).digest().subarray(0, bytes);
}

// --- age payload: C2SP age.md, "Payload" ---------------------------------------------------------------------------

function openPayload(payload: Buffer, fileKey: Buffer): Buffer {
  const key = hkdf(fileKey, payload.subarray(0, 16), 'payload');
  const stream = payload.subarray(16);
  const sealedChunk = 65536 + 16;
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += sealedChunk) {
    const last = at + sealedChunk >= stream.length;
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(at / sealedChunk, 7);
    nonce[11] = last ? 1 : 0;
    chunks.push(openSealed(key, nonce, stream.subarray(at, at + sealedChunk), 'its content was altered'));
  }
  return Buffer.concat(chunks);
}

function openSealed(key: Buffer, nonce: Buffer, sealed: Buffer, refusal: string): Buffer {
  check(sealed.length >= 16, refusal);
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(sealed.subarray(-16));
  const plain = cipher.update(sealed.subarray(0, -16));
  try {
    cipher.final();
  } catch {
    check(false, refusal);
  }
  return plain;
}

function hkdf(fileKey: Buffer, salt: Buffer | string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, salt, info, 32));
}

// --- The part inside: docs/protocol.md, "Part" ---------------------------------------------------------------------

const layers = ['words', 'glance', 'cut', 'whole', 'tally'] as const;

function readPart(part: Buffer): { head: ReadHead; content: Uint8Array } {
  check(part.length >= 45 && part.toString('latin1', 0, 4) === 'ZJP1', 'no part is inside');
  const layer = layers[part.readUInt8(20)];
  const offset = Number(part.readBigUInt64BE(32));
  const length = part.readUInt32BE(40);
  const begin = 45 + part.readUInt8(44);
  const type = part.toString('latin1', 45, begin);
  const head = { dispatch: part.toString('hex', 4, 20), file: part.readUInt8(21), view: part.readUInt8(22) };
  const place = { part: part.readUInt32BE(24), parts: part.readUInt32BE(28), offset, type };
  check(layer !== undefined && head.file < 255 && part.readUInt8(23) === 0, 'its part has a number out of range');
  check(place.parts === 0 || place.part < place.parts, 'its part has a number out of range');
  check(offset + length <= Number.MAX_SAFE_INTEGER, 'its part has a number out of range');
  check(/^[a-z0-9]{1,20}\/[a-z0-9.+-]{1,79}$/.test(type), 'its media type is malformed');
  check(begin + length <= part.length, 'its part is truncated');
  check(
    part.subarray(begin + length).every((byte) => byte === 0),
    'its padding is not zero',
  );
  return { head: { ...head, layer, ...place }, content: new Uint8Array(part.subarray(begin, begin + length)) };
}

// --- The command ---------------------------------------------------------------------------------------------------

if (import.meta.main) {
  const [seed, path] = process.argv.slice(2);
  if (!seed || !path) {
    process.stderr.write('node vectors/reader.ts IDENTITY_SEED_HEX PARCEL_FILE > content\n');
    process.exitCode = 2;
  } else {
    const { head, content } = readParcel(readFileSync(path), Buffer.from(seed, 'hex'));
    process.stderr.write(`${JSON.stringify(head)}\n`);
    process.stdout.write(content);
  }
}
