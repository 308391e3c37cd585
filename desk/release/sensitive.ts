/**
 * What a source says about itself: every text in its metadata, and how it is turned. The texts are what must not be
 * found in a release. They stay in memory.
 */
import type { Source } from './source-server.ts';
import { readChild } from './child.ts';

/** exiftool keeps all of a pipe in memory; of larger files ffprobe reads the tags by seeking. */
const mostPipedBytes = 64 * 1024 * 1024;
const toolMs = 60_000;
const mostAnswerBytes = 8 * 1024 * 1024;
/**
 * Containers that are opened as films or sound. Never a list of other files, such as an HLS one: a parser would go and
 * fetch what it names, and tell its author where the newsroom is.
 */
export const films = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,ogg,mp3,aac,wav,flac,amr,asf,flv';
const shortestText = 6;
const mostTexts = 400;
/** What our own encoder writes into every release, whatever the source. */
const ourOwn = ['VideoHandler', 'SoundHandler', 'Lavc libx264', '0000:00:00 00:00:00'];

export interface SourceFacts {
  readonly texts: readonly string[];
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
}

/** @param url - of the served source. @throws DeskError `DESK_TOOL_MISSING`, `DESK_MEDIA_…` */
export async function readSource(source: Source, url: string, names: readonly string[]): Promise<SourceFacts> {
  const lines = source.bytes <= mostPipedBytes ? await readTags(source) : [];
  const probed = source.type.startsWith('image/') ? [] : await readStreams(url);
  const orientation = lines.find(({ tag, isNumeric }) => isNumeric && tag === 'Orientation')?.value ?? '1';
  const texts = new Set<string>();
  for (const text of [...lines.filter(isTelling).map(({ value }) => value), ...probed, ...names.flatMap(nameForms)]) {
    const trimmed = text.trim();
    if (trimmed.length >= shortestText && trimmed.length <= 1000 && !ourOwn.some((own) => own.includes(trimmed))) texts.add(trimmed);
  }
  return { texts: [...texts].slice(0, mostTexts), orientation: /^[1-8]$/.test(orientation) ? Number(orientation) : 1 };
}

interface Tag {
  readonly group: string;
  readonly tag: string;
  readonly value: string;
  readonly isNumeric: boolean;
}

/** Computed from the file, or about the pipe, not said by it. */
function isTelling({ group, value }: Tag): boolean {
  return !['ExifTool', 'System', 'File', 'Composite'].includes(group) && !/^\(Binary data|^(?:[\d.]{1,5}(?: |$))+$/.test(value);
}

async function readTags(source: Source): Promise<Tag[]> {
  const run = async (flags: readonly string[]) =>
    readChild({
      tool: 'exiftool',
      args: ['-a', '-u', '-G1', '-s', '-ee', '-m', ...flags, '-'],
      input: source.read({ from: 0, to: source.bytes }),
      timeoutMs: toolMs,
      mostBytes: mostAnswerBytes,
    });
  return [...parseTags(await run(['-n']), true), ...parseTags(await run([]), false)];
}

/** Lines `[Group] Tag : value` as exiftool writes them with `-G1 -s`. */
export function parseTags(text: string, isNumeric: boolean): Tag[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\[([^\]]+)\]\s+(\S+)\s*: ?(.*)$/.exec(line);
    return match ? [{ group: match[1] ?? '', tag: match[2] ?? '', value: match[3] ?? '', isNumeric }] : [];
  });
}

async function readStreams(url: string): Promise<string[]> {
  const args = [
    '-v',
    'error',
    '-protocol_whitelist',
    'http,tcp',
    '-format_whitelist',
    films,
    '-of',
    'json',
    '-show_entries',
    'format_tags:stream_tags:chapter_tags',
    url,
  ];
  const answer: unknown = JSON.parse(await readChild({ tool: 'ffprobe', args, timeoutMs: toolMs, mostBytes: mostAnswerBytes }));
  return textsIn(answer);
}

/** Which kinds of container a file follows: a fragmented source names the same ones as every release. */
const brands = new Set(['major_brand', 'minor_version', 'compatible_brands']);

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (brands.has(name) ? [] : textsIn(inner)));
}

/** A file's name with and without its ending. */
function nameForms(name: string): string[] {
  return [name, name.replace(/\.[^.]{1,5}$/, '')];
}
