/** The door of `log` for every engine: what a log signs and proves, and how anyone checks it. Nobody imports past it. */
export { fromBase64, toBase64 } from './base64.ts';
export * from './checkpoint.ts';
export * from './cosignature.ts';
export * from './entry-bundle.ts';
export * from './note.ts';
export * from './proof.ts';
export * from './receipt.ts';
export * from './refusal.ts';
export { createSigner, type NoteSigner, verifySignature } from './signer.ts';
export * from './tile-log.ts';
export * from './tile-path.ts';
export * from './tile-store.ts';
export * from './tlog-proof.ts';
export * from './tree.slow.ts';
export * from './vkey.ts';
