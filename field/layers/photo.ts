/** The two small layers of a photo: a glance and a small copy. Neither carries anything of the original but its light. */
import { type Drawable, type Picture, copyFit, fitPicture, glanceFit } from './fit.ts';

export interface PhotoLayers {
  glance(): Promise<Picture | null>;
  cut(): Promise<Picture | null>;
  close(): void;
}

/** Null when this browser cannot read the picture (HEIC in Chrome, a broken file): then only the whole goes. */
export async function makePhotoLayers(photo: Blob): Promise<PhotoLayers | null> {
  const bitmap = await createImageBitmap(photo, { imageOrientation: 'from-image' }).catch(() => null);
  if (!bitmap) return null;
  const source: Drawable = {
    width: bitmap.width,
    height: bitmap.height,
    draw: (context, x, y, width, height) => context.drawImage(bitmap, x, y, width, height),
  };
  return { glance: () => fitPicture(source, glanceFit), cut: () => fitPicture(source, copyFit), close: () => bitmap.close() };
}
