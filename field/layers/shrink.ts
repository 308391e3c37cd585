/** A drawable copied small into memory, so that the large one can be let go. */
import { type Drawable, sizeWithin } from './fit.ts';

/** A copy in memory at this longest side. */
export function shrink(source: Drawable, side: number): Drawable {
  const { width, height } = sizeWithin(source.width, source.height, side);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas here');
  source.draw(context, 0, 0, width, height);
  return { width, height, draw: (to, x, y, w, h) => to.drawImage(canvas, x, y, w, h) };
}
