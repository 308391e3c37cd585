/**
 * A picture small enough: drawn anew, so that nothing of the original's metadata can come along, and made smaller and
 * coarser until it fits. `docs/protocol.md` section "Layers".
 */

/** What can be drawn, with the size at which it is shown. */
export interface Drawable {
  readonly width: number;
  readonly height: number;
  /** Draws the whole of it into this rectangle. */
  draw(context: OffscreenCanvasRenderingContext2D, x: number, y: number, width: number, height: number): void;
}

export interface Fit {
  /** The finished picture has at most this many bytes. */
  readonly mostBytes: number;
  /** Longest side in pixels, from the finest that is wanted to the coarsest that still tells something. */
  readonly sides: readonly number[];
}

export interface Picture {
  /** `image/webp` or `image/jpeg`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Fills one bucket of 16 KiB beside the parcel's header. */
export const glanceFit: Fit = { mostBytes: 14_500, sides: [640, 512, 400, 320, 240, 160] };
/** Six frames; fills one bucket of 64 KiB. */
export const sheetFit: Fit = { mostBytes: 60_000, sides: [960, 720, 540, 360] };
/** The small copy of a photo; fills one bucket of 128 KiB. */
export const copyFit: Fit = { mostBytes: 120_000, sides: [1280, 1024, 800, 640] };

const qualities = [0.7, 0.5, 0.35] as const;

/** The finest picture that fits, or null when not even the coarsest does. */
export async function fitPicture(source: Drawable, fit: Fit): Promise<Picture | null> {
  for (const side of fit.sides) {
    const canvas = drawAt(source, side);
    for (const quality of qualities) {
      const picture = await encode(canvas, quality);
      if (picture.bytes.length <= fit.mostBytes) return picture;
      // Twice too large at this quality is too large at any: go on with fewer pixels.
      if (picture.bytes.length > 2.5 * fit.mostBytes) break;
    }
  }
  return null;
}

/** Size with this longest side, never larger than the source; at least one pixel. */
export function sizeWithin(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function drawAt(source: Drawable, side: number): OffscreenCanvas {
  const { width, height } = sizeWithin(source.width, source.height, side);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas here');
  context.imageSmoothingQuality = 'high';
  source.draw(context, 0, 0, width, height);
  return canvas;
}

/** WebP where the browser writes it, else JPEG: a browser that cannot answers with PNG, which is far too large. */
async function encode(canvas: OffscreenCanvas, quality: number): Promise<Picture> {
  let blob = await canvas.convertToBlob({ type: 'image/webp', quality });
  if (blob.type !== 'image/webp') blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
  return { type: blob.type, bytes: new Uint8Array(await blob.arrayBuffer()) };
}
