/**
 * Makes what is shown to the world: a new file, encoded afresh, in a new container without metadata. Never the
 * original's bytes, and nothing unsealed on a disk: the source comes over loopback, the result goes into the vault.
 *
 * What it does not do: hide faces, voices or places in the picture itself, or the noise of a sensor.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { type Secret, readPlaintext } from '@zajil/format';
import { DeskError } from '../refusal.ts';
import { readBlob, writeBlob } from '../vault/sealed-blob.ts';
import { runChild } from './child.ts';
import { isBareJpeg } from './jpeg-segments.ts';
import { type Proved, metadataLeft, proveBare } from './metadata-proof.ts';
import { type SourceFacts, films, readSource } from './sensitive.ts';
import { type Source, serveSource } from './source-server.ts';
import { TextSearch } from './text-search.ts';

export type MadeType = 'video/mp4' | 'image/jpeg' | 'audio/mp4';

export interface Made extends Proved {
  readonly type: MadeType;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface MakeOptions {
  readonly source: Source;
  readonly type: MadeType;
  /** Names that the source had; searched for in the result. */
  readonly names: readonly string[];
  /** Where the sealed result is put, and under which key. */
  readonly path: string;
  readonly key: Secret;
  readonly timeoutMs?: number;
}

const encodeMs = 30 * 60_000;
const mostMadeBytes = 1024 * 1024 * 1024;
const mostJpegBytes = 64 * 1024 * 1024;
const mostVideoSide = 1920;
const mostPhotoSide = 4096;

/** The EXIF orientations as ffmpeg's filters; ffmpeg 5 does not turn stills by itself. */
const turns = ['', '', 'hflip', 'hflip,vflip', 'vflip', 'transpose=0', 'transpose=1', 'transpose=3', 'transpose=2'];
const bitexact = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
const bare = ['-map_metadata', '-1', '-map_metadata:s', '-1', '-map_chapters', '-1', '-sn', '-dn', ...bitexact];
const stills = 'jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,gif,mov,mp4';

/** @throws DeskError `DESK_METADATA_LEFT`, `DESK_MEDIA_…`, `DESK_TOOL_MISSING`, `DESK_DISK`; no file is left then */
export async function makeMedium(options: MakeOptions): Promise<Made> {
  const served = await serveSource(options.source);
  try {
    const facts = await readSource(options.source, served.url, options.names);
    return await encode(options, served.url, facts);
  } finally {
    await served.close();
  }
}

async function encode({ type, path, key, timeoutMs = encodeMs }: MakeOptions, url: string, facts: SourceFacts): Promise<Made> {
  const search = new TextSearch(facts.texts);
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let bytesSeen = 0;
  const args = ['-hide_banner', '-nostdin', '-v', 'error', '-threads', '2', ...inputOf(type, url), ...encoderOf(type, facts), 'pipe:1'];
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of runChild({
      tool: 'ffmpeg',
      args,
      timeoutMs,
      mostBytes: type === 'image/jpeg' ? mostJpegBytes : mostMadeBytes,
    })) {
      hash.update(chunk);
      search.push(chunk);
      bytesSeen += chunk.length;
      if (type === 'image/jpeg') head.push(chunk);
      yield chunk;
    }
    if (bytesSeen === 0)
      throw new DeskError(
        'DESK_MEDIA_UNREADABLE',
        'Nothing could be made of this file. Nothing was released; the original is kept as it is.',
      );
    if (search.found || (type === 'image/jpeg' && !isBareJpeg(Buffer.concat(head)))) throw metadataLeft();
  }
  const bytes = await writeBlob(path, key, watched());
  try {
    return { type, bytes, sha256: hash.digest('hex'), ...(await proveBare(readBlob(path, key, bytes, 0, bytes))) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function inputOf(type: MadeType, url: string): string[] {
  const formats = type === 'image/jpeg' ? stills : films;
  const turn = type === 'image/jpeg' ? ['-noautorotate'] : [];
  return ['-protocol_whitelist', 'http,tcp', '-format_whitelist', formats, ...turn, '-i', url];
}

function encoderOf(type: MadeType, facts: SourceFacts): string[] {
  if (type === 'image/jpeg') {
    const filters = ['sidedata=mode=delete:type=ICC_PROFILE', turns[facts.orientation] ?? '', fit(mostPhotoSide, 1)]
      .filter(Boolean)
      .join(',');
    return ['-map', '0:v:0', '-frames:v', '1', '-an', ...bare, '-vf', filters, '-pix_fmt', 'yuvj420p', '-q:v', '3', '-f', 'mjpeg'];
  }
  const sound = ['-c:a', 'aac', '-b:a', '96k', '-ac', '2', '-ar', '44100'];
  const container = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-f', 'mp4'];
  if (type === 'audio/mp4') return ['-map', '0:a:0', '-vn', ...bare, ...sound, ...container];
  const picture = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '24', '-pix_fmt', 'yuv420p', '-vf', fit(mostVideoSide, 2)];
  return ['-map', '0:v:0', '-map', '0:a:0?', ...bare, ...picture, '-bsf:v', 'filter_units=remove_types=6', ...sound, ...container];
}

/** Never larger than it was. @param step - sides are multiples of it: H.264 wants them even */
function fit(side: number, step: number): string {
  return `scale=w='min(${side},iw)':h='min(${side},ih)':force_original_aspect_ratio=decrease:force_divisible_by=${step},setsar=1`;
}

/** A released file whole; only for tests and small ones. */
export async function readMade(path: string, key: Secret, bytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBlob(path, key, bytes, 0, bytes)) chunks.push(readPlaintext(chunk));
  return new Uint8Array(Buffer.concat(chunks));
}
