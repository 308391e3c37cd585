/**
 * Searches what an attacker holds for canaries: distinctive strings and bytes that were planted in a dispatch, raw and
 * in every usual encoding. A drill first plants each form in a copy and finds it there, or it proves nothing.
 */
import { copyFileSync, type Dirent, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { constants, deflateSync, gzipSync, inflateRawSync } from 'node:zlib';

export interface Canary {
  /** For the report; never part of what is searched. */
  readonly label: string;
  readonly bytes: Uint8Array;
}

export interface Hit {
  readonly file: string;
  readonly label: string;
  readonly form: string;
}

export function textCanary(label: string, text: string): Canary {
  return { label, bytes: new TextEncoder().encode(text) };
}

/** How bytes may lie on a disk. Each writes the canary as a whole, between other bytes, as an attacker would meet it. */
const writers: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  raw: (bytes) => bytes,
  'utf-16le': (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  'utf-16be': (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le').swap16(),
  hex: (bytes) => Buffer.from(bytes.toString('hex')),
  'hex, capitals': (bytes) => Buffer.from(bytes.toString('hex').toUpperCase()),
  base64: (bytes) => Buffer.from(Buffer.concat([Buffer.from('one'), bytes, Buffer.from('end')]).toString('base64')),
  'base64, one byte on': (bytes) => Buffer.from(Buffer.concat([Buffer.from('onex'), bytes, Buffer.from('end')]).toString('base64')),
  'base64, two bytes on': (bytes) => Buffer.from(Buffer.concat([Buffer.from('onexx'), bytes, Buffer.from('end')]).toString('base64')),
  base64url: (bytes) => Buffer.from(Buffer.concat([Buffer.from('one'), bytes, Buffer.from('end')]).toString('base64url')),
  percent: (bytes) => Buffer.from([...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('')),
  'percent, letters plain': (bytes) => Buffer.from(encodeURIComponent(bytes.toString('utf8'))),
  'json escapes': (bytes) =>
    Buffer.from(Array.from(bytes.toString('utf8'), (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')),
  gzip: (bytes) => gzipSync(Buffer.concat([Buffer.alloc(300, 'x'), bytes])),
  zlib: (bytes) => deflateSync(Buffer.concat([Buffer.alloc(300, 'x'), bytes])),
};

/** Forms that make sense for any bytes; the others are for text. */
const binaryForms = new Set([
  'raw',
  'hex',
  'hex, capitals',
  'base64',
  'base64, one byte on',
  'base64, two bytes on',
  'base64url',
  'gzip',
  'zlib',
]);

function isText(canary: Canary): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(canary.bytes);
    return true;
  } catch {
    return false;
  }
}

export function formsOf(canary: Canary): string[] {
  return Object.keys(writers).filter((form) => isText(canary) || binaryForms.has(form));
}

/** The canary as it would lie in a file in this form. */
export function plant(canary: Canary, form: string): Buffer {
  const write = writers[form];
  if (!write) throw new RangeError('no such form');
  return Buffer.concat([Buffer.from('before '), write(Buffer.from(canary.bytes)), Buffer.from(' after')]);
}

/** What to look for: for base64, the inner characters that do not depend on the neighbours. */
function needles(canary: Canary): [form: string, needle: Buffer][] {
  const bytes = Buffer.from(canary.bytes);
  const found: [string, Buffer][] = [];
  for (const form of formsOf(canary)) {
    if (form === 'gzip' || form === 'zlib') continue;
    if (!form.startsWith('base64')) found.push([form, (writers[form] as (bytes: Buffer) => Buffer)(bytes)]);
  }
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = shift === 0 ? 0 : 4;
    const inner = whole.toString('base64').slice(from, Math.floor(whole.length / 3) * 4);
    found.push(['base64', Buffer.from(inner)]);
    const url = inner.replaceAll('+', '-').replaceAll('/', '_');
    if (url !== inner) found.push(['base64url', Buffer.from(url)]);
  }
  return found;
}

/** Copies what lies in a folder at this moment. A live one changes meanwhile: what vanishes, sockets and links are left out. */
export function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const path of filesIn(from)) {
    const copy = join(to, relative(from, path));
    mkdirSync(dirname(copy), { recursive: true });
    try {
      copyFileSync(path, copy);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/**
 * Plants each canary in each form beside the files of a copy, at the bottom of its deepest folder, and searches.
 *
 * @returns what was planted and not found; a drill with any of it proves nothing
 */
export function plantedAndMissed(copy: string, canaries: readonly Canary[]): string[] {
  const deepest = [...filesIn(copy)].map(dirname).reduce((one, other) => (depthOf(other) > depthOf(one) ? other : one), copy);
  const planted = canaries.flatMap((canary) => formsOf(canary).map((form) => ({ canary, form })));
  for (const [i, { canary, form }] of planted.entries()) writeFileSync(join(deepest, `planted-${i}.bin`), plant(canary, form));
  const hits = searchFolder(copy, canaries);
  const found = new Set(hits.map(({ file, label }) => `${join(copy, file)} ${label}`));
  return planted.flatMap(({ canary, form }, i) =>
    found.has(`${join(deepest, `planted-${i}.bin`)} ${canary.label}`) ? [] : [`${canary.label} as ${form}`],
  );
}

function depthOf(path: string): number {
  return path.split('/').length;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Every place in a folder, however deep, where a canary lies in any form. File names are searched too. */
export function searchFolder(folder: string, canaries: readonly Canary[]): Hit[] {
  const wanted = canaries.map((canary) => ({ label: canary.label, needles: needles(canary) }));
  const hits: Hit[] = [];
  for (const path of filesIn(folder)) {
    const name = relative(folder, path);
    for (const [layer, bytes] of layersOf(Buffer.concat([Buffer.from(`${name}\n`), readFileSync(path)]))) {
      for (const { label, needles: all } of wanted) {
        for (const [form, needle] of all) if (bytes.includes(needle)) hits.push({ file: name, label, form: layer + form });
      }
    }
  }
  return hits;
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile() && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0) yield path;
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** The bytes, and whatever compressed streams can be unpacked out of them. */
function* layersOf(bytes: Buffer): Generator<[string, Buffer]> {
  yield ['', bytes];
  for (const { name, magic, headerBytes } of compressed) {
    for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
      const inside = inflated(bytes.subarray(at + headerBytes));
      if (inside) yield [name, inside];
    }
  }
}

/** Headers of compressed streams; what follows is raw deflate, whose end is found without knowing where the file's is. */
const compressed = [
  { name: 'gzip, ', magic: Buffer.from([0x1f, 0x8b, 0x08]), headerBytes: 10 },
  { name: 'zlib, ', magic: Buffer.from([0x78, 0x9c]), headerBytes: 2 },
] as const;

function inflated(bytes: Buffer): Buffer | null {
  try {
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * 1024 * 1024 });
  } catch {
    return null;
  }
}
