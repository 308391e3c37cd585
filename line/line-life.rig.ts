/** For the properties of the machine: what may wait on a phone, and what may happen to it, drawn at random; `play` plays it. */
import { Bitmap, type Layer, type WantsEntry, bucketBytes, layers, piecesOf, toTheEnd } from '@zajil/format';
import * as fc from 'fast-check';
import { type LineShape, SimulatedLine } from './machine-line.rig.ts';
import type { ParcelNote } from './order.ts';
import { makeNote } from './test-parcels.ts';
import { type WantsView, noWants } from './wants.ts';

export const anyNotes: fc.Arbitrary<ParcelNote[]> = fc
  .array(
    fc.record({
      layer: fc.constantFrom<Layer[]>(...layers),
      urgent: fc.boolean(),
      order: fc.nat(3),
      file: fc.nat(1),
      bytes: fc.constantFrom(...bucketBytes.slice(0, 4)),
      // Of one in four only some pieces are here, as from a card.
      here: fc.option(fc.nat(0xffff), { freq: 4 }).map((bits) => (bits === null ? null : bits + 1)),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((places) =>
    places.map(({ bytes, here, ...place }, i) => {
      const pieces = here === null ? {} : { pieces: bitmapOf(bytes, (piece) => ((here >> (piece % 17)) & 1) === 1) };
      return makeNote(i + 1, bytes, { ...place, dispatch: `d${place.order}`, part: i, ...pieces });
    }),
  );

function bitmapOf(bytes: number, has: (piece: number) => boolean): Bitmap {
  const bitmap = new Bitmap(piecesOf(bytes));
  for (let piece = 0; piece < bitmap.size; piece += 1) if (has(piece)) bitmap.add(piece);
  return bitmap;
}

const place = { layer: fc.constantFrom('glance' as const, 'cut' as const, 'whole' as const), file: fc.nat(1) };
const anyEntry: fc.Arbitrary<WantsEntry> = fc.oneof(
  fc.record({ ...place, from: fc.nat(9) }).map((rest): WantsEntry => ({ action: 'first', ...rest, to: toTheEnd })),
  fc
    .record({ ...place, part: fc.nat(9), bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }) })
    .map(({ bytes, ...rest }): WantsEntry => ({ action: 'pieces', ...rest, missing: new Bitmap(256, bytes) })),
  fc.record(place).map((rest): WantsEntry => ({ action: 'enough', ...rest })),
);
export const anyWants: fc.Arbitrary<WantsView> = fc
  .array(fc.tuple(fc.constantFrom('d0', 'd1', 'd2'), fc.array(fc.array(anyEntry, { maxLength: 3 }), { minLength: 1, maxLength: 2 })), {
    maxLength: 3,
  })
  .map((said) => new Map(said));

const anyShape: fc.Arbitrary<LineShape> = fc.record({
  relays: fc.integer({ min: 1, max: 3 }),
  lanes: fc.integer({ min: 1, max: 3 }),
  depth: fc.integer({ min: 1, max: 2 }),
  budget: fc.oneof(fc.integer({ min: 100, max: 20_000 }), fc.integer({ min: 9000, max: 90_000 })),
});

/** What can happen on a line, each as often as it is named. */
const faults = [
  ...(['send', 'send', 'send', 'send', 'send', 'send', 'send', 'arrive', 'arrive', 'arrive', 'answered', 'answered', 'answered'] as const),
  ...(['cut', 'cut', 'cut', 'answer-lost', 'cut-told-in-part', 'never-left', 'first-never-left', 'overtaken'] as const),
  ...(['ask', 'ask', 'ask-more', 'ask-more', 'ask-more', 'heard', 'heard', 'reply', 'reply', 'reply', 'reply-lost'] as const),
  ...(['forgets', 'lets-go', 'desk-brings', 'switch', 'relay-silent', 'distrust', 'restart', 'parcels', 'parcels', 'wants'] as const),
];
export interface Fault {
  readonly what: (typeof faults)[number];
  readonly a: number;
  readonly b: number;
}
const anyFaults: fc.Arbitrary<Fault[]> = fc.array(fc.record({ what: fc.constantFrom(...faults), a: fc.nat(999), b: fc.nat(40_000) }), {
  maxLength: 70,
  size: 'max',
});

/** @param fresh - parcels that were not supplied yet */
export function happen(line: SimulatedLine, { what, a, b }: Fault, fresh: ParcelNote[], views: readonly WantsView[]): void {
  const [shelf, note] = [line.shelf(line.current), line.noteOf(a)];
  const acts: Record<Fault['what'], () => unknown> = {
    send: () => line.send(a),
    arrive: () => line.arrive(a, b),
    answered: () => line.answer(a),
    cut: () => line.cut(a, b, true),
    'answer-lost': () => line.cut(a, Infinity, true),
    'cut-told-in-part': () => line.cut(a, b, false),
    'never-left': () => line.keep(a, false),
    'first-never-left': () => line.keep(a, true),
    overtaken: () => line.overtake(a),
    ask: () => line.ask(false),
    'ask-more': () => line.ask(true),
    heard: () => line.hearQuestion(),
    reply: () => line.endQuestion(false),
    'reply-lost': () => line.endQuestion(true),
    forgets: () => shelf.forget(),
    'lets-go': () => shelf.letGo(a % 3),
    parcels: () => line.supply(fresh.splice(0, 1 + (a % 3))),
    wants: () => line.want(views[a % views.length] ?? noWants),
    'desk-brings': () => note && shelf.push(note.name, b),
    switch: () => line.switchRelay(a),
    'relay-silent': () => a % 3 === 0 && line.silence(b),
    distrust: () => a % 3 === 0 && line.distrust(),
    restart: () => line.restart(),
  };
  acts[what]();
}

export const anyLife = fc.record({
  shape: anyShape,
  notes: anyNotes,
  events: anyFaults,
  views: fc.array(anyWants, { minLength: 1, maxLength: 3 }),
});
export type Life = typeof anyLife extends fc.Arbitrary<infer T> ? T : never;

/** Plays it; every bag is judged on the way. */
export function play({ shape, notes, events, views }: Life): SimulatedLine {
  const line = new SimulatedLine(shape, notes);
  const fresh = [...notes];
  line.supply(fresh.splice(0, Math.ceil(notes.length / 2)));
  for (const event of events) happen(line, event, fresh, views);
  line.supply(fresh);
  return line;
}
