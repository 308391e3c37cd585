/**
 * The small layers of a video where WebCodecs is missing or does not know the file: the page's own video element
 * plays it, unseen and unheard, onto a canvas. The cut takes as long as the video plays. Runs in the page only.
 */
import { fitPicture, glanceFit, type Drawable, type Picture, sheetFit, sizeWithin } from './fit.ts';
import { shrink } from './shrink.ts';
import { glanceTime, layOut, sheetTimes } from './sheet.ts';

/** Playing in real time, a longer cut would keep the phone awake for nothing. */
const mostRecordedSeconds = 60;
const framesPerSecond = 8;
const patienceMs = 15_000;
const recorderTypes = ['video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'];

export interface ElementFilm {
  readonly glance: Picture | null;
  readonly sheet: Picture | null;
  readonly cut: Picture | null;
}

/** What could be made; every part may be null. The object URL is revoked before this returns. */
export async function filmWithElement(video: Blob): Promise<ElementFilm> {
  const element = document.createElement('video');
  const url = URL.createObjectURL(video);
  try {
    element.muted = true;
    element.playsInline = true;
    element.preload = 'auto';
    element.src = url;
    await happened(element, 'loadeddata');
    const seconds = Number.isFinite(element.duration) ? element.duration : 0;
    const glance = await frameAt(element, glanceTime(seconds)).then((frame) => fitPicture(frame, glanceFit));
    const frames: Drawable[] = [];
    for (const time of seconds > 0 ? sheetTimes(seconds) : [])
      frames.push(shrink(await frameAt(element, time), (sheetFit.sides[0] ?? 960) / 3));
    const sheet = frames.length > 0 ? await fitPicture(layOut(frames), sheetFit) : null;
    return { glance, sheet, cut: await record(element, seconds).catch(() => null) };
  } catch {
    return { glance: null, sheet: null, cut: null };
  } finally {
    element.removeAttribute('src');
    element.load();
    URL.revokeObjectURL(url);
  }
}

async function frameAt(element: HTMLVideoElement, seconds: number): Promise<Drawable> {
  if (seconds > 0) {
    element.currentTime = seconds;
    await happened(element, 'seeked');
  }
  return {
    width: element.videoWidth,
    height: element.videoHeight,
    draw: (context, x, y, width, height) => context.drawImage(element, x, y, width, height),
  };
}

async function record(element: HTMLVideoElement, seconds: number): Promise<Picture | null> {
  const type = recorderTypes.find((name) => typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(name));
  if (!type) return null;
  const side = Math.round((240 * Math.max(element.videoWidth, element.videoHeight)) / Math.min(element.videoWidth, element.videoHeight));
  const canvas = Object.assign(document.createElement('canvas'), sizeWithin(element.videoWidth, element.videoHeight, side));
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return null;
  const sound = await listen(element);
  const stream = new MediaStream([...canvas.captureStream(framesPerSecond).getTracks(), ...sound.tracks]);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 32_000, audioBitsPerSecond: 16_000 });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
  await frameAt(element, 0.001);
  recorder.start(1000);
  await playUnheard(element);
  const drawing = setInterval(() => context.drawImage(element, 0, 0, canvas.width, canvas.height), 1000 / framesPerSecond);
  await Promise.race([happened(element, 'ended', (seconds + 15) * 1000), wait(mostRecordedSeconds * 1000)]).catch(() => undefined);
  clearInterval(drawing);
  element.pause();
  const stopped = happened(recorder, 'stop');
  recorder.stop();
  await stopped;
  sound.close();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return bytes.length > 0 ? { type: type.split(';')[0] ?? 'video/webm', bytes } : null;
}

/** Without a touch on the page before, a browser plays only what is muted: then the cut is silent. */
async function playUnheard(element: HTMLVideoElement): Promise<void> {
  try {
    await element.play();
  } catch {
    element.muted = true;
    await element.play();
  }
}

/**
 * The video's sound for the recorder; it never reaches the loudspeaker. Without a touch on the page before, a browser
 * gives no sound, and a recorder that waits for it writes nothing: then there is none.
 */
async function listen(element: HTMLVideoElement): Promise<{ tracks: MediaStreamTrack[]; close: () => void }> {
  const silent = { tracks: [], close: () => undefined };
  if (typeof AudioContext === 'undefined') return silent;
  const audio = new AudioContext();
  const close = () => void audio.close();
  await Promise.race([audio.resume(), wait(300)]);
  if (audio.state !== 'running') return (close(), silent);
  const destination = audio.createMediaStreamDestination();
  destination.channelCount = 1;
  audio.createMediaElementSource(element).connect(destination);
  element.muted = false;
  return { tracks: destination.stream.getTracks(), close };
}

function happened(target: EventTarget, name: string, mostMs = patienceMs): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name}`)), mostMs);
    const settle = (act: () => void) => () => (clearTimeout(timer), act());
    target.addEventListener(name, settle(resolve), { once: true });
    target.addEventListener(
      'error',
      settle(() => reject(new Error('cannot be played'))),
      { once: true },
    );
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
