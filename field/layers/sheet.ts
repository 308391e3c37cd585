/** The contact sheet of a video: six frames in three columns, from the beginning to the end. */
import type { Drawable } from './fit.ts';

export const sheetFrames = 6;
const columns = 3;

/** Seconds from the beginning: the middle of each sixth. */
export function sheetTimes(durationSeconds: number): number[] {
  return Array.from({ length: sheetFrames }, (_, i) => ((i + 0.5) / sheetFrames) * durationSeconds);
}

/** Second of the frame that stands for the whole: late enough to be past the hand that pressed the button. */
export function glanceTime(durationSeconds: number): number {
  return Math.min(durationSeconds / 3, 10);
}

/** A sheet of these frames, all of the size of the first. @throws RangeError without a frame */
export function layOut(frames: readonly Drawable[]): Drawable {
  const first = frames[0];
  if (!first) throw new RangeError('a contact sheet has frames');
  const rows = Math.ceil(frames.length / columns);
  return {
    width: first.width * Math.min(columns, frames.length),
    height: first.height * rows,
    draw(context, x, y, width, height) {
      const tileWidth = width / Math.min(columns, frames.length);
      const tileHeight = height / rows;
      for (const [i, frame] of frames.entries())
        frame.draw(context, x + (i % columns) * tileWidth, y + Math.floor(i / columns) * tileHeight, tileWidth, tileHeight);
    },
  };
}
