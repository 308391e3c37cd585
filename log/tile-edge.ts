/**
 * The right edge of a tiled tree: for each level the hashes of its unfinished tile, and the entries of the unfinished
 * bundle. It is all that appending needs, a few KiB for a log of any size: the compact range, in tiles.
 */
import { concatBytes } from '@zajil/format';
import { formatEntryBundle, parseEntryBundle } from './entry-bundle.ts';
import { LogError } from './refusal.ts';
import { tilePath, tileWidth, tileWidthAt } from './tile-path.ts';
import type { TileStore } from './tile-store.ts';
import { splitHashes } from './tile-tree.ts';
import { hashBytes, leafHash, treeRoot } from './tree.slow.ts';

export interface TileEdge {
  readonly size: number;
  /** Hashes of the unfinished tile of each level, 0 to 255 of them. */
  readonly levels: readonly (readonly Uint8Array[])[];
  /** Entries of the unfinished bundle, 0 to 255 of them. */
  readonly entries: readonly Uint8Array[];
}

/** A file that the grown log needs. */
export interface TileFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export const emptyEdge: TileEdge = { size: 0, levels: [], entries: [] };

/** Reads the edge of a log of `size` entries. @throws LogError `LOG_STORE` */
export async function readEdge(store: TileStore, size: number): Promise<TileEdge> {
  const index = Math.floor(size / tileWidth);
  const count = tileWidthAt('entries', index, size);
  const entries = count === 0 ? [] : parseEntryBundle(await mustRead(store, tilePath({ level: 'entries', index, width: count })), count);
  const levels: Uint8Array[][] = [];
  for (let level = 0; tileWidth ** level <= size; level++) levels.push(await readLevel(store, level, size));
  return { size, levels, entries };
}

async function readLevel(store: TileStore, level: number, size: number): Promise<Uint8Array[]> {
  const index = Math.floor(size / tileWidth ** (level + 1));
  const width = tileWidthAt(level, index, size);
  if (width === 0) return [];
  const bytes = await mustRead(store, tilePath({ level, index, width }));
  if (bytes.length !== width * hashBytes) throw damaged();
  return splitHashes(bytes);
}

async function mustRead(store: TileStore, path: string): Promise<Uint8Array> {
  const bytes = await store.read(path);
  if (bytes === null) throw damaged();
  return bytes;
}

function damaged(): LogError {
  return new LogError('LOG_STORE', 'a file of the log is missing or damaged');
}

/** Root of the whole tree. Lower levels end in what is one last, smaller item of the level above. */
export function edgeRoot(edge: TileEdge): Uint8Array {
  let lower: Uint8Array | null = null;
  for (const hashes of edge.levels) {
    const items: readonly Uint8Array[] = lower ? [...hashes, lower] : hashes;
    if (items.length > 0) lower = treeRoot(items);
  }
  return lower ?? treeRoot([]);
}

/** The edge after `entries`, and every file that is new with them. Nothing is written yet. */
export function growEdge(edge: TileEdge, entries: readonly Uint8Array[]): { edge: TileEdge; files: TileFile[] } {
  const size = edge.size + entries.length;
  const files: TileFile[] = [];
  const bundles = fill('entries', edge.size, edge.entries, entries, formatEntryBundle);
  files.push(...bundles.files);
  const levels: (readonly Uint8Array[])[] = [];
  let fresh: Uint8Array[] = entries.map(leafHash);
  for (let level = 0; fresh.length > 0 || level < edge.levels.length; level++) {
    const row = fill(level, Math.floor(edge.size / tileWidth ** level), edge.levels[level] ?? [], fresh, (hashes) =>
      concatBytes(...hashes),
    );
    files.push(...row.files);
    levels.push(row.rest);
    fresh = row.full.map((hashes) => treeRoot(hashes));
  }
  return { edge: { size, levels, entries: bundles.rest }, files };
}

/** Puts fresh items behind those of the unfinished tile: full tiles, and what rests for the next. */
function fill(
  level: number | 'entries',
  items: number,
  begun: readonly Uint8Array[],
  fresh: readonly Uint8Array[],
  format: (items: readonly Uint8Array[]) => Uint8Array,
): { files: TileFile[]; full: Uint8Array[][]; rest: Uint8Array[] } {
  const all = [...begun, ...fresh];
  const files: TileFile[] = [];
  const full: Uint8Array[][] = [];
  let index = Math.floor(items / tileWidth);
  let at = 0;
  for (; all.length - at >= tileWidth; at += tileWidth, index++) {
    const tile = all.slice(at, at + tileWidth);
    full.push(tile);
    files.push({ path: tilePath({ level, index, width: tileWidth }), bytes: format(tile) });
  }
  const rest = all.slice(at);
  if (fresh.length > 0 && rest.length > 0) files.push({ path: tilePath({ level, index, width: rest.length }), bytes: format(rest) });
  return { files, full, rest };
}
