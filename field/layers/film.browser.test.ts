import { ALL_FORMATS, BlobSource, Input } from 'mediabunny';
import { beforeAll, expect, test } from 'vitest';
import { filmWithElement } from './element-film.ts';
import { openFilm } from './film.ts';
import { glanceFit, sheetFit } from './fit.ts';
import { canary, holds, makeFilm } from './test-film.ts';

let film: File;
beforeAll(async () => {
  film = await makeFilm(4);
});

const blobOf = (picture: { type: string; bytes: Uint8Array } | null | undefined) =>
  new Blob([picture?.bytes as Uint8Array<ArrayBuffer>], { type: picture?.type ?? '' });

test('a video becomes a glance and a contact sheet that fit', async () => {
  const layers = await openFilm(film);
  const glance = await layers?.glance();
  const sheet = await layers?.sheet();
  layers?.close();
  expect(glance?.bytes.length).toBeLessThanOrEqual(glanceFit.mostBytes);
  expect(sheet?.bytes.length).toBeLessThanOrEqual(sheetFit.mostBytes);
  const bitmap = await createImageBitmap(blobOf(sheet));
  expect(bitmap.width / bitmap.height).toBeCloseTo((3 * 640) / (2 * 360), 1);
});

test('its low cut is a film that plays: 240 lines, mono, as long as the original, small, and without its metadata', async () => {
  const layers = await openFilm(film);
  const cut = await layers?.cut();
  layers?.close();
  expect(cut?.type).toBe('video/webm');
  const bytes = cut?.bytes ?? new Uint8Array();
  expect(bytes.length).toBeLessThan(60_000);
  expect(holds(new Uint8Array(await film.arrayBuffer()), canary)).toBe(true);
  expect(holds(bytes, canary)).toBe(false);
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blobOf(cut)) });
  const video = await input.getPrimaryVideoTrack();
  const sound = await input.getPrimaryAudioTrack();
  expect(await video?.getDisplayHeight()).toBe(240);
  expect(await sound?.getNumberOfChannels()).toBe(1);
  expect(await input.computeDuration()).toBeCloseTo(4, 0);
  expect(await input.getMetadataTags()).toEqual({});
  const element = document.createElement('video');
  element.src = URL.createObjectURL(blobOf(cut));
  await new Promise((resolve, reject) => {
    element.addEventListener('loadeddata', resolve);
    element.addEventListener('error', () => reject(new Error('does not play')));
  });
  expect(element.videoHeight).toBe(240);
  URL.revokeObjectURL(element.src);
});

test('where there is no decoder the page makes the layers with its video element', async () => {
  const made = await filmWithElement(film);
  expect(made.glance?.bytes.length).toBeLessThanOrEqual(glanceFit.mostBytes);
  expect(made.sheet?.bytes.length).toBeLessThanOrEqual(sheetFit.mostBytes);
  expect(made.cut?.type).toMatch(/^video\//);
  expect(holds(made.cut?.bytes ?? new Uint8Array(), canary)).toBe(false);
});

test('what is no video gives no layers, and breaks nothing', async () => {
  const broken = new Blob([new Uint8Array(5000)], { type: 'video/mp4' });
  expect(await openFilm(broken)).toBeNull();
  expect(await filmWithElement(broken)).toEqual({ glance: null, sheet: null, cut: null });
});
