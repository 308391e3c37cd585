/** The routes are listed at the head of `../api.ts`, beside their types. */
export type * from '../api.ts';
