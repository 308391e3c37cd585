import { sha256 } from '@noble/hashes/sha2.js';
import { type PartHead, Plaintext, type Tally } from '@zajil/format';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembler, type Placement, placementOf, placeParts } from './assembler.ts';
import { footage, head } from './parcel.fixture.ts';

const lengths = [100, 100, 100, 40];

/** Part `part` of a stream of parts of 100, 100, 100 and 40 bytes. */
function placement(part: number, said: Partial<PartHead> = {}, length = lengths[part] ?? 100, seed = part + 1): Placement {
  const content = new Plaintext(footage(length, seed));
  return placementOf(footage(32, seed + 50), { head: { ...head, part, parts: 4, offset: part * 100, ...said }, content });
}

const tally: Tally = {
  bytes: 340,
  sha256: footage(32, 77),
  parts: lengths.map((length, i) => ({ length, name: footage(32, i + 51) })),
};

const refusal = (code: string) => expect.objectContaining({ name: 'OpenError', code }) as Error;

/** The plain twin: a byte for each byte. */
function presentSlowly(placements: readonly Placement[]): number[] {
  return [...new Set(placements.flatMap(({ head, length }) => Array.from({ length }, (_, i) => head.offset + i)))].sort((a, b) => a - b);
}

describe('placing', () => {
  it('takes parts in any order, twice or not at all, and tells what is there and what is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (order) => {
        const assembler = new Assembler();
        const seen = new Set<number>();
        for (const part of order) {
          expect(assembler.place(placement(part))).toBe(seen.has(part) ? 'duplicate' : 'placed');
          seen.add(part);
        }
        const bytes = presentSlowly(assembler.placed);
        const covered = assembler.present.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
        expect(covered).toEqual(bytes);
        const missing = assembler.missing(tally).flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
        expect([...bytes, ...missing].sort((a, b) => a - b)).toEqual(Array.from({ length: 340 }, (_, i) => i));
        expect(assembler.judge().state).toBe(seen.size === 4 ? 'all-parts' : 'partial');
        expect(assembler.judge(tally).state).toBe(seen.size === 4 ? 'unproven' : 'partial');
      }),
    );
  });

  it('takes a part that was sealed twice under two names for one', () => {
    const assembler = placeParts([placement(0)]);
    expect(assembler.place({ ...placement(0), name: footage(32, 99) })).toBe('duplicate');
    expect(assembler.placed[0]?.name).toEqual(footage(32, 51));
  });

  it('survives a restart from what it placed', () => {
    const before = placeParts([placement(2), placement(0)]);
    const after = placeParts(structuredClone(before.placed));
    expect(after.present).toEqual(before.present);
    expect(after.parts).toBe(4);
  });

  it('takes parts that do not yet say how many there are', () => {
    const assembler = placeParts([placement(0, { parts: 0 }), placement(1, { parts: 0 })]);
    expect(assembler.judge()).toEqual({ state: 'partial' });
    expect(assembler.missing()).toEqual([{ from: 200, to: Number.POSITIVE_INFINITY }]);
    expect(assembler.place(placement(3))).toBe('placed');
    expect(assembler.missing()).toEqual([{ from: 200, to: 300 }]);
  });
});

describe('refusing, with everything before left as it was', () => {
  const cases: [string, string, Placement[], Placement][] = [
    ['another content in a place that is taken', 'OPEN_CONFLICT', [placement(1)], placement(1, {}, 100, 9)],
    ['another length in a place that is taken', 'OPEN_CONFLICT', [placement(1)], placement(1, {}, 99)],
    ['a part that reaches into the next', 'OPEN_OVERLAP', [placement(1)], placement(0, {}, 101)],
    ['a part that begins within the one before', 'OPEN_OVERLAP', [placement(0)], placement(1, { offset: 99 })],
    ['a later number at an earlier place', 'OPEN_OVERLAP', [placement(2)], placement(3, { offset: 0 })],
    ['an earlier number at a later place', 'OPEN_OVERLAP', [placement(1)], placement(0, { offset: 0 }, 500)],
    ['a gap between neighbours', 'OPEN_GAP', [placement(0)], placement(1, { offset: 101 })],
    ['a first part that does not begin at the beginning', 'OPEN_GAP', [], placement(0, { offset: 1 })],
    ['a later part at the beginning', 'OPEN_OVERLAP', [], placement(2, { offset: 0 })],
    ['another number of parts', 'OPEN_PARTS', [placement(0)], placement(1, { parts: 5 })],
    ['a part beyond the last', 'OPEN_PARTS', [placement(0)], placement(4, { parts: 0 })],
    ['a number of parts below one that is there', 'OPEN_PARTS', [placement(3, { parts: 0 })], placement(0, { parts: 2 })],
    ['another dispatch', 'OPEN_STREAM', [placement(0)], placement(1, { dispatch: footage(16, 8) })],
    ['another layer', 'OPEN_STREAM', [placement(0)], placement(1, { layer: 'cut' })],
    ['another file', 'OPEN_STREAM', [placement(0)], placement(1, { file: 3 })],
    ['another view', 'OPEN_STREAM', [placement(0)], placement(1, { view: 1 })],
    ['another type', 'OPEN_STREAM', [placement(0)], placement(1, { type: 'image/jpeg' })],
  ];

  it.each(cases)('%s', (_, code, before, bad) => {
    const assembler = placeParts(before);
    const kept = structuredClone(assembler.placed);
    expect(() => assembler.place(bad)).toThrow(refusal(code));
    expect(assembler.placed).toEqual(kept);
  });

  it('never places bytes twice, whatever a hostile phone says', () => {
    const anyPart = fc.record({ part: fc.nat(6), offset: fc.nat(12), length: fc.nat(6), parts: fc.constantFrom(0, 4, 6) });
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 10 }), (said) => {
        const assembler = new Assembler();
        for (const { length, ...where } of said) {
          try {
            assembler.place(placement(where.part, where, length, 1));
          } catch (error) {
            expect(error).toMatchObject({ name: 'OpenError' });
          }
        }
        const total = assembler.placed.reduce((sum, { length }) => sum + length, 0);
        expect(presentSlowly(assembler.placed)).toHaveLength(total);
        expect(assembler.placed.map((one) => one.head.part)).toEqual(assembler.placed.map((one) => one.head.part).sort((a, b) => a - b));
      }),
    );
  });
});

describe('judging with a tally', () => {
  const all = () => placeParts([0, 1, 2, 3].map((part) => placement(part)));

  it('calls complete only what has the hash of the tally', () => {
    expect(all().judge(tally, tally.sha256)).toEqual({ state: 'complete' });
    expect(all().judge(tally, sha256(footage(1)))).toEqual({ state: 'mismatch' });
    expect(all().judge(tally)).toEqual({ state: 'unproven' });
  });

  it('is partial, not complete, while a part is missing, even with the right hash', () => {
    const assembler = placeParts([placement(0), placement(1), placement(3)]);
    expect(assembler.judge(tally, tally.sha256)).toEqual({ state: 'partial' });
    expect(assembler.missing(tally)).toEqual([{ from: 200, to: 300 }]);
  });

  it('is a mismatch when the tally cuts the file in another way', () => {
    const other = { ...tally, parts: [...tally.parts.slice(0, 3), ...tally.parts.slice(3, 4), { length: 0, name: footage(32) }] };
    expect(all().judge(other, tally.sha256)).toEqual({ state: 'mismatch' });
    const shifted = { ...tally, parts: tally.parts.with(0, { length: 99, name: footage(32) }).with(3, { length: 41, name: footage(32) }) };
    expect(all().judge(shifted, tally.sha256)).toEqual({ state: 'mismatch' });
  });

  it('calls an empty original complete', () => {
    const empty = placeParts([placement(0, { parts: 1 }, 0)]);
    const nothing: Tally = { bytes: 0, sha256: sha256(new Uint8Array(0)), parts: [{ length: 0, name: footage(32) }] };
    expect(empty.present).toEqual([]);
    expect(empty.judge(nothing, nothing.sha256)).toEqual({ state: 'complete' });
  });
});
