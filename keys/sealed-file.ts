/**
 * `keys.sealed`: a member's secrets under a passphrase.
 *
 * `docs/protocol.md` section "Keys file". Argon2id (RFC 9106) gives 64 bytes: the first 32 prove the head, the last 32
 * are the key of the box. So a wrong passphrase is told from a damaged file.
 *
 *     file = "ZJK1" ‖ flags (1: generated passphrase) ‖ passes (1 byte) ‖ lanes (1 byte) ‖ 0 ‖ memory in KiB (4 bytes)
 *            ‖ salt (16 bytes) ‖ HMAC-SHA256(first half, all before) ‖ box (context "keys", vouching for all before)
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Cursor, Secret, Writer, concatBytes, equalBytes, revealSecret, utf8 } from '@zajil/format';
import { type Cost, argon2id } from './argon2.ts';
import { type Random, leastBoxBytes, openBox, sealBox } from './box.ts';
import { checkTyped, passphraseBytes } from './passphrase.ts';
import { KeysError } from './refusal.ts';

const magic = utf8('ZJK1');
const saltBytes = 16;
const headBytes = 4 + 4 + 4 + saltBytes;
const proofBytes = 32;
const generatedFlag = 1;

/**
 * For a desk: 224 MiB and four passes, far above RFC 9106's second recommended choice. A guess costs more than with
 * 256 MiB and three passes, and the process that makes it stays below 300 MB with its runtime.
 */
export const deskCost: Cost = { memoryKib: 224 * 1024, passes: 4, lanes: 4 };
/** A file that asks for more is refused before it can exhaust the machine. */
export const mostCost: Cost = { memoryKib: 1024 * 1024, passes: 16, lanes: 16 };

/** An opened lock: seals the same file again without asking for the passphrase. */
export interface Lock {
  readonly head: Uint8Array;
  readonly key: Secret;
}

async function derive(bytes: Uint8Array, cost: Cost, salt: Uint8Array): Promise<{ proof: Uint8Array; key: Secret }> {
  const derived = await argon2id(bytes, salt, cost);
  return { proof: derived.subarray(0, 32), key: new Secret(derived.slice(32)) };
}

function prove(proof: Uint8Array, head: Uint8Array): Uint8Array {
  return createHmac('sha256', proof).update(head).digest();
}

/** Makes a lock for a new passphrase. Takes about as long as a guess. */
export async function makeLock(passphrase: string, generated: boolean, cost: Cost, random: Random): Promise<Lock> {
  const salt = random(saltBytes);
  const start = new Writer()
    .put(magic)
    .u8(generated ? generatedFlag : 0)
    .u8(cost.passes)
    .u8(cost.lanes)
    .u8(0)
    .u32(cost.memoryKib);
  const head = start.put(salt).bytes();
  const { proof, key } = await derive(passphraseBytes(passphrase, generated), cost, salt);
  return { head: concatBytes(head, prove(proof, head)), key };
}

/** The file's bytes. */
export function sealFile(lock: Lock, content: Uint8Array, random: Random): Uint8Array {
  return concatBytes(lock.head, sealBox({ key: lock.key, context: 'keys', before: lock.head }, content, random));
}

/** @throws KeysError for every file that is not exactly what was written, and for every other passphrase */
export async function openFile(file: Uint8Array, passphrase: string): Promise<{ lock: Lock; content: Uint8Array }> {
  const { generated, cost, salt } = parseHead(file);
  checkTyped(passphrase, generated);
  const { proof, key } = await derive(passphraseBytes(passphrase, generated), cost, salt);
  const lock = { head: file.slice(0, headBytes + proofBytes), key };
  if (!timingSafeEqual(prove(proof, lock.head.subarray(0, headBytes)), lock.head.subarray(headBytes)))
    throw new KeysError(
      'KEYS_WRONG_PASSPHRASE',
      'This passphrase does not open the newsroom. Nothing was changed. Try again; after several tries, check that this is the right folder.',
    );
  return { lock, content: openBox({ key, context: 'keys', before: lock.head }, file.subarray(lock.head.length)) };
}

function parseHead(file: Uint8Array): { generated: boolean; cost: Cost; salt: Uint8Array } {
  if (file.length < headBytes + proofBytes + leastBoxBytes)
    throw new KeysError('KEYS_TRUNCATED', 'The file with the keys is cut short. Nothing was changed. Restore it from a copy.');
  const cursor = new Cursor(file);
  if (!equalBytes(cursor.take(magic.length), magic)) throw unknownKind();
  const flags = cursor.u8();
  const passes = cursor.u8();
  const lanes = cursor.u8();
  const reserved = cursor.u8();
  const memoryKib = cursor.u32();
  if (flags > generatedFlag || reserved !== 0) throw unknownKind();
  const outside = passes < 1 || passes > mostCost.passes || lanes < 1 || lanes > mostCost.lanes;
  if (outside || memoryKib < 8 * lanes || memoryKib > mostCost.memoryKib)
    throw new KeysError(
      'KEYS_LIMITS',
      'The file with the keys asks for more work than is allowed; it was altered. Nothing was opened. Restore it from a copy.',
    );
  return { generated: flags === generatedFlag, cost: { memoryKib, passes, lanes }, salt: cursor.take(saltBytes) };
}

function unknownKind(): KeysError {
  return new KeysError(
    'KEYS_VERSION',
    'The file with the keys is of another kind or was overwritten. Nothing was changed. Restore it from a copy.',
  );
}

/** Forgets the key of a lock. */
export function wipeLock(lock: Lock): void {
  revealSecret(lock.key).fill(0);
}
