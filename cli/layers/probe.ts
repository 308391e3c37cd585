/** What a chosen file is: its kind and media type by its name, and what ffprobe sees in it. */
import { extname } from 'node:path';
import type { WordsFile } from '@zajil/format';
import { hasMediaTools, runTool } from './media-tool.ts';

const types: Readonly<Record<string, readonly [WordsFile['kind'], string]>> = {
  '.jpg': ['photo', 'image/jpeg'],
  '.jpeg': ['photo', 'image/jpeg'],
  '.png': ['photo', 'image/png'],
  '.webp': ['photo', 'image/webp'],
  '.gif': ['photo', 'image/gif'],
  '.heic': ['photo', 'image/heic'],
  '.heif': ['photo', 'image/heif'],
  '.avif': ['photo', 'image/avif'],
  '.mp4': ['video', 'video/mp4'],
  '.m4v': ['video', 'video/mp4'],
  '.mov': ['video', 'video/quicktime'],
  '.3gp': ['video', 'video/3gpp'],
  '.webm': ['video', 'video/webm'],
  '.mkv': ['video', 'video/x-matroska'],
  '.avi': ['video', 'video/x-msvideo'],
  '.mpg': ['video', 'video/mpeg'],
  '.mp3': ['sound', 'audio/mpeg'],
  '.m4a': ['sound', 'audio/mp4'],
  '.ogg': ['sound', 'audio/ogg'],
  '.opus': ['sound', 'audio/ogg'],
  '.wav': ['sound', 'audio/wav'],
  '.amr': ['sound', 'audio/amr'],
};

/** Kind and media type by the ending of its name; the desk looks closer. */
export function typeOf(path: string): { kind: WordsFile['kind']; type: string } {
  const [kind, type] = types[extname(path).toLowerCase()] ?? ['other', 'application/octet-stream'];
  return { kind, type };
}

/** Length in seconds, 0 when unknown, and whether there is sound. */
export async function probeVideo(path: string): Promise<{ seconds: number; sound: boolean }> {
  if (!(await hasMediaTools())) return { seconds: 0, sound: false };
  const json = await runTool('ffprobe', [
    '-v',
    'error',
    '-print_format',
    'json',
    '-show_entries',
    'format=duration:stream=codec_type',
    `file:${path}`,
  ]);
  const report = JSON.parse(new TextDecoder().decode(json)) as { format?: { duration?: string }; streams?: { codec_type?: string }[] };
  const seconds = Number(report.format?.duration ?? 0);
  return {
    seconds: Number.isFinite(seconds) ? seconds : 0,
    sound: report.streams?.some((stream) => stream.codec_type === 'audio') ?? false,
  };
}
