/** Every vector of the C2SP/CCTV age testkit, judged by this room, whole, in odd chunks, and byte by byte. */
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { readPlaintext } from '@zajil/format';
import * as cctv from 'cctv-age';
import { expect, it } from 'vitest';
import { openAge, openAgeStream } from './age.ts';
import { type OpenCode, OpenError } from './refusal.ts';

interface Vector {
  readonly name: string;
  readonly expect: string;
  readonly payload: string | undefined;
  readonly keys: { identities: string[]; passphrases: string[] };
  readonly armored: boolean;
  readonly compressed: boolean;
  readonly file: Uint8Array;
}

function parseVector(name: string, bytes: Uint8Array): Vector {
  const end = Buffer.from(bytes).indexOf('\n\n');
  const lines = Buffer.from(bytes.subarray(0, end)).toString().split('\n');
  const values = (key: string) => lines.filter((line) => line.startsWith(`${key}: `)).map((line) => line.slice(key.length + 2));
  const compressed = values('compressed')[0] === 'zlib';
  const body = bytes.subarray(end + 2);
  return {
    name,
    expect: values('expect')[0] ?? '',
    payload: values('payload')[0],
    keys: { identities: values('identity'), passphrases: values('passphrase') },
    armored: values('armored')[0] === 'yes',
    compressed,
    file: compressed ? new Uint8Array(inflateSync(body)) : body,
  };
}

const vectors = Object.entries(cctv as unknown as Record<string, Uint8Array>).map(([name, bytes]) => parseVector(name, bytes));

/** Which of the testkit's verdicts a refusal stands for. */
const verdicts: Partial<Record<OpenCode, string>> = {
  OPEN_ARMOR: 'armor failure',
  OPEN_HEADER: 'header failure',
  OPEN_STANZA: 'header failure',
  OPEN_NO_MATCH: 'no match',
  OPEN_ALTERED: 'payload failure',
  OPEN_TRUNCATED: 'payload failure',
  OPEN_TRAILING: 'payload failure',
};

function verdictOf(error: unknown): string {
  if (!(error instanceof OpenError)) throw error;
  if (error.code === 'OPEN_ALTERED' && error.message.startsWith('The header')) return 'HMAC failure';
  return verdicts[error.code] ?? error.code;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function* inChunks(file: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes);
}

async function stream(vector: Vector, chunkBytes: number): Promise<{ verdict: string; released: string }> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of openAgeStream(inChunks(vector.file, chunkBytes), vector.keys)) hash.update(readPlaintext(chunk));
    return { verdict: 'success', released: hash.digest('hex') };
  } catch (error) {
    return { verdict: verdictOf(error), released: hash.digest('hex') };
  }
}

it('has all 143 vectors', () => {
  expect(vectors).toHaveLength(143);
  const kinds = new Set(['success', 'no match', 'HMAC failure', 'header failure', 'payload failure', 'armor failure']);
  expect(vectors.filter((vector) => !kinds.has(vector.expect))).toEqual([]);
});

it.each(vectors)('judges $name as it says: $expect', async (vector) => {
  const opened = await openAge(vector.file, vector.keys, vector.armored).catch(verdictOf);
  expect(typeof opened === 'string' ? opened : 'success').toBe(vector.expect);
  if (typeof opened !== 'string') expect(sha256(readPlaintext(opened))).toBe(vector.payload);
});

it.each(vectors.filter((vector) => !vector.armored))('releases of $name, streamed, exactly what it says', async (vector) => {
  const ways = vector.file.length > 300_000 ? [65_536, 1021] : [vector.file.length || 1, 65_552, 1021, 1];
  for (const chunkBytes of ways) {
    const { verdict, released } = await stream(vector, chunkBytes);
    expect([chunkBytes, verdict]).toEqual([chunkBytes, vector.expect]);
    if (vector.payload) expect([chunkBytes, released]).toEqual([chunkBytes, vector.payload]);
    else expect(released).toBe(sha256(new Uint8Array(0)));
  }
});
