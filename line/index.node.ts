/** The door of `line` on Node: all of `index.ts`, and the spool in a folder. */
export * from './index.ts';
export * from './card-file.ts';
export * from './folder-spool.ts';
export * from './dialled-wire.ts';
