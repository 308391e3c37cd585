/** The door of `verify` on Node: the same, and files and folders by path. */
export * from './index.ts';
export { verifyPaths } from './paths.node.ts';
