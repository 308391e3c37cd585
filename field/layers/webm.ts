/**
 * Writes a WebM file of one video and at most one Opus track from finished chunks: RFC 8794 (EBML), RFC 9559
 * (Matroska), limited to what every player reads. It writes no date, no title and no name of a device.
 */
import { concatBytes, utf8 } from '@zajil/format';

export interface WebmChunk {
  readonly track: 'video' | 'sound';
  /** Milliseconds from the beginning. */
  readonly timeMs: number;
  readonly key: boolean;
  readonly bytes: Uint8Array;
}

export interface WebmTracks {
  readonly codec: 'V_VP8' | 'V_VP9';
  readonly width: number;
  readonly height: number;
  /** `OpusHead` as the encoder gave it (RFC 7845 section 5.1), and its rate in hertz. */
  readonly sound: { readonly head: Uint8Array; readonly rate: number } | null;
}

const id = {
  ebml: [0x1a, 0x45, 0xdf, 0xa3],
  version: [0x42, 0x86],
  readVersion: [0x42, 0xf7],
  idLength: [0x42, 0xf2],
  sizeLength: [0x42, 0xf3],
  docType: [0x42, 0x82],
  docVersion: [0x42, 0x87],
  docReadVersion: [0x42, 0x85],
  segment: [0x18, 0x53, 0x80, 0x67],
  info: [0x15, 0x49, 0xa9, 0x66],
  timeScale: [0x2a, 0xd7, 0xb1],
  duration: [0x44, 0x89],
  muxer: [0x4d, 0x80],
  writer: [0x57, 0x41],
  tracks: [0x16, 0x54, 0xae, 0x6b],
  entry: [0xae],
  number: [0xd7],
  uid: [0x73, 0xc5],
  trackType: [0x83],
  codec: [0x86],
  codecPrivate: [0x63, 0xa2],
  video: [0xe0],
  width: [0xb0],
  height: [0xba],
  sound: [0xe1],
  rate: [0xb5],
  channels: [0x9f],
  cluster: [0x1f, 0x43, 0xb6, 0x75],
  clusterTime: [0xe7],
  block: [0xa3],
} as const;

/** Below what a block's signed 16-bit offset can say, so that a cluster never overflows it. */
const mostClusterMs = 30_000;

/** @throws RangeError when there is nothing to write */
export function writeWebm(tracks: WebmTracks, chunks: readonly WebmChunk[]): Uint8Array {
  if (chunks.length === 0) throw new RangeError('a film has at least one frame');
  const ordered = [...chunks].sort((a, b) => a.timeMs - b.timeMs);
  const durationMs = (ordered.at(-1)?.timeMs ?? 0) + 1;
  const body = [writeInfo(durationMs), writeTracks(tracks), ...clustersOf(ordered).map(writeCluster)];
  return concatBytes(writeHeader(), element(id.segment, ...body));
}

function writeHeader(): Uint8Array {
  const numbers = [
    [id.version, 1],
    [id.readVersion, 1],
    [id.idLength, 4],
    [id.sizeLength, 8],
  ] as const;
  return element(
    id.ebml,
    ...numbers.map(([name, value]) => element(name, uint(value))),
    element(id.docType, utf8('webm')),
    element(id.docVersion, uint(4)),
    element(id.docReadVersion, uint(2)),
  );
}

function writeInfo(durationMs: number): Uint8Array {
  return element(
    id.info,
    element(id.timeScale, uint(1_000_000)),
    element(id.duration, float(durationMs)),
    element(id.muxer, utf8('w')),
    element(id.writer, utf8('w')),
  );
}

function writeTracks(tracks: WebmTracks): Uint8Array {
  const size = element(id.video, element(id.width, uint(tracks.width)), element(id.height, uint(tracks.height)));
  const entries = [writeEntry(1, 1, tracks.codec, size)];
  if (tracks.sound) {
    const form = element(id.sound, element(id.rate, float(tracks.sound.rate)), element(id.channels, uint(1)));
    entries.push(writeEntry(2, 2, 'A_OPUS', element(id.codecPrivate, tracks.sound.head), form));
  }
  return element(id.tracks, ...entries);
}

function writeEntry(number: number, type: number, codec: string, ...rest: Uint8Array[]): Uint8Array {
  const start = [element(id.number, uint(number)), element(id.uid, uint(number)), element(id.trackType, uint(type))];
  return element(id.entry, ...start, element(id.codec, utf8(codec)), ...rest);
}

/** A new cluster at each key frame of the video, so that a player can jump there. */
function clustersOf(ordered: readonly WebmChunk[]): WebmChunk[][] {
  const clusters: WebmChunk[][] = [];
  for (const chunk of ordered) {
    const last = clusters.at(-1);
    const begins = !last || (chunk.track === 'video' && chunk.key) || chunk.timeMs - (last[0]?.timeMs ?? 0) >= mostClusterMs;
    if (begins) clusters.push([chunk]);
    else last.push(chunk);
  }
  return clusters;
}

function writeCluster(chunks: readonly WebmChunk[]): Uint8Array {
  const startMs = Math.round(chunks[0]?.timeMs ?? 0);
  return element(id.cluster, element(id.clusterTime, uint(startMs)), ...chunks.map((chunk) => writeBlock(chunk, startMs)));
}

function writeBlock(chunk: WebmChunk, startMs: number): Uint8Array {
  const offset = Math.round(chunk.timeMs) - startMs;
  const track = chunk.track === 'video' ? 1 : 2;
  return element(id.block, Uint8Array.of(0x80 | track, (offset >> 8) & 255, offset & 255, chunk.key ? 0x80 : 0), chunk.bytes);
}

function element(name: readonly number[], ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return concatBytes(Uint8Array.from(name), sizeOf(length), ...content);
}

/** Always eight bytes: a few bytes more, and nothing to get wrong. */
function sizeOf(length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x01000000 | Math.floor(length / 2 ** 32));
  view.setUint32(4, length % 2 ** 32);
  return bytes;
}

function uint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; left > 0 || bytes.length === 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return Uint8Array.from(bytes);
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}
