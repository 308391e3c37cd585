/** A checkpoint: a log's name, its size and its root, as the text of a signed note. C2SP tlog-checkpoint v1.0.0. */
import { fromBase64, toBase64 } from './base64.ts';
import { verifyNote } from './note.ts';
import { LogError } from './refusal.ts';
import { hashBytes } from './tree.slow.ts';
import { isKeyName, parseVkey } from './vkey.ts';

export interface Checkpoint {
  /** The log's name; for Zajil's logs also the name of the key that signs. */
  readonly origin: string;
  /** Entries in the log. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** @throws RangeError */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== hashBytes)
    throw new RangeError('a checkpoint has a name, a size and a root of 32 bytes');
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Lines after the third are extensions: signed, and passed over. @param text - of a signed note. @throws LogError `LOG_CHECKPOINT` */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', size = '', root = ''] = lines;
  if (lines.length < 4 || lines.at(-1) !== '' || lines.slice(0, -1).includes('') || !/^(?:0|[1-9]\d{0,15})$/.test(size)) throw malformed();
  if (!Number.isSafeInteger(Number(size))) throw malformed();
  const bytes = decode(root);
  if (bytes.length !== hashBytes) throw malformed();
  return { origin, size: Number(size), root: bytes };
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): LogError {
  return new LogError('LOG_CHECKPOINT', 'text is not a checkpoint of a log', cause);
}

/** The checkpoint, if this log signed it. @throws LogError `LOG_NOTE`, `LOG_SIGNATURE`, `LOG_CHECKPOINT` (also for another log's name) */
export function verifyCheckpoint(note: string, vkey: string): Checkpoint {
  const checkpoint = parseCheckpoint(verifyNote(note, [vkey]).text);
  if (checkpoint.origin !== parseVkey(vkey).name) throw new LogError('LOG_CHECKPOINT', 'checkpoint is of another log');
  return checkpoint;
}
