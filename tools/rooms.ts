/**
 * The drawing of the house as data: which room may import which, and what a room is. `ARCHITECTURE.md` shows the same
 * as a picture. The arrow check and the bundle check read it.
 */

/** Rooms that a room may import, besides itself. */
export const arrowsByRoom: Readonly<Record<string, readonly string[]>> = {
  format: [],
  log: ['format'],
  roster: ['format', 'log'],
  seal: ['format'],
  line: ['format', 'log', 'roster'],
  reply: ['format'],
  field: ['format', 'log', 'roster', 'seal', 'line', 'reply'],
  relay: ['format', 'log', 'roster'],
  open: ['format'],
  keys: ['format', 'log', 'roster'],
  desk: ['format', 'log', 'roster', 'seal', 'line', 'reply', 'open', 'keys'],
  press: ['format', 'log', 'roster'],
  verify: ['format', 'log', 'roster'],
  cli: ['format', 'log', 'roster', 'seal', 'line', 'reply', 'relay', 'open', 'keys', 'desk', 'press', 'verify'],
  journeys: [
    'format',
    'vectors',
    'log',
    'roster',
    'seal',
    'line',
    'reply',
    'field',
    'relay',
    'open',
    'keys',
    'desk',
    'press',
    'verify',
    'cli',
  ],
  bench: ['format', 'log', 'roster', 'seal', 'line', 'relay', 'open', 'keys', 'desk', 'press', 'verify', 'cli'],
  vectors: ['format'],
  tools: [],
};

/** Rooms of which no module may go into a shipped bundle. */
export const forbiddenRooms: readonly string[] = ['open', 'keys', 'desk'];

const opening = [/OPEN_[A-Z]/, /KEYS_[A-Z]/, /DESK_[A-Z]/, /no identity matched any of the file's recipients/, /AGE-SECRET-KEY/];

/** Refusal codes survive minifying and name the room that was let in; the required marks prove that it is the right bundle. */
export const bundleRules: Readonly<Record<'field' | 'relay', { forbidden: readonly RegExp[]; required: readonly RegExp[] }>> = {
  field: { forbidden: opening, required: [/SEAL_[A-Z]/, /LINE_[A-Z]/] },
  relay: { forbidden: [...opening, /SEAL_[A-Z]/], required: [/RELAY_FULL/] },
};

/** Doors that a browser's bundler resolves: nothing of Node may be reached from them. */
export const browserDoors: readonly string[] = [
  'format/index.ts',
  'log/index.ts',
  'roster/index.ts',
  'seal/index.ts',
  'line/index.ts',
  'verify/index.ts',
  'field/main.tsx',
];
