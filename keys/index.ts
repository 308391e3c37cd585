/** The door of `keys`: secrets of a member. Node only. */
export * from './box.ts';
export * from './calendar.ts';
export { type IntakeSeed, Keyring } from './keyring.ts';
export * from './newsroom.ts';
export { checkNewPassphrase, isGenerated, makePassphrase, passphraseEntropyBytes, passphraseWords, shortestOwn } from './passphrase.ts';
export * from './recipient.ts';
export * from './refusal.ts';
export { type Cost } from './argon2.ts';
export { deskCost } from './sealed-file.ts';
export type { KeptInvitation, KnownRelay } from './secrets.ts';
