/** The door of `line` for every engine: how sealed parcels travel over a line that dies. Nobody imports past it. */
export * from './bell.ts';
export * from './clock.ts';
export * from './dispatch-record.ts';
export * from './indexed-db-spool.ts';
export * from './machine.ts';
export * from './memory-spool.ts';
export * from './newsroom.ts';
export * from './order.ts';
export * from './plan.ts';
export * from './refusal.ts';
export * from './sender.ts';
export * from './snapshot.ts';
export * from './spool.ts';
export type { Fetch } from './door.ts';
