import { expect, test } from 'vitest';
import { copyFit, glanceFit, sizeWithin } from './fit.ts';
import { makePhotoLayers } from './photo.ts';
import { canary, holds, makePhoto } from './test-film.ts';

test('a photo becomes a glance and a copy that fit, without its metadata', async () => {
  const photo = await makePhoto(3000, 2000);
  expect(holds(new Uint8Array(await photo.arrayBuffer()), canary)).toBe(true);
  const layers = await makePhotoLayers(photo);
  const glance = await layers?.glance();
  const copy = await layers?.cut();
  layers?.close();
  expect(glance?.bytes.length).toBeLessThanOrEqual(glanceFit.mostBytes);
  expect(copy?.bytes.length).toBeLessThanOrEqual(copyFit.mostBytes);
  for (const picture of [glance, copy]) {
    expect(holds(picture?.bytes ?? new Uint8Array(), canary)).toBe(false);
    const bitmap = await createImageBitmap(new Blob([picture?.bytes as Uint8Array<ArrayBuffer>], { type: picture?.type ?? '' }));
    expect(bitmap.width / bitmap.height).toBeCloseTo(1.5, 1);
    expect(bitmap.width).toBeLessThanOrEqual(1280);
  }
});

test('a small photo is not made larger, and a file that is no picture gives no layer', async () => {
  expect(sizeWithin(100, 50, 640)).toEqual({ width: 100, height: 50 });
  expect(await makePhotoLayers(new Blob(['no picture'], { type: 'image/heic' }))).toBeNull();
});
