/**
 * A real photo and a real video for the demo and the journeys: camera files where they lie beside the project, else
 * Debian's street footage stamped with a place and a phone's name, else what Chromium's stand-in camera films.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedFootage } from '../places.ts';
import { CliError } from '../refusal.ts';
import { filmStandIn } from './stand-in-camera.ts';

export interface Footage {
  readonly photo: string;
  readonly video: string;
  /** Where they come from, for a person. */
  readonly origin: string;
}

const street = '/usr/share/doc/opencv-doc/examples/data/vtest.avi';

/** What a phone would have written into its files. */
const stamps = ['-Make=HTC', '-Model=Desire Q7', '-Artist=Samar Haddad', '-SerialNumber=SN8842117'];
const photoPlace = ['-GPSLatitude=35.9506', '-GPSLatitudeRef=N', '-GPSLongitude=39.0094', '-GPSLongitudeRef=E'];
const videoPlace = ['-Keys:GPSCoordinates=35.9506, 39.0094', '-UserData:Make=HTC', '-UserData:Model=Desire Q7'];

/** @param folder - where files are made when there are none. @throws CliError `CLI_DEMO` when nothing can be had */
export async function findFootage(folder: string): Promise<Footage> {
  if (existsSync(sharedFootage)) {
    return { photo: join(sharedFootage, 'HTC_Desire.jpg'), video: join(sharedFootage, 'chair-orig-22-sd-bar.mp4'), origin: 'camera files' };
  }
  await mkdir(folder, { recursive: true });
  if (existsSync(street)) return await streetFootage(folder);
  const film = await filmStandIn();
  const raw = join(folder, 'film.webm');
  await writeFile(raw, film);
  return await stamped(folder, raw, 'Chromium’s stand-in camera');
}

async function streetFootage(folder: string): Promise<Footage> {
  return await stamped(folder, street, 'a street filmed from a window (Debian’s opencv-doc), stamped with a place and a phone’s name');
}

/** A short video and a photo out of it, each with metadata that could betray somebody. */
async function stamped(folder: string, source: string, origin: string): Promise<Footage> {
  const photo = join(folder, 'IMG_20170614_0931.jpg');
  const video = join(folder, 'VID_20170614_0931.mp4');
  await must('ffmpeg', [
    '-v',
    'error',
    '-y',
    '-t',
    '20',
    '-i',
    source,
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '24',
    '-pix_fmt',
    'yuv420p',
    video,
  ]);
  // Encoded otherwise than a release is, as a phone would: the same encoder at the same quality gives back the same bytes.
  await must('ffmpeg', ['-v', 'error', '-y', '-i', source, '-frames:v', '1', '-pix_fmt', 'yuvj444p', '-q:v', '2', photo]);
  await must('exiftool', ['-q', '-overwrite_original', ...stamps, ...photoPlace, photo]);
  await must('exiftool', ['-q', '-overwrite_original', ...videoPlace, video]);
  return { photo, video, origin };
}

async function must(program: string, args: readonly string[]): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', resolve);
  }).catch(() => null);
  if (code !== 0)
    throw new CliError(
      'CLI_DEMO',
      `${program} is needed to make demonstration files and did not work. Give files: npm run demo -- FILE...`,
    );
}
