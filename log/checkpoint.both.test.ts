import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { signNote } from './note.ts';
import { createSigner } from './signer.ts';

const log = createSigner('log.example/1', new Uint8Array(32).fill(1));
const root = new Uint8Array(32).fill(9);
const text = formatCheckpoint({ origin: 'log.example/1', size: 5, root });

test('a checkpoint reads back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
      expect(parseCheckpoint(formatCheckpoint({ origin: 'a', size, root }))).toEqual({ origin: 'a', size, root });
    }),
  );
});

test('extension lines are passed over', () => {
  expect(parseCheckpoint(`${text}more\n`).size).toBe(5);
});

test.each([
  text.slice(0, -1),
  text.replace('\n5\n', '\n05\n'),
  text.replace('\n5\n', '\n-5\n'),
  text.replace('\n5\n', '\n9007199254740993\n'),
  text.replace('CQk=', 'CQ=='),
  text.replace('log.example/1', ''),
  `${text}\n`,
  'a\n5\n',
])('%j is refused', (bad) => {
  expect(() => parseCheckpoint(bad)).toThrow('not a checkpoint');
});

test('a checkpoint counts only under its own log’s key and name', () => {
  expect(verifyCheckpoint(signNote(text, log), log.vkey).size).toBe(5);
  expect(() => verifyCheckpoint(signNote(text.replace('log.example/1', 'log.example/2'), log), log.vkey)).toThrow('another log');
  const other = createSigner('log.example/1', new Uint8Array(32).fill(2));
  expect(() => verifyCheckpoint(signNote(text, other), log.vkey)).toThrow('nobody');
});
