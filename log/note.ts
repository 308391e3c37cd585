/**
 * Signed notes: a text, an empty line, and one line for each signature.
 *
 * C2SP signed-note v1.0.0. What a note says is worth nothing until `verifyNote` returned it.
 */
import { concatBytes, utf8 } from '@zajil/format';
import { fromBase64, toBase64 } from './base64.ts';
import { LogError } from './refusal.ts';
import { type NoteSigner, verifyRaw } from './signer.ts';
import { isKeyName, parseVkey } from './vkey.ts';

/** Go's limits; C2SP asks verifiers to take at least 16 signatures. */
const mostSignatures = 100;
const mostNoteChars = 1_000_000;
const lineStart = '— ';

export interface NoteSignature {
  readonly name: string;
  /** Key id, unsigned 32 bits. */
  readonly id: number;
  /** What follows the key id: 64 bytes for Ed25519. */
  readonly signature: Uint8Array;
}

export interface UnverifiedNote {
  /** Ends with a newline; it is what was signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** @param text - ends with a newline, no other control characters. @throws RangeError without a signer or for such a text */
export function signNote(text: string, ...signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw new RangeError('the text of a note ends with a newline and has no other control characters');
  if (signers.length === 0) throw new RangeError('a note needs a signer');
  const lines = signers.map((signer) => {
    const { name, id } = parseVkey(signer.vkey);
    return formatSignatureLine({ name, id, signature: signer.sign(utf8(text)) });
  });
  return `${text}\n${lines.join('')}`;
}

/** One signature line, newline included. */
export function formatSignatureLine({ name, id, signature }: NoteSignature): string {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, id);
  return `${lineStart}${name} ${toBase64(concatBytes(head, signature))}\n`;
}

/** @throws LogError `LOG_NOTE` */
export function parseNote(note: string): UnverifiedNote {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  if (split < 0 || note.length > mostNoteChars || !isNoteText(text)) throw malformed();
  const block = note.slice(split + 2);
  if (!block.endsWith('\n')) throw malformed();
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > mostSignatures) throw malformed();
  return { text, signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [name = '', base64 = '', ...rest] = line.slice(lineStart.length).split(' ');
  if (!line.startsWith(lineStart) || rest.length > 0 || !isKeyName(name)) throw malformed();
  const bytes = decode(base64);
  if (bytes.length < 5) throw malformed();
  return { name, id: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), signature: bytes.slice(4) };
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw malformed(cause);
  }
}

function isNoteText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  return text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function malformed(cause?: unknown): LogError {
  return new LogError('LOG_NOTE', 'text is not a signed note; it may have been cut short on its way', cause);
}

/**
 * The text, if at least one of these keys signed it. Signatures by other keys are passed over; a wrong signature by
 * one of these keys always throws, whatever else is there.
 *
 * @param vkeys - keys of kind 0x01
 * @returns `signedBy`: those of `vkeys` that signed, in the order of the signatures, each once
 * @throws LogError `LOG_NOTE`, `LOG_VKEY`, `LOG_SIGNATURE` (also when a signature fits two of the keys)
 */
export function verifyNote(note: string, vkeys: readonly string[]): { text: string; signedBy: string[] } {
  const { text, signatures } = parseNote(note);
  const keys = vkeys.map((vkey) => ({ vkey, ...parseVkey(vkey) }));
  const message = utf8(text);
  const signedBy = new Set<string>();
  for (const { name, id, signature } of signatures) {
    const [key, second] = keys.filter((known) => known.name === name && known.id === id);
    if (second) throw new LogError('LOG_SIGNATURE', 'a signature fits more than one of the given keys');
    if (!key) continue;
    verifyRaw(key.publicKey, message, signature);
    signedBy.add(key.vkey);
  }
  if (signedBy.size === 0) throw new LogError('LOG_SIGNATURE', 'nobody that is known here signed this text');
  return { text, signedBy: [...signedBy] };
}
