/** The door of `vectors`: the second reader. The vectors themselves are files. */
export { type ReadHead, readParcel } from './reader.ts';
