/** The door of `log` on Node: all of `index.ts`, and a log's files on disk. */
export * from './index.ts';
export * from './durable-file.node.ts';
export * from './folder-lock.node.ts';
export * from './folder-tiles.node.ts';
