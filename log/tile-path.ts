/** Where tiles and entry bundles lie, relative to the log's root. C2SP tlog-tiles v0.1.0, "Merkle Tree" and "Log Entries". */

/** Hashes in a full tile, entries in a full bundle. */
export const tileWidth = 256;
export const checkpointPath = 'checkpoint';
/** 256^6 is 2^48; numbers of a sixth level stay exact. */
const mostLevel = 6;

export interface TileAddress {
  /** Level of a hash tile, 0 to 6, or `entries`. */
  readonly level: number | 'entries';
  /** Which tile of its level. */
  readonly index: number;
  /** Hashes or entries in it: 1 to 256. */
  readonly width: number;
}

/** Groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`. */
function formatIndex(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}

/** @throws RangeError */
export function tilePath({ level, index, width }: TileAddress): string {
  const known = level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= mostLevel);
  if (!known || !Number.isSafeInteger(index) || index < 0 || !Number.isInteger(width) || width < 1 || width > tileWidth)
    throw new RangeError('there is no such tile');
  return `tile/${level}/${formatIndex(index)}${width < tileWidth ? `.p/${width}` : ''}`;
}

/** The address in a path, or null when it is not exactly how such a path is written. */
export function parseTilePath(path: string): TileAddress | null {
  const match = /^tile\/(entries|[0-6])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (!match) return null;
  const [, level = '', groups = '', partial] = match;
  const index = Number(groups.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? tileWidth : Number(partial);
  if (!Number.isSafeInteger(index) || width > tileWidth || (partial !== undefined && width === tileWidth)) return null;
  const address = { level: level === 'entries' ? level : Number(level), index, width } as const;
  return tilePath(address) === path ? address : null;
}

/** How many hashes or entries the tile holds in a log of `size` entries: 0 to 256. */
export function tileWidthAt(level: number | 'entries', index: number, size: number): number {
  const items = Math.floor(size / tileWidth ** (level === 'entries' ? 0 : level));
  return Math.max(0, Math.min(tileWidth, items - index * tileWidth));
}
