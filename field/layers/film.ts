/**
 * The small layers of a video, made from its decoded frames: a glance, a contact sheet, and a low cut (240 lines, 8
 * frames a second, mono), about 60 kB for 10 seconds. Nothing of the original but light and sound goes in.
 *
 * Read by mediabunny, decoded by `decode.ts`, frame by frame: memory stays flat for any length. Where WebCodecs is missing,
 * `element-film.ts` does what it can with the page's own video element.
 */
import { BlobSource, type InputAudioTrack, type InputVideoTrack, Input, MP4, QTFF } from 'mediabunny';
import { frameAt, framesFrom, soundFrom } from './decode.ts';
import { type Drawable, type Picture, fitPicture, glanceFit, sheetFit } from './fit.ts';
import { FrameEncoder } from './frame-encoder.ts';
import { glanceTime, layOut, sheetTimes } from './sheet.ts';
import { shrink } from './shrink.ts';
import { SoundEncoder } from './sound-encoder.ts';
import { writeWebm } from './webm.ts';

export interface FilmLayers {
  glance(): Promise<Picture | null>;
  sheet(): Promise<Picture | null>;
  /** The low cut as WebM, or null when this browser cannot encode one. */
  cut(): Promise<Picture | null>;
  close(): void;
}

/** A longer video is cut here: its low cut must stay a thing of minutes on a slow phone, and the sheet shows the rest. */
export const mostCutSeconds = 180;
export const cutFramesPerSecond = 8;
const cutLines = 240;

/** Null when this browser cannot decode the video here. */
export async function openFilm(video: Blob): Promise<FilmLayers | null> {
  if (typeof VideoDecoder === 'undefined') return null;
  const input = new Input({ formats: [MP4, QTFF], source: new BlobSource(video) });
  const close = () => input.dispose();
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track || !(await track.canDecode())) throw new Error('cannot be decoded here');
    const begin = await track.getFirstTimestamp();
    const seconds = Math.max(0.1, (await track.computeDuration()) - begin);
    const shape = await shapeOf(track);
    const sound = await soundOf(input);
    return {
      glance: () => makeGlance(track, shape, begin + glanceTime(seconds)),
      sheet: () => makeSheet(track, shape, begin, seconds),
      cut: () => makeCut(track, shape, sound, begin, Math.min(seconds, mostCutSeconds)),
      close,
    };
  } catch {
    close();
    return null;
  }
}

async function soundOf(input: Input): Promise<InputAudioTrack | null> {
  const track = await input.getPrimaryAudioTrack();
  return track && (await track.canDecode()) ? track : null;
}

/** How the film is shown: size in pixels and degrees clockwise by which its frames are turned. */
interface Shape {
  readonly width: number;
  readonly height: number;
  readonly turned: number;
}

async function shapeOf(track: InputVideoTrack): Promise<Shape> {
  return { width: await track.getDisplayWidth(), height: await track.getDisplayHeight(), turned: await track.getRotation() };
}

async function makeGlance(track: InputVideoTrack, shape: Shape, seconds: number): Promise<Picture | null> {
  const frame = await frameAt(track, seconds);
  return frame ? await fitPicture(drawableOf(frame, shape), glanceFit).finally(() => frame.close()) : null;
}

async function makeSheet(track: InputVideoTrack, shape: Shape, begin: number, seconds: number): Promise<Picture | null> {
  const frames: Drawable[] = [];
  for (const time of sheetTimes(seconds)) {
    const frame = await frameAt(track, begin + time);
    if (frame) frames.push(shrink(drawableOf(frame, shape), (sheetFit.sides[0] ?? 960) / 3));
    frame?.close();
  }
  return frames.length > 0 ? fitPicture(layOut(frames), sheetFit) : null;
}

function drawableOf(frame: VideoFrame, { width, height, turned }: Shape): Drawable {
  return {
    width,
    height,
    draw(context, x, y, w, h) {
      const [across, down] = turned % 180 === 0 ? [w, h] : [h, w];
      context.save();
      context.translate(x + w / 2, y + h / 2);
      context.rotate((turned * Math.PI) / 180);
      context.drawImage(frame, -across / 2, -down / 2, across, down);
      context.restore();
    },
  };
}

async function makeCut(
  track: InputVideoTrack,
  shape: Shape,
  soundTrack: InputAudioTrack | null,
  begin: number,
  seconds: number,
): Promise<Picture | null> {
  const scale = Math.min(1, cutLines / Math.min(shape.width, shape.height));
  // Encoders want even sides.
  const even = (pixels: number) => 2 * Math.round((pixels * scale) / 2);
  const frames = await FrameEncoder.open(even(shape.width), even(shape.height), cutFramesPerSecond);
  if (!frames) return null;
  const count = Math.max(1, Math.floor(seconds * cutFramesPerSecond));
  const times = Array.from({ length: count }, (_, i) => begin + i / cutFramesPerSecond);
  let i = 0;
  for await (const frame of framesFrom(track, times)) {
    const drawn = drawableOf(frame, shape);
    await frames.add((context, width, height) => drawn.draw(context, 0, 0, width, height), (i++ * 1000) / cutFramesPerSecond);
  }
  const sound = soundTrack ? await encodeSound(soundTrack, begin, seconds).catch(() => null) : null;
  const chunks = [...(await frames.finish()), ...(sound?.chunks ?? [])];
  if (chunks.length === 0) return null;
  const tracks = { codec: frames.codec, width: frames.width, height: frames.height, sound: sound?.track ?? null };
  return { type: 'video/webm', bytes: writeWebm(tracks, chunks) };
}

async function encodeSound(track: InputAudioTrack, begin: number, seconds: number) {
  const encoder = new SoundEncoder(begin);
  for await (const data of soundFrom(track, begin, begin + seconds)) await encoder.add(data).finally(() => data.close());
  return encoder.finish();
}
