/** For tests alone: what hostile hands do to bytes and texts, and the contract that every parser of this room keeps. */
import * as fc from 'fast-check';
import { FormatError } from './refusal.ts';

type Edit = { readonly at: number; readonly cut: number; readonly put: Uint8Array };

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 5000 })),
  put: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 80 })),
});

function apply(bytes: Uint8Array, { at, cut, put }: Edit): Uint8Array {
  const from = Math.floor(at * bytes.length);
  return Uint8Array.from([...bytes.subarray(0, from), ...put, ...bytes.subarray(from + cut)]);
}

/** Valid bytes after one to three edits, or nothing but noise. */
export function spoiledBytes(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edited = fc.tuple(valid, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([bytes, edits]) => edits.reduce(apply, bytes));
  return fc.oneof({ weight: 4, arbitrary: edited }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 700 }) });
}

/** A valid text after edits of its UTF-8 bytes, or any string at all, lone surrogates included. */
export function spoiledText(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edited = spoiledBytes(valid.map((text) => new TextEncoder().encode(text))).map((bytes) => new TextDecoder().decode(bytes));
  const noise = fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units));
  return fc.oneof({ weight: 4, arbitrary: edited }, { weight: 1, arbitrary: noise });
}

/** The contract: a parser ends in a value or a `FormatError`, never in another error. */
export function endsInValueOrRefusal<T>(input: fc.Arbitrary<T>, parse: (input: T) => unknown, numRuns = 300): void {
  fc.assert(
    fc.property(input, (value) => {
      try {
        parse(value);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }),
    { numRuns },
  );
}

/** A property whose body asserts by itself. */
export function always<T>(input: fc.Arbitrary<T>, check: (input: T) => void, numRuns = 100): void {
  fc.assert(
    fc.property(input, (value) => {
      check(value);
    }),
    { numRuns },
  );
}

/** The code with which `action` refuses, or null when it does not. */
export function codeOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    if (error instanceof FormatError) return error.code;
    throw error;
  }
}

export const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });

/** Cheap to draw: four bytes, repeated. @param bytes - a multiple of 4 */
export const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc.nat(0xffff_ffff).map((number) =>
    number
      .toString(16)
      .padStart(8, '0')
      .repeat(bytes / 4),
  );

export const mediaTypes = fc.constantFrom('video/mp4', 'image/jpeg', 'application/vnd.zajil.words+json', 'a/b');

export const days = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

/** A string that JSON can carry, with every kind of character. */
export const texts = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength: most }).filter((text) => text.length <= most);
