/**
 * Vectors that others published, read as found from `../shared/vectors` beside the project when it is there. What is
 * left out, and why, is printed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromUtf8, utf8 } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { parseCosignature } from './cosignature.ts';
import { parseNote, signNote, verifyNote } from './note.ts';
import { verifyConsistency, verifyInclusion } from './proof.ts';
import { LogError } from './refusal.ts';
import { createSigner } from './signer.ts';
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts';
import { parseCosignatureVkey, parseVkey } from './vkey.ts';

const folder = fileURLToPath(new URL('../../shared/vectors/', import.meta.url));
const readJson = (...path: string[]): never => JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as never;

function leftOut(what: string): void {
  process.stdout.write(`left out: ${what}\n`);
}

if (!existsSync(folder)) leftOut('all foreign vectors, since ../shared/vectors is not beside the project');

interface OpenCase {
  name: string;
  note?: string;
  noteBase64?: string;
  keys: string[];
  ok: boolean;
  verified?: string[];
  unverified?: string[];
}

describe.skipIf(!existsSync(folder))('signed-note', () => {
  test('the example of the specification verifies', () => {
    const { vkey, note } = readJson('signed-note', 'c2sp-example.json') as { vkey: string; note: string };
    expect(verifyNote(note, [vkey])).toEqual({ text: 'This is an example message.\n', signedBy: [vkey] });
  });

  test('Go’s keys are taken and refused as Go does, and its signature is made again bit for bit', () => {
    const go = readJson('signed-note', 'go-note-open.json') as {
      goodVkeys: string[];
      badVkeys: string[];
      sign: { skey: string; text: string; want: string };
    };
    for (const vkey of go.goodVkeys) expect(parseVkey(vkey).publicKey).toHaveLength(32);
    for (const vkey of go.badVkeys) expect(() => parseVkey(vkey)).toThrow(LogError);
    const [, , name = '', , ...secret] = go.sign.skey.split('+');
    expect(signNote(go.sign.text, createSigner(name, fromBase64(secret.join('+')).slice(1)))).toBe(go.sign.want);
  });

  test('Go’s notes open, or are refused, as in Go', () => {
    const { open } = readJson('signed-note', 'go-note-open.json') as { open: OpenCase[] };
    expect(open).toHaveLength(15);
    for (const one of open) {
      const read = () => one.note ?? fromUtf8(fromBase64(one.noteBase64 ?? ''));
      if (!one.ok) {
        expect(() => verifyNote(read(), one.keys), one.name).toThrow();
        continue;
      }
      const { signedBy } = verifyNote(read(), one.keys);
      expect(signedBy.map((vkey) => parseVkey(vkey).name)).toEqual(one.verified);
      const others = new Set(parseNote(read()).signatures.map((line) => line.name));
      for (const name of one.verified ?? []) others.delete(name);
      expect([...others]).toEqual(one.unverified);
    }
  });
});

describe.skipIf(!existsSync(folder))('tlog-formats', () => {
  test('cosigners’ keys are taken and refused as found, but ML-DSA', () => {
    const cases = readJson('tlog-formats', 'cosigv1-vkeys.json') as { name: string; vkey: string; wantErr: boolean }[];
    for (const { name, vkey, wantErr } of cases) {
      if (name.includes('MLDSA44')) {
        leftOut(`tlog-formats/cosigv1-vkeys "${name}": this program knows no ML-DSA cosignatures, and refuses the key`);
        expect(() => parseCosignatureVkey(vkey)).toThrow('of a kind');
      } else if (wantErr) expect(() => parseCosignatureVkey(vkey), name).toThrow(LogError);
      else expect(parseCosignatureVkey(vkey).publicKey, name).toHaveLength(32);
    }
  });

  test('times of cosignatures are read as found', () => {
    const cases = readJson('tlog-formats', 'cosigv1-timestamp.json') as { base64: string; wantErr: boolean; wantUnix?: number }[];
    for (const { base64, wantErr, wantUnix } of cases) {
      const read = () => parseCosignature(fromBase64(base64).slice(4)).seconds;
      if (wantErr) expect(read).toThrow();
      else expect(read()).toBe(wantUnix);
    }
  });

  test('proof files read and write as found', () => {
    const { valid, invalid } = readJson('tlog-formats', 'tlog-proof.json') as {
      valid: { index: number; hashes: string[]; extra?: string; checkpoint: string; text: string }[];
      invalid: { text: string }[];
    };
    for (const { index, hashes, extra, checkpoint, text } of valid) {
      const proof = parseTlogProof(text);
      expect(proof).toMatchObject({ index, checkpoint });
      expect(proof.hashes.map(toBase64)).toEqual(hashes);
      expect(proof.extra && toBase64(proof.extra)).toBe(extra);
      expect(formatTlogProof(proof)).toBe(text);
    }
    for (const { text } of invalid) expect(() => parseTlogProof(text)).toThrow(LogError);
  });
});

interface MerkleCase {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  desc: string;
  wantErr: boolean;
}

describe.skipIf(!existsSync(folder))('transparency-dev-merkle', () => {
  const root = join(folder, 'transparency-dev-merkle', 'testdata');
  const casesOf = (kind: string): MerkleCase[] =>
    readdirSync(join(root, kind), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.json'))
      .map((path) => readJson('transparency-dev-merkle', 'testdata', kind, path) as MerkleCase);
  const judge = ({ wantErr, desc }: MerkleCase, verify: () => void) => {
    if (wantErr) expect(verify, desc).toThrow(LogError);
    else expect(verify, desc).not.toThrow();
  };

  test('inclusion proofs are taken and refused as found', () => {
    const cases = casesOf('inclusion');
    expect(cases).toHaveLength(98);
    for (const one of cases) {
      const claim = { size: one.treeSize, index: one.leafIdx, leaf: fromBase64(one.leafHash), root: fromBase64(one.root) };
      judge(one, () => verifyInclusion({ ...claim, proof: (one.proof ?? []).map(fromBase64) }));
    }
  });

  test('consistency proofs are taken and refused as found', () => {
    const cases = casesOf('consistency');
    expect(cases).toHaveLength(98);
    for (const one of cases) {
      const claim = { size1: one.size1, root1: fromBase64(one.root1), size2: one.size2, root2: fromBase64(one.root2) };
      judge(one, () => verifyConsistency({ ...claim, proof: (one.proof ?? []).map(fromBase64) }));
    }
  });

  test('what does not apply is said', () => {
    for (const kind of ['subtreeinclusion', 'subtreeconsistency'])
      leftOut(
        `transparency-dev-merkle/${kind}, ${casesOf(kind).length} cases: proofs about subtrees that need not be trees of a log (Merkle Tree Certificates); no Zajil log makes or takes them`,
      );
    expect(utf8('').length).toBe(0);
  });
});
