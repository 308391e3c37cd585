import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNote, signNote, verifyNote } from './note.ts';
import { LogError } from './refusal.ts';
import { createSigner } from './signer.ts';

const anna = createSigner('anna', new Uint8Array(32).fill(1));
const basil = createSigner('basil', new Uint8Array(32).fill(2));
const code = (task: () => unknown) => {
  try {
    task();
  } catch (error) {
    return error instanceof LogError ? error.code : error;
  }
  return null;
};

test('a note says who of the given keys signed it, in the order of signatures', () => {
  const note = signNote('one\ntwo\n', anna, basil);
  expect(verifyNote(note, [basil.vkey, anna.vkey])).toEqual({ text: 'one\ntwo\n', signedBy: [anna.vkey, basil.vkey] });
  expect(verifyNote(note, [basil.vkey]).signedBy).toEqual([basil.vkey]);
});

test('text may hold empty lines and what looks like signatures', () => {
  const text = 'a\n\n— anna AAAAAAA=\n\nb\n';
  expect(verifyNote(signNote(text, anna), [anna.vkey]).text).toBe(text);
});

test('nobody known is a refusal', () => {
  expect(code(() => verifyNote(signNote('a\n', anna), [basil.vkey]))).toBe('LOG_SIGNATURE');
  expect(code(() => verifyNote(signNote('a\n', anna), []))).toBe('LOG_SIGNATURE');
});

test('a wrong signature by a known key is refused although another one is right', () => {
  const [, wrong = ''] = signNote('other\n', basil).split('\n\n');
  expect(code(() => verifyNote(signNote('a\n', anna) + wrong, [anna.vkey, basil.vkey]))).toBe('LOG_SIGNATURE');
  expect(verifyNote(signNote('a\n', anna) + wrong, [anna.vkey]).signedBy).toEqual([anna.vkey]);
});

test('a key of the same name but other bytes does not pass for the known one', () => {
  const impostor = createSigner('anna', new Uint8Array(32).fill(3));
  expect(code(() => verifyNote(signNote('a\n', impostor), [anna.vkey]))).toBe('LOG_SIGNATURE');
});

test('a note with any character changed is refused', () => {
  const note = signNote('the text\nof a note\n', anna);
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(note[at] !== character);
      expect(code(() => verifyNote(note.slice(0, at) + character + note.slice(at + 1), [anna.vkey]))).toMatch(/^LOG_/);
    }),
    { numRuns: 40 },
  );
});

test('a note cut anywhere is refused', () => {
  const note = signNote('the text\n', anna);
  for (let at = 0; at < note.length; at++) expect(code(() => verifyNote(note.slice(0, at), [anna.vkey]))).toBe('LOG_NOTE');
});

test('any text is either a note or refused', () => {
  const piece = fc.constantFrom('a', '\n', '\n\n', '— ', 'anna', ' ', 'AAAAAAA=', '\u0000', '\ud800');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      expect([null, 'LOG_NOTE']).toContain(code(() => parseNote(pieces.join(''))));
    }),
  );
});

test('texts that cannot be signed are our own mistake', () => {
  for (const text of ['', 'no newline', 'tab\t\n', 'half \ud800\n']) expect(() => signNote(text, anna)).toThrow(RangeError);
  expect(() => signNote('a\n')).toThrow(RangeError);
});
