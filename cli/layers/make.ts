/**
 * The small layers of a file, made by ffmpeg: a glance that fits its budget, and a low cut. Nothing of the source's
 * metadata goes into them.
 */
import { parcelPlainBytes, partHeadBytes, type WordsFile } from '@zajil/format';
import type { MadeLayer } from '@zajil/seal';
import { hasMediaTools, runTool } from './media-tool.ts';
import { probeVideo } from './probe.ts';

/** A glance travels in one parcel of 16 KiB, a contact sheet in one of 64 KiB. */
const frameBudgetBytes = parcelPlainBytes(16 * 1024) - partHeadBytes('image/jpeg');
const sheetBudgetBytes = parcelPlainBytes(64 * 1024) - partHeadBytes('image/jpeg');
/** Widest edge and ffmpeg's JPEG quality (2 best, 31 worst), tried in this order. */
const frameLadder = [640, 480, 400, 320, 240, 160].flatMap((edge) => [8, 14, 22, 31].map((quality) => ({ edge, quality })));
const sheetLadder = [320, 240, 200, 160].flatMap((edge) => [10, 16, 24, 31].map((quality) => ({ edge, quality })));
/** A cut longer than this costs more line than it tells. */
const mostCutSeconds = 120;
const clean = ['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact'];

/** @param path - of a photo or video. Yields nothing without ffmpeg, or for what it cannot read */
export async function* makeLayer(path: string, kind: WordsFile['kind'], layer: 'glance' | 'cut'): AsyncGenerator<MadeLayer> {
  if ((kind !== 'photo' && kind !== 'video') || !(await hasMediaTools())) return;
  try {
    if (kind === 'photo') yield* layer === 'glance' ? frame(path, 0) : smallCopy(path);
    else yield* layer === 'glance' ? videoGlance(path) : lowCut(path);
  } catch {
    // A file that ffmpeg cannot read still travels whole; the desk sees that a layer is missing.
  }
}

function inside(edge: number): string {
  return `scale=w=${edge}:h=${edge}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
}

async function jpeg(path: string, before: readonly string[], filter: string, quality: number): Promise<Uint8Array> {
  const out = ['-frames:v', '1', '-an', ...clean, '-c:v', 'mjpeg', '-q:v', String(quality), '-f', 'mjpeg', 'pipe:1'];
  return await runTool('ffmpeg', ['-v', 'error', '-nostdin', ...before, '-i', `file:${path}`, '-vf', filter, ...out]);
}

/** The first rung of the ladder whose picture fits the budget. */
async function fitted(
  ladder: readonly { edge: number; quality: number }[],
  budget: number,
  make: (edge: number, quality: number) => Promise<Uint8Array>,
): Promise<Uint8Array | null> {
  for (const { edge, quality } of ladder) {
    const bytes = await make(edge, quality);
    if (bytes.length > 0 && bytes.length <= budget) return bytes;
  }
  return null;
}

async function* frame(path: string, atSeconds: number): AsyncGenerator<MadeLayer> {
  const before = atSeconds > 0 ? ['-ss', atSeconds.toFixed(2)] : [];
  const bytes = await fitted(frameLadder, frameBudgetBytes, (edge, quality) => jpeg(path, before, inside(edge), quality));
  if (bytes) yield { view: 0, type: 'image/jpeg', bytes };
}

async function* videoGlance(path: string): AsyncGenerator<MadeLayer> {
  const { seconds } = await probeVideo(path);
  yield* frame(path, seconds / 3);
  if (seconds <= 0) return;
  const sheet = (edge: number): string => `fps=6/${seconds.toFixed(3)},${inside(edge)},tile=3x2`;
  const bytes = await fitted(sheetLadder, sheetBudgetBytes, (edge, quality) => jpeg(path, [], sheet(edge), quality));
  if (bytes) yield { view: 1, type: 'image/jpeg', bytes };
}

async function* smallCopy(path: string): AsyncGenerator<MadeLayer> {
  yield { view: 0, type: 'image/jpeg', bytes: await jpeg(path, [], inside(1280), 9) };
}

/** 240 lines, 10 frames a second, one channel: about 60 kB for ten seconds. */
async function* lowCut(path: string): AsyncGenerator<MadeLayer> {
  const { sound } = await probeVideo(path);
  const picture = [
    '-vf',
    `${inside(426)},fps=10`,
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-pix_fmt',
    'yuv420p',
    '-b:v',
    '36k',
    '-maxrate',
    '48k',
    '-bufsize',
    '96k',
    '-g',
    '50',
  ];
  const voice = sound ? ['-map', '0:a:0', '-c:a', 'aac', '-ac', '1', '-ar', '16000', '-b:a', '12k'] : ['-an'];
  const out = [...clean, '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4', 'pipe:1'];
  const args = [
    '-v',
    'error',
    '-nostdin',
    '-t',
    String(mostCutSeconds),
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    ...voice,
    ...picture,
    ...out,
  ];
  yield { view: 0, type: 'video/mp4', bytes: await runTool('ffmpeg', args) };
}
