/** The door of `relay`: the mailbox that knows nothing. Nobody imports past it. */
export { type AllowanceLimits } from './allowance.ts';
export { type RelayFigures } from './mailbox.ts';
export { fillerEntry } from './notary.ts';
export { RelayError, type RelayCode } from './relay-error.ts';
export { startRelay, type RelayOptions, type RunningRelay } from './relay.ts';
