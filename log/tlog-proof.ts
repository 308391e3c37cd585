/** A proof in a file: index, hashes, and the checkpoint that they lead to. C2SP tlog-proof (`c2sp.org/tlog-proof@v1`). */
import { fromBase64, toBase64 } from './base64.ts';
import { LogError } from './refusal.ts';
import { hashBytes } from './tree.slow.ts';

const header = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^63 leaves has no longer proof. */
const mostHashes = 63;
const mostChars = 1_000_000;

export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** A signed note, not checked here. */
  readonly checkpoint: string;
  /** Bytes that the application adds; nothing proves them. */
  readonly extra?: Uint8Array;
}

export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [header, ...(extra ? [`extra ${toBase64(extra)}`] : []), `index ${index}`, ...hashes.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws LogError `LOG_PROOF` */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  const checkpoint = text.slice(split + 2);
  if (split < 0 || text.length > mostChars || !checkpoint.endsWith('\n')) throw malformed();
  const [first, ...lines] = text.slice(0, split).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? decode(lines.shift()?.slice('extra '.length) ?? '') : undefined;
  const [, digits] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (first !== header || digits === undefined || !Number.isSafeInteger(Number(digits)) || lines.length > mostHashes) throw malformed();
  const hashes = lines.map(decode);
  if (hashes.some((hash) => hash.length !== hashBytes)) throw malformed();
  return { index: Number(digits), hashes, checkpoint, ...(extra && { extra }) };
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): LogError {
  return new LogError('LOG_PROOF', 'text is not a proof from a log; it may have been cut short on its way', cause);
}
