/** Which small layers a chosen file gets, and making them: with this browser's decoder, else with the page's video element. */
import type { Picture } from '../layers/fit.ts';
import { openFilm } from '../layers/film.ts';
import { makePhotoLayers } from '../layers/photo.ts';
import type { FilmedLayers } from './protocol.ts';

export type FileKind = 'photo' | 'video' | 'sound' | 'other';

export interface LayerPlan {
  readonly layer: 'glance' | 'cut';
  readonly view: number;
  /** For the queue: what tells most first. */
  readonly rank: number;
  /** Null when this browser cannot make it. */
  make(): Promise<Picture | null>;
}

export function kindOf(file: Blob): FileKind {
  if (file.type.startsWith('image/')) return 'photo';
  if (file.type.startsWith('video/')) return 'video';
  return file.type.startsWith('audio/') ? 'sound' : 'other';
}

const typePattern = /^[a-z0-9]+\/[a-z0-9.+-]{1,90}$/;

/** The browser's word for the file, without parameters; what a part's head takes. */
export function mediaTypeOf(file: Blob): string {
  const type = file.type.split(';')[0]?.trim().toLowerCase() ?? '';
  return typePattern.test(type) ? type : 'application/octet-stream';
}

/** @param film - what the page makes of a video that this worker cannot decode */
export function planLayers(file: Blob, film: (video: Blob) => Promise<FilmedLayers>): LayerPlan[] {
  const kind = kindOf(file);
  if (kind === 'photo') return planPhoto(file);
  return kind === 'video' ? planFilm(file, film) : [];
}

function planPhoto(file: Blob): LayerPlan[] {
  const layers = async <T>(use: (made: NonNullable<Awaited<ReturnType<typeof makePhotoLayers>>>) => Promise<T>) => {
    const made = await makePhotoLayers(file);
    return made ? await use(made).finally(() => made.close()) : null;
  };
  return [
    { layer: 'glance', view: 0, rank: 0, make: () => layers((made) => made.glance()) },
    { layer: 'cut', view: 0, rank: 2, make: () => layers((made) => made.cut()) },
  ];
}

function planFilm(file: Blob, film: (video: Blob) => Promise<FilmedLayers>): LayerPlan[] {
  let filmed: Promise<FilmedLayers> | null = null;
  const make = async (name: keyof FilmedLayers) => {
    const decoded = filmed ? null : await decode(file, name);
    if (decoded) return decoded;
    filmed ??= film(file);
    return (await filmed)[name];
  };
  return [
    { layer: 'glance', view: 0, rank: 0, make: () => make('glance') },
    { layer: 'glance', view: 1, rank: 1, make: () => make('sheet') },
    { layer: 'cut', view: 0, rank: 2, make: () => make('cut') },
  ];
}

/** A decoder that gives up in the middle is treated as one that is missing. */
async function decode(file: Blob, name: keyof FilmedLayers): Promise<Picture | null> {
  const layers = await openFilm(file);
  if (!layers) return null;
  try {
    return await layers[name]();
  } catch {
    return null;
  } finally {
    layers.close();
  }
}
