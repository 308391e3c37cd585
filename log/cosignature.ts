/**
 * Timestamped cosignatures: a witness says that it saw a checkpoint, and when.
 *
 * C2SP tlog-cosignature, "Format" for cosignature/v1. The signature in the note is an 8-byte big-endian time and 64
 * bytes of Ed25519 over a label, that time and the note's text.
 */
import { concatBytes, Cursor, utf8, Writer } from '@zajil/format';
import { formatSignatureLine, parseNote } from './note.ts';
import { LogError } from './refusal.ts';
import { type NoteSigner, verifyRaw } from './signer.ts';
import { parseCosignatureVkey } from './vkey.ts';

const cosignatureBytes = 8 + 64;

export interface Cosignature {
  /** Seconds since 1970: not later than this the witness saw the checkpoint. */
  readonly seconds: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** What follows the key id. @throws LogError `LOG_SIGNATURE` when it is not 72 bytes or its time is out of range */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== cosignatureBytes) throw new LogError('LOG_SIGNATURE', 'a cosignature has 72 bytes');
  const cursor = new Cursor(bytes);
  try {
    return { seconds: cursor.u64(), signature: cursor.take(64).slice() };
  } catch (cause) {
    throw new LogError('LOG_SIGNATURE', 'time of a cosignature is out of range', cause);
  }
}

function cosignedMessage(text: string, seconds: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/**
 * @param note - a checkpoint as signed note
 * @param vkey - the witness's key, of kind 0x04 or its plain key of kind 0x01
 * @returns when the witness saw it: the earliest time, if it signed more than once
 * @throws LogError `LOG_NOTE`, `LOG_VKEY`; `LOG_SIGNATURE` without a cosignature by this key, or with a wrong one
 */
export function verifyCosignature(note: string, vkey: string): { text: string; seconds: number } {
  const { text, signatures } = parseNote(note);
  const { name, id, publicKey } = parseCosignatureVkey(vkey);
  const times = signatures
    .filter((line) => line.name === name && line.id === id)
    .map((line) => {
      const { seconds, signature } = parseCosignature(line.signature);
      verifyRaw(publicKey, cosignedMessage(text, seconds), signature);
      return seconds;
    });
  if (times.length === 0) throw new LogError('LOG_SIGNATURE', 'this witness did not sign this text');
  return { text, seconds: Math.min(...times) };
}

/** The note with one more line. Whether the checkpoint deserves it, the witness must have checked before. @param nowMs - milliseconds since 1970 */
export function cosignNote(note: string, signer: NoteSigner, nowMs: number): string {
  const { text } = parseNote(note);
  const { name, id } = parseCosignatureVkey(signer.vkey);
  const seconds = Math.floor(nowMs / 1000);
  const signature = concatBytes(new Writer().u64(seconds).bytes(), signer.sign(cosignedMessage(text, seconds)));
  return note + formatSignatureLine({ name, id, signature });
}
