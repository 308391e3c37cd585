/** What journeys may use of the command: a line that dies, and footage to send over it. */
export { BadLine, type LineStats, type LineWindow, type Shape } from './bad-line.ts';
export { findFootage, type Footage } from './demo/footage.ts';
