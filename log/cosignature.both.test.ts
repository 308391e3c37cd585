import { expect, test } from 'vitest';
import { cosignNote, verifyCosignature } from './cosignature.ts';
import { signNote, verifyNote } from './note.ts';
import { createSigner } from './signer.ts';
import { formatCosignatureVkey } from './vkey.ts';

const log = createSigner('log.example', new Uint8Array(32).fill(1));
const witness = createSigner('witness.example', new Uint8Array(32).fill(2));
const note = signNote('log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n', log);

test('a cosigned checkpoint says when it was seen, and stays a note of its log', () => {
  const cosigned = cosignNote(note, witness, 1_700_000_000_999);
  expect(verifyCosignature(cosigned, witness.vkey).seconds).toBe(1_700_000_000);
  expect(verifyCosignature(cosigned, formatCosignatureVkey(witness.vkey)).seconds).toBe(1_700_000_000);
  expect(verifyNote(cosigned, [log.vkey, witness.vkey]).signedBy).toEqual([log.vkey]);
});

test('of several times the earliest counts', () => {
  const twice = cosignNote(cosignNote(note, witness, 9000), witness, 5000);
  expect(verifyCosignature(twice, witness.vkey).seconds).toBe(5);
});

test('without the witness, or with its word over another text, it is refused', () => {
  expect(() => verifyCosignature(note, witness.vkey)).toThrow('did not sign');
  const other = signNote('other\n', log);
  const line = cosignNote(other, witness, 5000).slice(other.length);
  expect(() => verifyCosignature(note + line, witness.vkey)).toThrow('not by this key');
});

test('a plain signature does not pass for a cosignature', () => {
  expect(() => verifyCosignature(note, log.vkey)).toThrow('did not sign');
});
