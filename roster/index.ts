/** The door of `roster`: who the newsroom is, which keys are its own, and which requests come from its devices. */
export * from './acknowledgement.ts';
export { splitChain, type ChainLink } from './chain.ts';
export * from './extends.ts';
export * from './intake.ts';
export * from './refusal.ts';
export * from './request.ts';
export * from './roster.ts';
export * from './wants.ts';
