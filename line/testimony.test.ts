import { Bitmap, type Held, type HeldEntry, fromHex, promiseText, utf8 } from '@zajil/format';
import { createSigner } from '@zajil/log';
import { array, assert, constant, integer, oneof, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RelayKeys } from './judge.ts';
import { MemorySpool } from './memory-spool.ts';
import type { LineCode } from './refusal.ts';
import { RelayMemory } from './relay-memory.ts';
import type { Carried } from './spool.ts';
import { makeParcel } from './test-parcels.ts';
import { Testimony } from './testimony.ts';

const parcel = makeParcel(1, 32_768, { layer: 'glance' });
const { name } = parcel.note;
const signer = createSigner('relay.test/log', new Uint8Array(32).fill(7));
const keys: RelayKeys = { promising: [signer.vkey], named: [] };
const address = 'ab'.repeat(32);

interface Bench {
  readonly testimony: Testimony;
  readonly memory: RelayMemory;
  carried: Carried | null;
  now: number;
}

function bench(): Bench {
  const memory = new RelayMemory(new MemorySpool(), []);
  const one: Bench = { memory, carried: null, now: 0, testimony: new Testimony({ memory, parcel: known, now: () => one.now }) };
  function known(id: string) {
    return id === name ? { ...parcel.note, carried: one.carried } : undefined;
  }
  return one;
}

function partial(pieces: Iterable<number>): Held {
  const bitmap = new Bitmap(8);
  for (const piece of pieces) bitmap.add(piece);
  return { state: 'partial', pieces: bitmap };
}

const all = partial(Array(8).keys());

function taken(): Held {
  const salt = new Uint8Array(16);
  const signature = signer.sign(utf8(promiseText('relay.test/log', parcel.name, salt, 1000)));
  return { state: 'taken', promise: { salt, quarter: 1000, signature }, receipt: '' };
}

const entry = (held: Held, id = name): HeldEntry => ({ id: fromHex(id), held });

/** Asks and is answered at once. */
function ask({ testimony }: Bench, held: Held, relay = 'a'): LineCode | null {
  return testimony.hear(testimony.question(relay, [name]), [entry(held)], keys).lie?.code ?? null;
}

function sendBag({ testimony }: Bench, held: Held | null, head: boolean): LineCode | null {
  const asked = testimony.bag({ relay: 'a', entries: [{ name, head, pieces: [0, 1] }] });
  const entries = held ? [entry(held)] : [];
  testimony.hear(asked, entries, keys);
  return testimony.kept(asked, entries, 0)?.code ?? null;
}

describe('what a relay says against itself', () => {
  test('every piece and no promise: named at the third answer, if that took a while', () => {
    const one = bench();
    expect([ask(one, all), ask(one, all), ask(one, all)]).toEqual([null, null, null]);
    one.now = 3000;
    expect(ask(one, all)).toBe('LINE_FALSE_PIECES');
    const changed = bench();
    ask(changed, all);
    ask(changed, all);
    changed.now = 5000;
    expect([ask(changed, partial([1])), ask(changed, all), ask(changed, all)]).toEqual([null, null, null]);
  });

  test('pieces that vanish: not named before the third time', () => {
    const one = bench();
    const codes = [1, 2, 3].map(() => [ask(one, partial([1, 2])), ask(one, { state: 'unknown' })]);
    expect(codes).toEqual([
      [null, null],
      [null, null],
      [null, 'LINE_FALSE_PIECES'],
    ]);
    expect(ask(one, partial([1]))).toBeNull();
  });

  test('bags of which nothing is kept: named at the third that left after the answer to the one before', () => {
    expect(bags(partial([]), false)).toEqual([null, null, 'LINE_FALSE_PIECES']);
    expect(bags(null, true)).toEqual([null, null, 'LINE_FALSE_PIECES']);
    expect(bags({ state: 'unknown' }, true)).toEqual([null, null, 'LINE_FALSE_PIECES']);
    // It forgot the parcel, and there was no head in the bag.
    expect(bags({ state: 'unknown' }, false)).toEqual([null, null, null]);
    const { testimony } = bench();
    const plan = { relay: 'a', entries: [{ name, head: true, pieces: [0] }] };
    const together = [1, 2, 3].map(() => testimony.bag(plan));
    expect(together.map((asked) => testimony.kept(asked, [], 0)?.code ?? null)).toEqual([null, null, null]);
  });

  function bags(held: Held | null, head: boolean): (LineCode | null)[] {
    const one = bench();
    return [1, 2, 3].map(() => sendBag(one, held, head));
  }

  test('a promise is broken only by the relay that gave it, in an answer to what was asked after it', () => {
    const one = bench();
    const early = one.testimony.question('a', [name]);
    const { carried } = one.testimony.hear(one.testimony.question('a', [name]), [entry(taken())], keys);
    one.carried = carried.get(name) ?? null;
    expect(one.testimony.hear(early, [entry(partial([1]))], keys).lie).toBeNull();
    expect(ask(one, { state: 'unknown' }, 'b')).toBeNull();
    expect([ask(one, taken()), ask(one, { state: 'gone' }), ask(one, { state: 'expired' })]).toEqual([null, null, null]);
    expect(ask(one, { state: 'unknown' })).toBe('LINE_FALSE_PROMISE');
    expect(ask(one, all)).toBe('LINE_FALSE_PROMISE');
  });

  test('a lower sequence than the same relay showed before the question left is stale; another relay may be behind', () => {
    const { testimony, memory } = bench();
    const asked = testimony.question('a', [address]);
    const say = (which: typeof asked, sequence: number, kind: 'acknowledgement' | 'wants') =>
      testimony.message(which, address, { kind, sequence })?.code ?? null;
    expect(say(asked, 5, 'acknowledgement')).toBeNull();
    expect(say(asked, 4, 'acknowledgement')).toBeNull();
    const later = testimony.question('a', [address]);
    expect([say(later, 5, 'wants'), say(later, 4, 'wants'), say(later, 4, 'acknowledgement')]).toEqual([
      null,
      'LINE_REPLAYED_WANTS',
      'LINE_STALE_ACKNOWLEDGEMENT',
    ]);
    expect(say(testimony.question('b', [address]), 1, 'wants')).toBeNull();
    memory.retain(new Set());
    expect(say(testimony.question('a', [address]), 1, 'wants')).toBeNull();
  });

  test('an answer to something else is not used', () => {
    const { testimony } = bench();
    const hear = (entries: HeldEntry[]) => () => testimony.hear(testimony.question('a', [name]), entries, keys);
    expect(hear([])).toThrow(expect.objectContaining({ code: 'LINE_BAD_ANSWER' }));
    expect(hear([entry(all), entry(all)])).toThrow(expect.objectContaining({ code: 'LINE_BAD_ANSWER' }));
    expect(hear([entry(all), entry(all, address)])).toThrow(expect.objectContaining({ code: 'LINE_BAD_ANSWER' }));
    const message: Held = { state: 'message', message: new Uint8Array(512) };
    expect(hear([entry(all), entry(message, address)])).toThrow(expect.objectContaining({ code: 'LINE_FALSE_MESSAGE' }));
  });

  test('an honest relay is never accused, in whatever order its answers come', () => {
    const step = oneof(
      record({ do: constant('ask' as const), when: integer({ min: 0, max: 3 }) }),
      record({ do: constant('land' as const), piece: integer({ min: 0, max: 7 }) }),
      record({ do: constant('wait' as const) }),
    );
    assert(
      property(array(step, { maxLength: 60 }), (steps) => {
        const one = bench();
        const there = new Set<number>();
        const underWay: { due: number; deliver: () => void }[] = [];
        const say = (): Held => (there.size === 8 ? taken() : there.size === 0 ? { state: 'unknown' } : partial(there));
        for (const [at, next] of steps.entries()) {
          one.now += 2000;
          if (next.do === 'land') there.add(next.piece);
          if (next.do === 'ask') {
            const asked = one.testimony.question('a', [name]);
            const held = say();
            underWay.push({
              due: at + 5 * next.when,
              deliver: () => {
                const { lie, carried } = one.testimony.hear(asked, [entry(held)], keys);
                expect(lie).toBeNull();
                one.carried = carried.get(name) ?? one.carried;
              },
            });
          }
          for (const answer of underWay.filter(({ due }) => due === at)) answer.deliver();
        }
      }),
    );
  });
});
