/** Films and photos for this room's tests, made in the browser: moving squares and a tone, with metadata to look for. */
import { AudioBufferSource, BufferTarget, CanvasSource, Mp4OutputFormat, Output } from 'mediabunny';

export const canary = 'CANARY-device-name';

/** An MP4 (VP9, Opus) with a title and a comment that must not come along. */
export async function makeFilm(seconds: number, width = 640, height = 360): Promise<File> {
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  const video = new CanvasSource(canvas, { codec: 'vp9', bitrate: 1e6 });
  const sound = new AudioBufferSource({ codec: 'opus', bitrate: 64_000 });
  output.addVideoTrack(video);
  output.addAudioTrack(sound);
  output.setMetadataTags({ title: canary, comment: canary });
  await output.start();
  const tone = new AudioBuffer({ length: 48_000 * seconds, sampleRate: 48_000, numberOfChannels: 2 });
  for (let channel = 0; channel < 2; channel++) tone.getChannelData(channel).forEach((_, i, data) => (data[i] = Math.sin(i / 17) / 4));
  await sound.add(tone);
  for (let i = 0; i < seconds * 15; i++) {
    drawScene(context, width, height, i);
    await video.add(i / 15, 1 / 15);
  }
  await output.finalize();
  return new File([output.target.buffer ?? new ArrayBuffer(0)], `${canary}.mp4`, { type: 'video/mp4' });
}

/** Busy enough that nothing compresses to nothing. */
export function drawScene(context: OffscreenCanvasRenderingContext2D, width: number, height: number, at: number): void {
  context.fillStyle = '#223';
  context.fillRect(0, 0, width, height);
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `hsl(${(i * 47 + at * 3) % 360} 60% 50%)`;
    context.fillRect((i * 131 + at * 5) % width, (i * 71) % height, 24, 18);
  }
}

/** A JPEG of this size with an Exif block that names a device. */
export async function makePhoto(width: number, height: number): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  drawScene(context, width, height, 0);
  const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer());
  const text = new TextEncoder().encode(`Exif\0\0${canary}`);
  const block = new Uint8Array([0xff, 0xe1, 0, text.length + 2, ...text]);
  return new File([jpeg.slice(0, 2), block, jpeg.slice(2)], `${canary}.jpg`, { type: 'image/jpeg' });
}

export function holds(bytes: Uint8Array, text: string): boolean {
  return new TextDecoder('latin1').decode(bytes).includes(text);
}
