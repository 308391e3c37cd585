import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { codeOf, bytesOf, spoiledBytes } from './hostile.ts';
import { type BagFrame, BagParser, FormatError, bagMagic, bucketBytes, concatBytes, formatBagFrame, makeParcelHead } from './index.ts';

const head: fc.Arbitrary<BagFrame> = fc
  .tuple(fc.constantFrom(...bucketBytes.slice(0, 4)), fc.nat(255))
  .map(([bytes, fill]) => ({ kind: 'head', head: makeParcelHead(new Uint8Array(bytes).fill(fill), (piece) => piece.slice(0, 32)) }));
const name: fc.Arbitrary<BagFrame> = bytesOf(32).map((name) => ({ kind: 'name', name }));
const piece: fc.Arbitrary<BagFrame> = fc
  .tuple(fc.nat(255), fc.nat(255))
  .map(([index, fill]) => ({ kind: 'piece', index, bytes: new Uint8Array(4096).fill(fill) }));
const frames = fc
  .tuple(fc.oneof(head, name), fc.array(fc.oneof(head, name, piece), { maxLength: 5 }))
  .map(([first, others]) => [first, ...others]);

function write(frames: readonly BagFrame[]): Uint8Array {
  return concatBytes(bagMagic, ...frames.map(formatBagFrame));
}

/** What comes out of a bag cut at these places, and with which code it ends. */
function read(bag: Uint8Array, cuts: readonly number[] = []): { frames: BagFrame[]; code: string | null } {
  const parser = new BagParser();
  const frames: BagFrame[] = [];
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bag.length)).sort((a, b) => a - b), bag.length];
  const code = codeOf(() => {
    for (const [i, from] of places.slice(0, -1).entries()) frames.push(...parser.push(bag.subarray(from, places[i + 1])));
    parser.end();
  });
  return { frames, code };
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

test('any cut of a bag into chunks gives the same frames', () => {
  fc.assert(
    fc.property(frames, cuts, (frames, cuts) => {
      expect(read(write(frames), cuts)).toEqual({ frames, code: null });
    }),
    { numRuns: 60 },
  );
});

test('a bag cut anywhere gives a prefix of its frames', () => {
  fc.assert(
    fc.property(frames, fc.double({ min: 0, max: 1, noNaN: true }), (frames, end) => {
      const bag = write(frames);
      const got = read(bag.subarray(0, Math.floor(end * bag.length)));
      expect(got).toEqual({ frames: frames.slice(0, got.frames.length), code: null });
    }),
    { numRuns: 60 },
  );
});

test('a spoiled bag gives the same frames and the same refusal however it is cut, and no other error', () => {
  fc.assert(
    fc.property(spoiledBytes(frames.map(write)), cuts, (bag, cuts) => {
      expect(read(bag, cuts)).toEqual(read(bag));
    }),
    { numRuns: 100 },
  );
});

test('every byte alone gives the same frames as the whole', () => {
  const bag = write([
    { kind: 'name', name: new Uint8Array(32) },
    { kind: 'piece', index: 255, bytes: new Uint8Array(4096).fill(7) },
  ]);
  const parser = new BagParser();
  expect([...bag].flatMap((byte) => parser.push(Uint8Array.of(byte)))).toEqual(read(bag).frames);
});

test('what came before a fault is returned, then the fault is thrown for ever', () => {
  const name = { kind: 'name', name: new Uint8Array(32).fill(1) } as const;
  const parser = new BagParser();
  expect(parser.push(concatBytes(write([name]), Uint8Array.of(9)))).toEqual([name]);
  expect(codeOf(() => parser.end())).toBe('FORMAT_RANGE');
  expect(codeOf(() => parser.push(formatBagFrame(name)))).toBe('FORMAT_RANGE');
});

test('a fault without a frame before it is thrown at once, and stays', () => {
  const parser = new BagParser();
  expect(codeOf(() => parser.push(Uint8Array.of(0)))).toBe('FORMAT_MAGIC');
  expect(codeOf(() => parser.push(bagMagic))).toBe('FORMAT_MAGIC');
});

test('frames do not share memory with the chunk they came in', () => {
  const bag = write([{ kind: 'name', name: new Uint8Array(32).fill(1) }]);
  const [frame] = new BagParser().push(bag);
  bag.fill(9);
  expect(frame).toEqual({ kind: 'name', name: new Uint8Array(32).fill(1) });
});

/** Bytes that typed arrays copy meanwhile, by `set` and `slice`. */
function copiedBytes(action: () => void): number {
  const set = vi.spyOn(Uint8Array.prototype, 'set');
  const slice = vi.spyOn(Uint8Array.prototype, 'slice');
  action();
  const taken = set.mock.calls.reduce((sum, [from]) => sum + from.length, 0);
  const given = slice.mock.results.reduce((sum, { value }) => sum + (value as Uint8Array).length, 0);
  vi.restoreAllMocks();
  return taken + given;
}

test('every byte is copied at most twice, in single bytes as in one chunk', () => {
  const head = makeParcelHead(new Uint8Array(1024 * 1024), () => new Uint8Array(32));
  const bag = write([
    { kind: 'head', head },
    ...Array.from({ length: 5 }, (_, index) => ({ kind: 'piece' as const, index, bytes: new Uint8Array(4096) })),
  ]);
  for (const chunk of [1, 3, 4099, bag.length]) {
    const parser = new BagParser();
    const copied = copiedBytes(() => {
      for (let at = 0; at < bag.length; at += chunk) parser.push(bag.subarray(at, at + chunk));
    });
    expect(copied, String(chunk)).toBeLessThanOrEqual(2 * bag.length);
  }
});

test('formatBagFrame() refuses to write what could not be read back', () => {
  expect(() => formatBagFrame({ kind: 'piece', index: 256, bytes: new Uint8Array(4096) })).toThrow(RangeError);
  expect(() => formatBagFrame({ kind: 'piece', index: 0, bytes: new Uint8Array(4095) })).toThrow(RangeError);
  expect(() => formatBagFrame({ kind: 'name', name: new Uint8Array(31) })).toThrow(RangeError);
  expect(() => formatBagFrame({ kind: 'head', head: new Uint8Array(72) })).toThrow(RangeError);
  expect(new FormatError('FORMAT_RANGE', '')).not.toBeInstanceOf(RangeError);
});
